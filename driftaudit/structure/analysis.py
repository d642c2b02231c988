"""All imports of one tree, and those among them that are not known to resolve."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from driftaudit.structure.imports import Form, Import, Parsed, Scanned
from driftaudit.structure.languages import Language
from driftaudit.structure.node.packages import Packages
from driftaudit.structure.node.resolver import NodeResolver
from driftaudit.structure.python.resolver import PythonResolver
from driftaudit.structure.resolution import Resolution, unknown
from driftaudit.structure.tree import FileTree

DYNAMIC = "what it names is known only when it runs"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is looked into; `language` is None where it only says where programs begin."""

    path: str
    oid: str
    language: Language | None


@dataclass(frozen=True)
class Readings:
    """What can be asked of sources: a quick look, and the grammar. Each may read, and remembers.

    An answer that is None means that the source could not be read, for the reason that `why` gives.
    `document` gives the content of a small document by its blob id.
    """

    scanned: Callable[[Source], Scanned | None]
    parsed: Callable[[Source], Parsed | None]
    why: Callable[[Source], str]
    document: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import that is not known to resolve, or of which another could take the place."""

    importer: str
    asked: Import
    resolution: Resolution


@dataclass
class Analysis:
    """The imports of a tree. `open_imports` leave optional ones aside; `unread` are (path, why)."""

    tree: FileTree
    readings: Readings
    sources: Sequence[Source]
    open_imports: list[OpenImport] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    imports: int = 0
    resolved: int = 0
    parsed_files: int = 0
    _settled: dict[str, bool] = field(default_factory=dict)
    _node: NodeResolver = field(init=False)
    _python: PythonResolver = field(init=False)

    def __post_init__(self) -> None:
        self._node = NodeResolver(self.tree, Packages(self.tree, self.readings.document))
        self._python = PythonResolver(self.tree, self._names, self.readings.document)
        self._by_path: dict[str, list[Source]] = {}
        for source in self.sources:
            self._by_path.setdefault(source.path, []).append(source)

    def _names(self, path: str) -> frozenset[str] | None:
        source = Source(path, self.tree.files.get(path, ""), Language.PYTHON)
        parsed = self.readings.parsed(source) if source.oid else None
        return None if parsed is None or parsed.error else parsed.names

    def resolve(self, importer: str, asked: Import) -> Resolution:
        """Return what is known of an import, were it in this file of the tree."""
        if asked.dynamic:
            return unknown(DYNAMIC)
        resolver = self._python if asked.form is Form.PYTHON else self._node
        return resolver.resolve(importer, asked)

    def unsettled(self) -> list[Source]:
        """Return the sources that only the grammar can tell about."""
        return [source for source in self.sources if source.language and not self._is_settled(source)]

    def _is_settled(self, source: Source) -> bool:
        known = self._settled.get(source.path)
        if known is None:
            known = self._settled[source.path] = self._looks_settled(source)
        return known

    def _looks_settled(self, source: Source) -> bool:
        scanned = self.readings.scanned(source)
        if scanned is None:
            return True  # it could not be read
        if not scanned.enough:
            return False
        return all(self._is_sure(source.path, asked) for asked in scanned.imports)

    def _is_sure(self, importer: str, asked: Import) -> bool:
        resolution = self.resolve(importer, asked)
        return resolution.is_fine and resolution.sure

    def run(self) -> None:
        """Resolve the imports of all sources."""
        for source in self.sources:
            found = self._imports(source)
            if found is None:
                self.unread.append((source.path, self.readings.why(source)))
                continue
            if found.error:
                self.unread.append((source.path, found.error))
            for asked in found.imports:
                self._resolve(source, asked)

    def _imports(self, source: Source) -> Parsed | None:
        if source.language and self._is_settled(source):
            scanned = self.readings.scanned(source)
            return None if scanned is None else Parsed(scanned.imports)
        self.parsed_files += 1
        return self.readings.parsed(source)

    def _resolve(self, source: Source, asked: Import) -> None:
        self.imports += 1
        resolution = self.resolve(source.path, asked)
        self.resolved += resolution.is_fine
        if asked.optional or (resolution.is_fine and resolution.sure):
            return
        for each in singly(asked):
            resolution = self.resolve(source.path, each)
            if not (resolution.is_fine and resolution.sure):
                self.open_imports.append(OpenImport(source.path, each, resolution))

    def parsed_imports(self, path: str) -> tuple[Import, ...]:
        """Return what the grammar finds in a source, nothing where it cannot be read."""
        found = (self.readings.parsed(source) for source in self._by_path.get(path, ()))
        return tuple(asked for each in found if each for asked in each.imports)

    def importers_of(self, path: str) -> Iterator[tuple[str, Import]]:
        """Yield the sources that import a file, with the imports that do."""
        for source in self.sources:
            if self._may_import(source, path):
                for asked in self.parsed_imports(source.path):
                    if any(self.resolve(source.path, each).path == path for each in singly(asked)):
                        yield source.path, asked

    def _may_import(self, source: Source, path: str) -> bool:
        scanned = self.readings.scanned(source) if source.language else None
        if scanned is None or not scanned.enough:
            return source.language is None or scanned is not None
        named = (each for asked in scanned.imports for each in singly(asked))
        return any(self.resolve(source.path, each).path == path for each in named)


def singly(asked: Import) -> Iterable[Import]:
    """Yield an import of several names as one for each of them."""
    if len(asked.names) < 2:
        return (asked,)
    return (replace(asked, names=(name,)) for name in asked.names)


def shown_module(asked: Import) -> str:
    """Return what an import names, as people read it: with the name that is taken out of a package."""
    if asked.form is not Form.PYTHON or not asked.names or asked.dynamic:
        return asked.module
    joint = "" if asked.module.endswith(".") else "."
    return f"{asked.module}{joint}{asked.names[0]}"
