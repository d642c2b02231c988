"""The only composer: sources, compare, provenance, plan, policy and gate, in this order, become an Audit."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from driftaudit.cache import Cache
from driftaudit.compare.normalisation import twin_notes
from driftaudit.compare.trees import compare
from driftaudit.config.rules import SECRET
from driftaudit.deploy.base import Intent, Trees
from driftaudit.deploy.live_links import LiveTree
from driftaudit.deploy.registry import WORST_CASE, plan_deploy
from driftaudit.deploy.write_through import write_through
from driftaudit.errors import UsageError
from driftaudit.gate import decide
from driftaudit.model.audit import Audit, Decision, MovedFolder, TreeFacts
from driftaudit.model.build import AcceptedBuild
from driftaudit.model.change import Change
from driftaudit.model.commit import DeployedCommit
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Finding
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.plan import Plan
from driftaudit.model.probe import Health
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.model.structure import StructureFinding
from driftaudit.origins import Origins
from driftaudit.policy.labels import Labels
from driftaudit.policy.policy import Policy
from driftaudit.provenance.equivalence import settle
from driftaudit.provenance.export import without_left_out
from driftaudit.provenance.history import History, read_history
from driftaudit.provenance.lfs import LargeFiles
from driftaudit.provenance.moves import joined_moves
from driftaudit.repo import Repository
from driftaudit.scripted.planned import ScriptPlan
from driftaudit.sources.base import Progress, Source, no_progress
from driftaudit.structure.languages import has_sources
from driftaudit.trees import Reading, ReadingRequest, Side, read_trees

_BUILDS = ("directory", "archive", "snapshot")  # sources whose trees no commit has
if TYPE_CHECKING:  # few targets have backups, or probes
    from driftaudit.backup_reading.copies import BackupCopies
    from driftaudit.backup_reading.places import BackupPlace
    from driftaudit.probes.asking import Asking, ProbeRequest
    from driftaudit.structural.composer import StructureExamination

NOT_ASKED = Health((), ())


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is audited, by what.

    `base` is the commit whose history counts as older than the desired tree, None where there is no
    repository. `mapping` leads from the repository to the root, for what history says of a path.
    `own_paths` are where the repository, or the desired folder, lies inside the deployed tree: what would
    be destroyed with it is no copy. `builds` are what counts as older where a build is desired. With
    `lists_all` the live tree is listed whole, for those who keep it. `probes` are asked while the trees are
    read.
    """

    target: str
    desired: Source
    deployed: Source
    policy: Policy
    intent: Intent | None = None
    repository: Repository | None = None
    base: str | None = None
    mapping: PathMapping = IDENTITY
    allow_absent: bool = False
    cache: Cache = Cache()  # noqa: RUF009 - frozen, like the mapping
    notes: tuple[str, ...] = ()
    own_paths: tuple[str, ...] = ()
    builds: tuple[AcceptedBuild, ...] = ()
    rate_limit: float | None = None
    backups: "tuple[BackupPlace, ...]" = ()
    lists_all: bool = False
    probes: "ProbeRequest | None" = None
    structure: bool = False  # whether imports are looked into, in both trees
    folders: bool = False  # and how the folders of the two lie side by side


@dataclass(frozen=True, slots=True)
class Examination:
    """An audit, with the trees that it was made of: what a command that goes on from there needs.

    `decide` gives the verdict that it would have with other findings.
    """

    audit: Audit
    trees: Trees
    decide: Callable[[Sequence[Finding]], Decision]
    history: History | None = None  # None where no commit is asked about
    structure: "StructureExamination | None" = None  # None where not asked for, or no sources


def examine(request: AuditRequest, progress: Progress = no_progress) -> Examination:
    """Read both trees, compare them, and judge what the deploy would do.

    Raises UsageError, RepositoryError or SourceError where there is nothing to audit.
    """
    started_at, started = datetime.now(UTC), time.monotonic()
    asking = _asking(request)
    seen = _seen(request, progress)
    planned = _planned(request, seen)
    judged = _judged(request, seen, planned)
    structure = _structure(request, seen.trees, judged.findings, judged.moved_folders)
    imports = structure.structure.findings if structure else ()
    unread = structure.problems if structure else ()
    problems = _sorted((*planned.problems, *unread))
    health = asking.health() if asking else NOT_ASKED
    verdict = _verdict(seen, planned.plan, problems, health, imports, unread)
    waived = request.policy.waive(judged.findings, seen.trees.unseen, started_at.date())
    desired, deployed = _both_facts(request, seen.read)
    audit = Audit(
        target=request.target,
        decision=verdict(waived.findings),
        started_at=started_at,
        duration_seconds=time.monotonic() - started,
        desired=desired,
        deployed=deployed,
        plan=planned.plan,
        findings=waived.findings,
        problems=problems,
        notes=(
            *seen.desired.notes,
            *seen.deployed.notes,
            *planned.notes,
            *judged.notes,
            *(structure.structure.notes if structure else ()),
            *request.notes,
        ),
        worst_case=request.intent is None,
        deployed_commit=judged.deployed_commit,
        moved_folders=judged.moved_folders,
        script=planned.scripted.lines,
        waivers=waived.uses,
        mapping=None if seen.is_build else request.mapping,
        probes=health.probes,
        health=health.findings,
        structure=imports,
        folders=structure.structure.folders if structure else (),
    )
    return Examination(audit, seen.trees, verdict, seen.history, structure)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read: both trees, and the history of the desired commit, None where none is asked about."""

    read: Reading
    trees: Trees
    history: History | None

    @property
    def desired(self) -> Snapshot:
        return self.read.desired.snapshot

    @property
    def deployed(self) -> Snapshot:
        return self.read.deployed.snapshot

    @property
    def commit(self) -> str | None:
        """The commit that is desired, None where it is none."""
        source = self.desired.source
        return source.commit if source.kind == "git" else None

    @property
    def is_build(self) -> bool:
        return self.desired.source.kind in _BUILDS


@dataclass(frozen=True, slots=True)
class _Planned:
    """What the deploy does to the changes, by path; those that its script alone touches are among them."""

    settled: "_Settled"
    scripted: ScriptPlan
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]

    @property
    def plan(self) -> Plan:
        return self.scripted.plan

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.settled.notes, *self.scripted.notes, *twin_notes(self.changes))


@dataclass(frozen=True, slots=True)
class _Judged:
    """The findings before any is waived, and what else the changes' origins say."""

    findings: tuple[Finding, ...]
    moved_folders: tuple[MovedFolder, ...]
    notes: tuple[str, ...]
    deployed_commit: DeployedCommit | None


def _object_format(request: AuditRequest) -> str:
    return request.repository.object_format if request.repository else "sha1"


def _seen(request: AuditRequest, progress: Progress) -> _Seen:
    history = None
    if request.repository and request.base:
        history = read_history(request.repository, request.base, request.cache)
    paths = history.paths_in_root(request.mapping) if history else b""
    read = read_trees(_reading(request, paths), progress)
    desired, deployed = read.desired.snapshot, read.deployed.snapshot
    trees = Trees(read.desired.listing, read.deployed.listing, deployed, _unseen(desired, deployed))
    return _Seen(read, trees, history)


def _planned(request: AuditRequest, seen: _Seen) -> _Planned:
    settled = _settled(request, seen)
    scripted = _scripted(request, settled.changes, seen)
    _refuse_own_paths(request, scripted.plan)
    problems = (
        *seen.desired.problems,
        *seen.deployed.problems,
        *settled.problems,
        *_clone_problems(request.repository),
        *scripted.problems,
    )
    changes = sorted((*settled.changes, *scripted.changes), key=lambda change: change.path)
    return _Planned(settled, scripted, tuple(changes), _sorted(problems))


def _judged(request: AuditRequest, seen: _Seen, planned: _Planned) -> _Judged:
    origins = Origins(
        repository=request.repository,
        history=seen.history,
        mapping=request.mapping,
        labels=request.policy.labels,
        live=request.deployed,
        trees=seen.trees,
        changes=planned.changes,
        problems=planned.problems,
        pointers=planned.settled.pointers,
        builds=request.builds,
        is_build=seen.is_build,
        in_sync=frozenset(change.path for change in planned.scripted.changes),
        backups=_backup_copies(request, seen.deployed, planned.scripted),
    )
    traced = origins.traced()
    findings = tuple(
        request.policy.judge(change, traced.by_path[change.path], planned.plan.action(change.path))
        for change in planned.changes
    )
    moves = joined_moves((*planned.scripted.findings, *findings), seen.trees.deployed.all_paths())
    return _Judged(moves.findings, moves.folders, traced.notes, origins.deployed_commit())


def _verdict(
    seen: _Seen,
    plan: Plan,
    problems: Sequence[Problem],
    health: Health,
    imports: Sequence[StructureFinding],
    unread: Sequence[Problem],
) -> Callable[[Sequence[Finding]], Decision]:
    # What of the desired side could not be seen is desired all the same.
    hidden = {problem.path for problem in seen.desired.problems}
    return partial(
        decide,
        problems=problems,
        health=health.findings,
        plan=plan,
        is_desired=lambda path: path in hidden or seen.trees.desired.has(path),
        imports=imports,
        unread=frozenset(unread),
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """The changes without those that git's attributes explain, and what there is to say of them."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    pointers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _asking(request: AuditRequest) -> "Asking | None":
    """Begin to ask the probes, None where there are none."""
    if request.probes is None:
        return None
    from driftaudit.probes.asking import Asking

    return Asking(request.probes)


def _settled(request: AuditRequest, seen: _Seen) -> _Settled:
    desired, deployed, trees, history = seen.desired, seen.deployed, seen.trees, seen.history
    changes = compare(desired.entries, deployed.entries, deployed.problems)
    repository, mapping = request.repository, request.mapping
    if repository is None:
        return _Settled(changes)
    commit = seen.commit
    settled = settle(changes, repository, mapping, commit)
    if commit is None or history is None:
        return _Settled(settled)
    large = LargeFiles(repository, lambda: history, mapping, commit, request.cache)
    filled = large.fill_in(settled, trees.desired.get, trees.live)
    kept, notes = without_left_out(filled.changes, repository, mapping, commit)
    return _Settled(kept, filled.problems, filled.pointers, notes)


def _scripted(request: AuditRequest, changes: Sequence[Change], seen: _Seen) -> ScriptPlan:
    """Return the plan of any method; a script's has more to it."""
    trees = seen.trees
    intent = request.intent or Intent(WORST_CASE)
    if intent.script is None:
        plan = plan_deploy(intent, changes, trees)
        return ScriptPlan(write_through(plan, intent, changes, _live_tree(request, trees)))
    from driftaudit.scripted.composer import ScriptRequest, plan_script

    return plan_script(
        ScriptRequest(
            script=intent.script,
            deployed=request.deployed,
            repository=request.repository,
            cache=request.cache,
            trees=trees,
            changes=changes,
            history=seen.history,
            commit=seen.commit if request.mapping == IDENTITY else None,
        )
    )


def _structure(
    request: AuditRequest, trees: Trees, findings: Sequence[Finding], moved: Sequence[MovedFolder]
) -> "StructureExamination | None":
    """Return what the sources of both trees import, None where it is not asked for or there are none."""
    is_asked = request.structure and any(map(has_sources, (trees.deployed.paths, trees.desired.paths)))
    if not is_asked and not request.folders:
        return None
    from driftaudit.structural.composer import StructureRequest, structure_of

    return structure_of(
        StructureRequest(
            target=request.target,
            desired=request.desired,
            deployed=request.deployed,
            repository=request.repository,
            policy=request.policy,
            cache=request.cache,
            trees=trees,
            findings=findings,
            moved_folders=moved,
            is_assumed=request.intent is None,
            wants_folders=request.folders,
            rate_limit=request.rate_limit,
        )
    )


def _backup_copies(request: AuditRequest, deployed: Snapshot, scripted: ScriptPlan) -> "BackupCopies | None":
    """Return the backups as far as the deploy leaves them alone, None where none is configured."""
    if not request.backups:
        return None
    from driftaudit.backup_reading.copies import BackupCopies, root_of

    root = root_of(request.deployed, deployed)
    return BackupCopies(request.backups, _object_format(request), root, scripted.plan, scripted.elsewhere)


def _live_tree(request: AuditRequest, trees: Trees) -> LiveTree:
    """Return the deployed tree to follow links in; what git has of a link is the text of its target."""

    def target_of(link: Entry) -> str | None:
        if link.link_target is not None or not link.digest or not request.repository:
            return link.link_target
        return request.repository.link_targets([link.digest]).get(link.digest)

    return LiveTree(trees.seen.source, trees.live, target_of)


def _refuse_own_paths(request: AuditRequest, plan: Plan) -> None:
    for path in request.own_paths:
        if plan.touches(path):
            raise UsageError(
                f"{path or 'the root'} is what the deploy is judged by, and lies inside what it destroys",
                "Run it from a clone, or with a desired folder, that lies outside of the target.",
            )


def _clone_problems(repository: Repository | None) -> Sequence[Problem]:
    if repository is None:
        return ()
    found = []
    if repository.is_shallow:
        detail = 'the clone is shallow, so "never committed" cannot be proven; in CI set fetch-depth: 0'
        found.append(Problem("", ProblemKind.SHALLOW_CLONE, detail))
    if repository.is_partial:
        detail = 'the clone is partial, so "never committed" cannot be proven; clone without --filter'
        found.append(Problem("", ProblemKind.PARTIAL_CLONE, detail))
    return found


def _secret_paths(labels: Labels, read: Reading) -> frozenset[str]:
    listed = "\0".join(entry.path for entry in read.deployed.snapshot.entries)
    found = read.labelled | labels.among(listed.encode("utf-8", "surrogateescape"))
    return frozenset(path for path in found if SECRET in labels.of(path))


def _both_facts(request: AuditRequest, read: Reading) -> tuple[TreeFacts, TreeFacts]:
    secrets = _secret_paths(request.policy.labels, read)
    desired = _facts(read.desired, secrets)
    return desired, _facts(read.deployed, secrets, desired.tree_digest if read.are_alike else None)


def _facts(side: Side, secrets: Collection[str], digest: str | None = None) -> TreeFacts:
    return TreeFacts(
        source=side.snapshot.source,
        scan=side.snapshot.scan,
        entries=len(side.listing),
        complete=side.snapshot.complete,
        tree_digest=digest or side.listing.digest(secrets),
    )


def _unseen(desired: Snapshot, deployed: Snapshot) -> frozenset[str]:
    """Return the paths at and below which the trees may hold more than was seen."""
    pruned = {entry.path for entry in deployed.entries if entry.pruned}
    return frozenset(pruned | {problem.path for side in (desired, deployed) for problem in side.problems})


def _reading(request: AuditRequest, history: bytes) -> ReadingRequest:
    return ReadingRequest(
        desired=request.desired,
        deployed=request.deployed,
        labels=request.policy.labels,
        history=history,
        object_format=_object_format(request),
        cache=request.cache,
        allow_absent=request.allow_absent,
        target=request.target,
        rate_limit=request.rate_limit,
        lists_all=request.lists_all,
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.kind, problem.detail)))
