"""All imports of one tree, and those among them that are not known to resolve."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from driftaudit.structure.imports import Form, Import, Parsed, Scanned
from driftaudit.structure.languages import Language
from driftaudit.structure.node.packages import Packages
from driftaudit.structure.node.resolver import NodeResolver
from driftaudit.structure.python.resolver import PythonResolver
from driftaudit.structure.resolution import Resolution, State, unknown
from driftaudit.structure.tree import FileTree

_INIT = "__init__.py"
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
    `is_parsed` tells whether the grammar has been asked already, `document` gives the content of a small
    document by its blob id.
    """

    scanned: Callable[[Source], Scanned | None]
    parsed: Callable[[Source], Parsed | None]
    is_parsed: Callable[[Source], bool]
    why: Callable[[Source], str]
    document: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import that is not known to resolve, or of which another could take the place."""

    importer: str
    asked: Import
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Settled:
    """A source all of whose imports resolve, to these files of the tree or to what is given.

    A package's `__init__.py` has its blob id behind it: what can be taken out of it depends on its content.
    """

    imports: int
    targets: tuple[str, ...]


@dataclass
class Analysis:
    """The imports of a tree. `open_imports` leave optional ones aside; `unread` are (path, why).

    `remembered` holds sources that were settled before, by blob id and path: they still are where their
    targets are there and nothing else changed that imports rest on. What is settled now is added. Of the
    paths in `doubtful` a quick look is never enough: the grammar says whether they parse at all.
    """

    tree: FileTree
    readings: Readings
    sources: Sequence[Source]
    remembered: dict[str, Settled] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    open_imports: list[OpenImport] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    imports: int = 0
    resolved: int = 0
    parsed_files: int = 0
    _settled: dict[str, Settled | None] = field(default_factory=dict)
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
        return [source for source in self.sources if source.language and self._settle(source) is None]

    def _settle(self, source: Source) -> Settled | None:
        if source.language is None:
            return None
        if source.path not in self._settled:
            self._settled[source.path] = self._still_settled(source) or self._settled_now(source)
        return self._settled[source.path]

    def _still_settled(self, source: Source) -> Settled | None:
        kept = self.remembered.get(f"{source.oid} {source.path}")
        files = self.tree.files
        if kept is None or source.path in self.doubtful:
            return None
        for target in kept.targets:
            path, _nul, oid = target.partition("\0")
            if path not in files or (oid and files[path] != oid):
                return None
        return kept

    def _settled_now(self, source: Source) -> Settled | None:
        if source.path in self.doubtful or self.readings.is_parsed(source):
            return None
        scanned = self.readings.scanned(source)
        if scanned is None or not scanned.enough:
            return None
        targets: set[str] = set()
        for asked in scanned.imports:
            resolution = self.resolve(source.path, asked)
            if not (resolution.is_fine and resolution.sure):
                return None
            if resolution.path is not None:
                targets.update(self._target(source, asked, resolution))
        settled = Settled(len(scanned.imports), tuple(sorted(targets)))
        self.remembered[f"{source.oid} {source.path}"] = settled
        return settled

    def _target(self, source: Source, asked: Import, resolution: Resolution) -> Iterator[str]:
        for each in singly(asked) if len(asked.names) > 1 else ():
            yield from self._target(source, each, self.resolve(source.path, each))
        path = resolution.path
        if path is not None:
            yield f"{path}\0{self.tree.files.get(path, '')}" if path.endswith(_INIT) else path

    def run(self) -> None:
        """Resolve the imports of all sources."""
        for source in self.sources:
            settled = self._settle(source)
            if settled is not None:
                self.imports += settled.imports
                self.resolved += settled.imports
                continue
            found = self.readings.parsed(source)
            if found is None:
                self.unread.append((source.path, self.readings.why(source)))
                continue
            self.parsed_files += 1
            if found.error:
                self.unread.append((source.path, found.error))
            failed = {
                each.attempt for each in found.imports if each.attempt > 0 and self._fails(source, each)
            }
            for asked in found.imports:
                self._resolve(source, replace(asked, optional=False) if -asked.attempt in failed else asked)

    def _fails(self, source: Source, asked: Import) -> bool:
        """Whether it is sure that an import does not resolve."""
        return any(self.resolve(source.path, each).state is State.MISSING for each in singly(asked))

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
        settled = self._settle(source)
        if settled is None:
            return self.readings.parsed(source) is not None
        return any(target.partition("\0")[0] == path for target in settled.targets)


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
