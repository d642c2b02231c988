"""Packages: those in `node_modules`, in the tree itself, and those that a package.json declares."""

from collections.abc import Callable
from dataclasses import dataclass, field

from driftaudit.structure.node.exports import (
    IMPORT_CONDITIONS,
    REQUIRE_CONDITIONS,
    TYPES_CONDITIONS,
    exported,
    matched,
)
from driftaudit.structure.node.files import COMMON_JS, TYPESCRIPT, exact, searched
from driftaudit.structure.node.manifest import NAME, Manifest, manifest_of
from driftaudit.structure.resolution import GIVEN, Resolution, State, found, missing, unknown
from driftaudit.structure.tree import FileTree, There, folders_above, joined_path

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

    def internal(self, manifest: Manifest, name: str, *, is_require: bool) -> str | None:
        """Return the target of a name that begins with "#"."""
        return matched(manifest.imports, name, REQUIRE_CONDITIONS if is_require else IMPORT_CONDITIONS)

    def resolve(
        self, folder: str, name: str, subpath: str, *, is_require: bool, has_types: bool
    ) -> Resolution:
        """Return what is known of a package, or of a file in it, as seen from a folder."""
        how = _How(is_require, has_types)
        nearest = self.nearest(folder)
        if nearest and nearest.name == name and nearest.exports is not None:
            return self._in_package(nearest.folder, subpath, how)
        is_unseen = has_any = False
        for above in [folder, *folders_above(folder)] if folder else [""]:
            if above.rpartition("/")[2] == _INSTALLED:
                continue
            installed = f"{above}/{_INSTALLED}" if above else _INSTALLED
            there = self._installed(installed, name)
            if there is There.FOLDER:
                return self._found(f"{installed}/{name}", subpath, how)
            if there is There.FILE:
                return found(f"{installed}/{name}")
            is_unseen |= there is There.UNSEEN
            has_any |= self.tree.at(installed) is not There.NOTHING
        own = self._workspace(name)
        if own:
            result = self._in_package(own.folder, subpath, how)
            return result if result.is_fine else unknown("its package lies in this tree", result.path)
        return self._declared(folder, name, is_unseen=is_unseen, has_any=has_any)

    def _installed(self, folder: str, name: str) -> There:
        listed = self.tree.listed.get(folder)
        if listed is not None:
            return There.FOLDER if name in listed else There.NOTHING
        return self.tree.at(f"{folder}/{name}")

    def _found(self, place: str, subpath: str, how: "_How") -> Resolution:
        if self.tree.at(place) is not There.FOLDER:
            return GIVEN  # it is listed, and not looked into
        return self._in_package(self.tree.real(place) or place, subpath, how)

    def _in_package(self, place: str, subpath: str, how: "_How") -> Resolution:
        manifest = self.manifest(place)
        if manifest and not manifest.readable:
            return unknown("its package.json could not be read")
        if manifest and manifest.exports is not None:
            target = exported(manifest.exports, f"./{subpath}" if subpath else ".", how.conditions)
            if target is None or not target.startswith("./"):
                return missing(None)
            result = exact(self.tree, place, target)
            return unknown("its types may lie elsewhere") if how.has_types and not result.is_fine else result
        path = joined_path(place, subpath)
        if path is None:
            return missing(None)
        endings = TYPESCRIPT if how.has_types else COMMON_JS
        if subpath and not how.is_require and not how.has_types:
            return exact(self.tree, place, "./" + subpath)
        return searched(self.tree, path, self.manifest, endings)

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

    def _declared(self, folder: str, name: str, *, is_unseen: bool, has_any: bool) -> Resolution:
        readable = True
        for above in [folder, *folders_above(folder)] if folder else [""]:
            manifest = self.manifest(above)
            if manifest is None:
                continue
            readable &= manifest.readable
            if name in manifest.required:
                return self._required(name, is_unseen=is_unseen, has_any=has_any)
            if name in manifest.optional:
                return GIVEN
            if name in manifest.development:
                return GIVEN if is_unseen or not has_any else unknown("it is a development dependency")
        if not readable:
            return unknown("the package.json that may declare it could not be read")
        return unknown("no package.json declares it, and it was not seen where packages are installed")

    def _required(self, name: str, *, is_unseen: bool, has_any: bool) -> Resolution:
        by_yarn = any(path in self.tree.files for path in _BY_YARN)
        if is_unseen or not has_any or by_yarn:
            return GIVEN
        return Resolution(State.NOT_INSTALLED, package=name)


@dataclass(frozen=True, slots=True)
class _How:
    """How a package is asked for."""

    is_require: bool
    has_types: bool

    @property
    def conditions(self) -> frozenset[str]:
        own = REQUIRE_CONDITIONS if self.is_require else IMPORT_CONDITIONS
        return own | REQUIRE_CONDITIONS | TYPES_CONDITIONS if self.has_types else own
