"""The structure of one audit: both trees, their imports, and the judgement of those that do not resolve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from driftaudit.cache import Cache
from driftaudit.config.rules import GENERATED, SECRET
from driftaudit.deploy.base import Trees
from driftaudit.model.audit import MovedFolder
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.problem import Problem
from driftaudit.model.structure import (
    ImportLine,
    Structure,
    StructureFinding,
    StructureTree,
    TreeImports,
    UnreadSource,
    UntoldImport,
)
from driftaudit.policy.policy import Policy
from driftaudit.repo import Repository
from driftaudit.sources.base import Source as TreeSource
from driftaudit.structural.contents import Contents, Place
from driftaudit.structural.installed import Installed, installed_packages
from driftaudit.structural.memory import Memory
from driftaudit.structural.reading import Reader, key_of
from driftaudit.structural.trees import (
    Grown,
    after_plan,
    changes_files,
    context_of,
    file_tree,
    grown,
    side_by_side,
)
from driftaudit.structure.analysis import Analysis, Readings, Source, shown_module
from driftaudit.structure.comparison import Defect, TwoTrees
from driftaudit.structure.languages import Language, language_of
from driftaudit.structure.node.entry_points import names_entry_points

_INSTALLED = "node_modules"
_MOST_DOUBTFUL = 500  # sources that are parsed whatever they import: some 2 s


@dataclass(frozen=True, slots=True)
class StructureRequest:
    """Both trees of an audit, and what its deploy does: `findings` holds every path that changes."""

    target: str
    desired: TreeSource
    deployed: TreeSource
    repository: Repository | None
    policy: Policy
    cache: Cache
    trees: Trees
    findings: Sequence[Finding]
    moved_folders: Sequence[MovedFolder] = ()
    is_assumed: bool = False
    wants_folders: bool = False
    rate_limit: float | None = None


@dataclass(frozen=True, slots=True)
class StructureExamination:
    """The structure, and the two trees that it was made of, to be asked about single paths.

    `problems` are the sources and packages that should have been looked into and could not be, by path.
    """

    structure: Structure
    trees: TwoTrees
    problems: tuple[Problem, ...] = ()

    def importers_of(self, path: str) -> tuple[ImportLine, ...]:
        """Return the lines that import a file, in either tree."""
        found: dict[tuple[str, int, str], list[StructureTree]] = {}
        sides = [(self.trees.live, StructureTree.DEPLOYED), (self.trees.planned, StructureTree.PLANNED)]
        for analysis, tree in sides:
            for importer, asked in analysis.importers_of(path):
                trees = found.setdefault((importer, asked.line, shown_module(asked)), [])
                if tree not in trees:
                    trees.append(tree)
        return tuple(ImportLine(*key, tuple(trees)) for key, trees in sorted(found.items()))


def structure_of(request: StructureRequest) -> StructureExamination:
    """Return what does not resolve in either tree."""
    live = grown(request.trees.deployed)
    planned = after_plan(live, request.findings) if changes_files(request.findings) else live
    memory = Memory.of(request.cache, request.target)
    contents = Contents(request.repository, _places(request, live, planned), request.rate_limit)
    reader = Reader(contents, memory, _secrets(request.policy, live, planned))
    installed = _installed(request, live)
    two = _two_trees(request, live, planned, reader, installed.packages)
    two.live.run()
    if two.planned is not two.live:
        two.planned.run()
    structure = _structure(request, two)
    sources = [key_of(source) for each in (two.live, two.planned) for source in each.sources]
    contexts = {context_of(each.tree) for each in (two.live, two.planned)}
    memory.keep(set(sources), {*live.files.values(), *planned.files.values()}, contexts)
    return StructureExamination(structure, two, (*contents.problems.values(), *installed.problems))


def _places(request: StructureRequest, live: Grown, planned: Grown) -> Mapping[str, Place]:
    """Return where contents can be had: the desired tree is nearer than the host is."""
    places = {oid: Place(path, request.deployed) for path, oid in live.files.items() if oid}
    brought = (each for each in planned.files.items() if live.files.get(each[0]) != each[1])
    places |= {oid: Place(path, request.desired) for path, oid in brought if oid}
    return places


def _secrets(policy: Policy, *trees: Grown) -> frozenset[str]:
    paths = {path: oid for tree in trees for path, oid in tree.files.items()}
    labelled = policy.labels.paths_with(SECRET, paths)
    return frozenset(tree.files[path] for tree in trees for path in labelled if path in tree.files)


def _two_trees(
    request: StructureRequest,
    live: Grown,
    planned: Grown,
    reader: Reader,
    listed: Mapping[str, frozenset[str]],
) -> TwoTrees:
    labels = request.policy.labels
    generated = {path for tree in (live, planned) for path in labels.paths_with(GENERATED, tree.files)}
    sides = [live] if planned is live else [live, planned]
    sources = [_sources(tree, generated) for tree in sides]
    _bring(reader, sources)
    targets = _link_targets(request, sides, reader)
    readings = Readings(reader.scanned, reader.parsed, reader.is_parsed, reader.why, reader.document)
    trees = [file_tree(tree, request.trees, targets, listed) for tree in sides]
    settled, doubtful = reader.memory.settled, _doubtful(request.findings)
    analyses = [
        Analysis(tree, readings, rows, settled.setdefault(context_of(tree), {}), doubtful)
        for tree, rows in zip(trees, sources, strict=True)
    ]
    needed = {
        source.oid
        for analysis in analyses
        for source in analysis.unsettled()
        if key_of(source) not in reader.memory.parsed
    }
    reader.contents.load(needed - reader.secret)
    return TwoTrees(analyses[0], analyses[-1], lambda path: GENERATED in labels.of(path), request.is_assumed)


def _link_targets(request: StructureRequest, sides: Iterable[Grown], reader: Reader) -> dict[str, str]:
    """Return the texts of links' targets by blob id: as the trees were read with them, else from git."""
    entries = [*request.trees.seen.entries, *(f.change.desired for f in request.findings if f.change.desired)]
    found = {
        entry.digest: entry.link_target for entry in entries if entry.digest and entry.link_target is not None
    }
    for oid in {oid for tree in sides for oid in tree.links.values() if oid} - found.keys():
        text = reader.document(oid)
        if text is not None:
            found[oid] = text.decode("utf-8", "surrogateescape")
    return found


def _doubtful(findings: Sequence[Finding]) -> frozenset[str]:
    """Return the sources that differ: likeliest to be cut off or half merged. Of too many none."""
    differing = [finding.path for finding in findings if language_of(finding.path)]
    return frozenset(differing if len(differing) <= _MOST_DOUBTFUL else ())


def _sources(tree: Grown, generated: set[str]) -> list[Source]:
    found = []
    for path, oid in tree.files.items():
        is_document = names_entry_points(path)
        language = language_of(path)
        if (language is None and not is_document) or path in generated or f"/{_INSTALLED}/" in f"/{path}":
            continue
        if language is not None:
            found.append(Source(path, oid, language))
        if is_document:
            found.append(Source(path, oid, None))
    return found


def _bring(reader: Reader, sources: Iterable[Sequence[Source]]) -> None:
    """Bring at once all contents that nothing is remembered of."""
    known = reader.memory
    wanted = {
        source.oid
        for rows in sources
        for source in rows
        if key_of(source) not in known.parsed
        and not (source.language and known.is_settled(source.oid, source.path))
    }
    if wanted:  # only now is it worth to look up what was scanned
        wanted -= {key.partition(" ")[0] for key in known.scanned}
    reader.contents.load(sorted(wanted - reader.secret - {""}))


def _installed(request: StructureRequest, live: Grown) -> Installed:
    """Return which packages are installed, where any source could ask for one."""
    if not any(language_of(path) not in (None, Language.PYTHON) for path in live.files):
        return Installed({})
    pruned = [entry.path for entry in request.trees.seen.entries if entry.pruned]
    form = request.repository.object_format if request.repository else "sha1"
    return installed_packages(request.deployed, pruned, live.files, form, request.cache)


def _structure(request: StructureRequest, two: TwoTrees) -> Structure:
    compared = two.compared()
    findings = [_judged(request.policy, defect) for defect in compared.defects]
    order = list(StructureTree)
    findings.sort(key=lambda each: (order.index(each.tree), each.importer, each.line, each.module))
    return Structure(
        target=request.target,
        findings=tuple(findings),
        untold=compared.untold,
        unread=tuple(_unread(two)),
        deployed=_figures(two.live),
        planned=_figures(two.planned),
        parsed_files=two.live.parsed_files + (two.planned.parsed_files if two.planned is not two.live else 0),
        folders=side_by_side(request.trees, request.findings, request.moved_folders)
        if request.wants_folders
        else (),
        notes=_notes(compared.untold, two),
    )


def _notes(untold: Sequence[UntoldImport], two: TwoTrees) -> tuple[str, ...]:
    """Return what a report of a check says of the gaps, which are not its matter."""
    unread = {path for analysis in (two.live, two.planned) for path, _why in analysis.unread}
    whats = [
        f"{count:,} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((len(untold), "import"), (len(unread), "source"))
        if count
    ]
    if not whats:
        return ()
    return (f"structure: of {' and '.join(whats)} it could not be told; driftaudit structure names them",)


def _judged(policy: Policy, defect: Defect) -> StructureFinding:
    rule = policy.judge_structure(defect.kind, defect.importer)
    is_held_back = rule.severity is Severity.BLOCK and not defect.may_block
    return StructureFinding(
        kind=defect.kind,
        importer=defect.importer,
        line=defect.line,
        module=defect.module,
        tree=defect.tree,
        cause=defect.cause,
        severity=Severity.WARN if is_held_back else rule.severity,
        rule=rule.id,
        reason=f"{rule.reason} {defect.remark}".strip(),
    )


def _unread(two: TwoTrees) -> Iterable[UnreadSource]:
    seen = set()
    for analysis, tree in ((two.live, StructureTree.DEPLOYED), (two.planned, StructureTree.PLANNED)):
        for path, why in analysis.unread:
            if (path, why) not in seen:
                seen.add((path, why))
                yield UnreadSource(path, tree, why)


def _figures(analysis: Analysis) -> TreeImports:
    files = {source.path for source in analysis.sources if source.language}
    return TreeImports(len(files), analysis.imports, analysis.resolved)
