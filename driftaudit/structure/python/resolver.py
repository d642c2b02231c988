"""Where Python finds a module in a tree."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from driftaudit.structure.imports import Import
from driftaudit.structure.python.declared import declared_modules, declares, folded
from driftaudit.structure.resolution import GIVEN, Resolution, found, missing, unknown
from driftaudit.structure.tree import FileTree, There

_INIT = "__init__.py"
# What a compiled module is called after its name. Caches of Python's own have more in theirs, and count not.
_COMPILED = re.compile(r"\.pyc|(?:\.abi3|\.(?:cpython|pypy|graalpy|cp)-?\d[\w-]*)?\.(?:so|pyd)")
_NOT_YET_BUILT = (".pyx", ".c", ".cpp", ".cc", ".rs", ".pyi")
_PROJECTS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py")

# Packages of the standard library: only below these there are more modules. `test` is mostly a project's own.
_PACKAGES = frozenset(
    (
        *("annotationlib", "asyncio", "collections", "compression", "concurrent", "ctypes", "curses", "dbm"),
        *("distutils", "email", "encodings", "ensurepip", "html", "http", "idlelib", "importlib", "json"),
        *("lib2to3", "logging", "multiprocessing", "os", "pathlib", "pydoc_data", "re", "sqlite3", "string"),
        *("sysconfig", "tkinter", "tomllib", "turtledemo", "unittest", "urllib", "venv", "wsgiref", "xml"),
        *("xmlrpc", "zipfile", "zoneinfo"),
    )
)

Names = Callable[[str], frozenset[str] | None]
"""Returns the names that the module in a file binds, None where others may be bound as well."""


@dataclass(slots=True)
class _Place:
    """What a name stands for in a folder: a file, or a folder that is a package of either kind."""

    file: str | None = None
    folder: str | None = None
    is_unseen: bool = False
    is_unbuilt: bool = False


@dataclass
class PythonResolver:
    """Resolves the imports of one tree; what was asked once is remembered.

    `content` gives the content of a file by its blob id, None without one.
    """

    tree: FileTree
    names: Names
    content: Callable[[str], bytes | None]
    _known: dict[tuple[str, str, tuple[str, ...]], Resolution] = field(default_factory=dict)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The folders that a project's modules are looked for in: its top, and `src` beside it."""
        tops = {""}
        for path in self.tree.files:
            folder, _slash, name = path.rpartition("/")
            if name in _PROJECTS:
                tops.add(folder)
        sources = (f"{top}/src" if top else "src" for top in tops)
        return tuple(sorted(tops | {place for place in sources if place in self.tree.folders}))

    @cached_property
    def declared(self) -> frozenset[str]:
        """The modules that declared distributions bring."""
        found_in: set[str] = set()
        for path, oid in self.tree.files.items():
            if declares(path):
                found_in |= declared_modules(path, self.content(oid) or b"")
        return frozenset(found_in)

    def resolve(self, importer: str, asked: Import) -> Resolution:
        """Return what is known of an import in a file of the tree."""
        folder = importer.rpartition("/")[0]
        key = (folder, asked.module, asked.names)
        if key not in self._known:
            self._known[key] = self._resolved(folder, asked)
        return self._known[key]

    def _resolved(self, folder: str, asked: Import) -> Resolution:
        level = len(asked.module) - len(asked.module.lstrip("."))
        if level:
            return self._relative(folder, level, asked)
        parts = asked.module.split(".")
        if _is_standard(parts):
            return GIVEN
        best: Resolution | None = None
        for root in self._roots_of(folder):
            result = self._below(root, parts, asked.names)
            if result is None:
                continue
            if result.is_fine:
                return result
            best = best or result
        if folded(parts[0]) in self.declared:
            return GIVEN
        return best or unknown("it is neither in this tree nor declared, and what is installed is not seen")

    def _roots_of(self, folder: str) -> list[str]:
        """Return where a module may look: in its own folder, in that above its package, in the roots."""
        above = folder
        while self._has_init(above) and above:
            above = above.rpartition("/")[0]
        return list(dict.fromkeys((above, *self.roots, folder)))

    def _has_init(self, folder: str) -> bool:
        return (f"{folder}/{_INIT}" if folder else _INIT) in self.tree.files

    def _relative(self, folder: str, level: int, asked: Import) -> Resolution:
        base = folder
        for _step in range(level - 1):
            if not base:
                return unknown("it lies outside of the root")
            base = base.rpartition("/")[0]
        result = self._from(base, asked.module.lstrip("."), asked.names)
        if result.is_fine and not base and not self._has_init(base):
            # Python finds it only where the root itself is a package of what lies above it.
            return replace(result, sure=False)
        return result

    def _from(self, base: str, rest: str, names: tuple[str, ...]) -> Resolution:
        if not rest:
            return self._names_of(base, names)
        first = rest.partition(".")[0]
        result = self._below(base, rest.split("."), names)
        if result is None and not self._has_init(base) and self._is_in_parts(base):
            return unknown("a folder without __init__.py that lies in more than one place")
        return result or missing(f"{base}/{first}.py" if base else f"{first}.py")

    def _is_in_parts(self, folder: str) -> bool:
        """Whether a folder, as seen from a root, lies in another root too."""
        starts = [f"{root}/" if root else "" for root in self.roots]
        seen = {folder[len(start) :] for start in starts if folder.startswith(start)}
        places = {f"{start}{inner}" for start in starts for inner in seen if inner}
        return any(place != folder and place in self.tree.folders for place in places)

    def _below(self, base: str, parts: list[str], names: tuple[str, ...]) -> Resolution | None:
        """Return what a dotted name is below a folder; None where not even its first part is there."""
        for number, part in enumerate(parts):
            place = self._place(base, part)
            is_last = number == len(parts) - 1
            path = f"{base}/{part}" if base else part
            if place.folder is None and place.file is None:
                return self._absent(base, path, place, is_first=number == 0)
            if place.file is not None and place.folder is None:
                if is_last:
                    return found(place.file)
                return unknown(f"{place.file} is no package, but may act as one", f"{path}.py")
            base = place.folder or base
        if names:
            return self._names_of(base, names)
        return self._package(base)

    def _package(self, folder: str) -> Resolution:
        init = f"{folder}/{_INIT}"
        if init in self.tree.files:
            return found(init)
        return unknown("a folder without __init__.py: its modules may lie elsewhere too")

    def _absent(self, base: str, path: str, place: _Place, *, is_first: bool) -> Resolution | None:
        wanted = f"{path}.py"
        if place.is_unseen:
            return unknown("it lies where the tree was not looked into", wanted)
        if place.is_unbuilt:
            return unknown("it is built from another file", wanted)
        if is_first:
            return None
        init = f"{base}/{_INIT}"
        if init not in self.tree.files:
            return unknown("a folder without __init__.py: its modules may lie elsewhere too", wanted)
        if self.names(init) is None:
            return unknown(f"{init} may find its modules elsewhere", wanted)
        return missing(wanted)

    def _names_of(self, folder: str, names: tuple[str, ...]) -> Resolution:
        """Return what is known of names that are taken out of a package: the worst of them."""
        init = f"{folder}/{_INIT}" if folder else _INIT
        has_init = init in self.tree.files
        result = found(init) if has_init else None
        for name in names:
            place = self._place(folder, name) if name != "*" else _Place(init)
            if place.file is not None or place.folder is not None:
                inner = place.file or f"{place.folder}/{_INIT}"
                if inner in self.tree.files and inner != init:
                    result = found(inner)
                continue
            bound = self.names(init) if has_init else frozenset()
            if bound is not None and name in bound:
                continue
            wanted = f"{folder}/{name}.py" if folder else f"{name}.py"
            if bound is None:
                return Resolution(found(init).state, init, sure=False)
            absent = self._absent(folder, wanted.removesuffix(".py"), place, is_first=False)
            return absent or missing(wanted)
        return result or unknown("a folder without __init__.py: its modules may lie elsewhere too")

    def _place(self, folder: str, name: str) -> _Place:
        path = f"{folder}/{name}" if folder else name
        inner = self.tree.at(path)
        file = f"{path}.py"
        there = self.tree.at(file)
        if inner is There.FOLDER and (f"{path}/{_INIT}" in self.tree.files or there is not There.FILE):
            if self._compiled(path + "/__init__"):
                return _Place(file=self._compiled(path + "/__init__"), folder=path)
            if self._compiled(path) and f"{path}/{_INIT}" not in self.tree.files:
                return _Place(file=self._compiled(path))
            return _Place(folder=path)
        if there is There.FILE:
            return _Place(file=self.tree.real(file) or file)
        compiled = self._compiled(path)
        if compiled:
            return _Place(file=compiled)
        unbuilt = any(f"{path}{ending}" in self.tree.files for ending in _NOT_YET_BUILT)
        return _Place(is_unseen=There.UNSEEN in (inner, there), is_unbuilt=unbuilt)

    def _compiled(self, path: str) -> str | None:
        """Return the compiled module beside which a source would lie, such as `_speedups.cpython-311.so`."""
        folder, _slash, name = path.rpartition("/")
        for other in self.tree.below.get(folder, ()):
            if other.startswith(name + ".") and _COMPILED.fullmatch(other, len(name)):
                return f"{folder}/{other}" if folder else other
        return None


def _is_standard(parts: list[str]) -> bool:
    """Whether a module comes along with Python."""
    is_there = parts[0] in sys.stdlib_module_names or parts[0] in sys.builtin_module_names
    return is_there and (parts[0] in _PACKAGES or (len(parts) == 1 and parts[0] != "test"))
