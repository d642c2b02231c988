"""Packages: those in `node_modules`, in the tree itself, and those that a package.json declares."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from driftaudit.structure.node.builtins import is_built_in
from driftaudit.structure.node.exports import (
    IMPORT_CONDITIONS,
    REQUIRE_CONDITIONS,
    TYPES_CONDITIONS,
    exported,
    imported,
)
from driftaudit.structure.node.files import (
    COMMON_JS,
    TYPESCRIPT,
    UNSEEN,
    exact,
    main_of_import,
    searched,
)
from driftaudit.structure.node.manifest import NAME, Manifest, manifest_of
from driftaudit.structure.resolution import GIVEN, Resolution, State, missing, unknown
from driftaudit.structure.tree import FileTree, There, folders_above, joined_path

PACKAGE = re.compile(r"(?:@[a-z0-9~_.-]+/)?[a-z0-9_-][a-z0-9~_.-]*(?=/|\Z)", re.IGNORECASE)
"""The name of a package, at the beginning of what an import names."""

_INSTALLED = "node_modules"
_BY_YARN = (".pnp.cjs", ".pnp.js")


@dataclass(slots=True)
class Packages:
    """The packages of one tree. `content` gives the content of a file by its blob id, None without one."""

    tree: FileTree
    content: Callable[[str], bytes | None]
    _manifests: dict[str, Manifest | None] = field(default_factory=dict)
    _nearest: dict[str, Manifest | None] = field(default_factory=dict)
    _own: dict[str, Manifest] | None = None

    def read(self, path: str) -> bytes | None:
        """Return the content of a file of the tree, None where there is none."""
        oid = self.tree.files.get(path)
        return self.content(oid) if oid else None

    def manifest(self, folder: str) -> Manifest | None:
        """Return the package.json in a folder, None where there is none."""
        if folder not in self._manifests:
            self._manifests[folder] = self._read_manifest(folder)
        return self._manifests[folder]

    def _read_manifest(self, folder: str) -> Manifest | None:
        path = self.tree.real(f"{folder}/{NAME}" if folder else NAME)
        if path is None or path not in self.tree.files:
            return None
        content = self.read(path)
        return Manifest(folder, readable=False) if content is None else manifest_of(folder, content)

    def nearest(self, folder: str) -> Manifest | None:
        """Return the package that a folder belongs to, None where there is none."""
        if folder not in self._nearest:
            places = [folder, *folders_above(folder)] if folder else [""]
            found_in = (manifest for place in places if (manifest := self.manifest(place)))
            self._nearest[folder] = next(found_in, None)
        return self._nearest[folder]

    def internal(self, manifest: Manifest, name: str, *, is_require: bool) -> Resolution:
        """Return what is known of a name that begins with "#", by what a package says of its own."""
        if name == "#" or name.endswith("/"):
            return missing(None)
        how = _How(is_require, has_types=False)
        target = imported(manifest.imports, name, how.conditions)
        if target is None:
            return missing(None)
        if target.startswith("./"):
            return exact(self.tree, manifest.folder, target)
        if is_built_in(target):
            return (
                unknown("not every version of Node gives a built-in module this way") if is_require else GIVEN
            )
        match = PACKAGE.match(target)
        if match is None:
            return missing(None)
        how = _How(is_require, has_types=False, by_import=True)
        return self._resolved(manifest.folder, match[0], target[match.end() :], how)

    def resolve(
        self, folder: str, name: str, subpath: str, *, is_require: bool, has_types: bool
    ) -> Resolution:
        """Return what is known of a package, or of a file in it, as seen from a folder.

        `subpath` is what follows the name, with its slash; "" is the package itself.
        """
        return self._resolved(folder, name, subpath, _How(is_require, has_types, not is_require))

    def _resolved(self, folder: str, name: str, subpath: str, how: "_How") -> Resolution:
        nearest = self.nearest(folder)
        if nearest and nearest.name == name and nearest.exports is not None:
            return self._exported(nearest, subpath, how)
        seen = _Seen()
        for above in [folder, *folders_above(folder)] if folder else [""]:
            if above.rpartition("/")[2] == _INSTALLED:
                continue
            installed = f"{above}/{_INSTALLED}" if above else _INSTALLED
            result = self._installed(installed, name, subpath, how, seen)
            if result is not None and result.state is State.MISSING and seen.is_hidden:
                return unknown(UNSEEN, result.path)
            if result is not None:
                return result
        if seen.wanted is not None:
            return unknown(UNSEEN, seen.wanted) if seen.is_hidden else missing(seen.wanted)
        own = self._workspace(name)
        if own:
            result = self._in_package(own.folder, subpath, how)
            if seen.is_whole and not self._is_of_yarn:
                return unknown("its package lies in this tree, and is not where packages are installed")
            return result if result.is_fine else unknown("its package lies in this tree", result.path)
        return self._declared(folder, name, seen)

    def _installed(
        self, folder: str, name: str, subpath: str, how: "_How", seen: "_Seen"
    ) -> Resolution | None:
        """Return what is known of a package in one `node_modules`, None where it may be in another."""
        place = f"{folder}/{name}"
        listed = self.tree.listed.get(folder)
        there = self.tree.at(place)
        if listed is not None and there is not There.FOLDER:
            seen.has_any = True
            return GIVEN if name in listed else None  # it is not looked into
        seen.has_any |= self.tree.at(folder) is not There.NOTHING
        if there is There.FOLDER:
            manifest = self.manifest(place)
            if how.by_import or (manifest and (manifest.exports is not None or not manifest.readable)):
                return self._in_package(place, subpath, how)
            result = self._searched(place, subpath, how)
            if result.state is not State.MISSING or (manifest and manifest.main and not subpath):
                return result
            seen.wanted = seen.wanted or result.path
            return None
        if there is There.UNSEEN:
            seen.is_hidden = True
        elif not how.by_import:  # a file in the place of a package
            result = self._searched(place, subpath, how)
            return result if result.is_fine else None
        return None

    def _in_package(self, place: str, subpath: str, how: "_How") -> Resolution:
        manifest = self.manifest(place)
        if manifest and not manifest.readable:
            return unknown("its package.json could not be read")
        if manifest and manifest.exports is not None:
            return self._exported(manifest, subpath, how)
        if how.has_types or not how.by_import:
            return self._searched(place, subpath, how)
        if not subpath:
            return main_of_import(self.tree, place, manifest.main if manifest else "")
        return exact(self.tree, place, f".{subpath}")

    def _exported(self, manifest: Manifest, subpath: str, how: "_How") -> Resolution:
        target = exported(manifest.exports, f".{subpath}", how.conditions)
        result = missing(None) if target is None else exact(self.tree, manifest.folder, target)
        if how.has_types and target is not None and not result.is_fine:
            return unknown("its types may lie elsewhere")
        return result

    def _searched(self, place: str, subpath: str, how: "_How") -> Resolution:
        path = joined_path(place, f".{subpath}")
        if path is None:
            return missing(None)
        alone = subpath.endswith(("/", "/.", "/.."))
        endings = TYPESCRIPT if how.has_types else COMMON_JS
        return searched(self.tree, path, self.manifest, endings, folder_alone=alone)

    def _workspace(self, name: str) -> Manifest | None:
        """Return the package of that name in the tree, outside of where packages are installed."""
        if self._own is None:
            self._own = {}
            for path in self.tree.files:
                folder = path[: -len(NAME) - 1]
                if not path.endswith("/" + NAME) or f"/{_INSTALLED}/" in f"/{folder}/":
                    continue
                manifest = self.manifest(folder)
                if manifest and manifest.name:
                    self._own.setdefault(manifest.name, manifest)
        return self._own.get(name)

    def _declared(self, folder: str, name: str, seen: "_Seen") -> Resolution:
        readable = True
        for above in [folder, *folders_above(folder)] if folder else [""]:
            manifest = self.manifest(above)
            if manifest is None:
                continue
            readable &= manifest.readable
            if name in manifest.required:
                is_absent = seen.is_whole and not self._is_of_yarn
                return Resolution(State.NOT_INSTALLED, package=name) if is_absent else GIVEN
            if name in manifest.optional:
                return GIVEN
            if name in manifest.development:
                return unknown("it is a development dependency") if seen.is_whole else GIVEN
        if not readable:
            return unknown("the package.json that may declare it could not be read")
        return unknown("no package.json declares it, and it was not seen where packages are installed")

    @property
    def _is_of_yarn(self) -> bool:
        """Whether packages lie elsewhere, in archives."""
        return any(path in self.tree.files for path in _BY_YARN)


@dataclass(frozen=True, slots=True)
class _How:
    """How a package is asked for.

    `by_import` takes paths as they are, as ES modules do, and as the targets of `imports` are taken.
    """

    is_require: bool
    has_types: bool
    by_import: bool = False

    @property
    def conditions(self) -> frozenset[str]:
        """What may be chosen in `exports`."""
        own = REQUIRE_CONDITIONS if self.is_require else IMPORT_CONDITIONS
        return own | REQUIRE_CONDITIONS | TYPES_CONDITIONS if self.has_types else own


@dataclass(slots=True)
class _Seen:
    """What was seen on the way up, where packages are installed.

    `has_any`: there is such a folder. `is_hidden`: one could not be looked into. `wanted` is the file that a
    package lacks, which may be in one further up.
    """

    has_any: bool = False
    is_hidden: bool = False
    wanted: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether packages are installed, and all of them were seen."""
        return self.has_any and not self.is_hidden
