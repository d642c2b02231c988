"""The only composer: sources, compare, provenance, plan, policy and gate, in this order, become an Audit."""

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from driftaudit.cache import Cache
from driftaudit.compare.equal import filled_in
from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent
from driftaudit.deploy.live_links import LiveTree
from driftaudit.deploy.registry import WORST_CASE, plan_deploy
from driftaudit.deploy.write_through import write_through
from driftaudit.errors import UsageError
from driftaudit.gate import decide
from driftaudit.model.audit import Audit, TreeFacts
from driftaudit.model.change import Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.policy.labels import Labels
from driftaudit.policy.policy import Policy
from driftaudit.provenance.equivalence import settle
from driftaudit.provenance.export import without_left_out
from driftaudit.provenance.history import ContentHistory, content_history, paths_in_history
from driftaudit.provenance.lfs import LargeFiles
from driftaudit.provenance.trace import Evidence, desired_by_digest, trace
from driftaudit.repo import Repository
from driftaudit.sources.base import AbsentRootError, Progress, ScanRequest, Source, no_progress
from driftaudit.sources.git import GitSource

EXPENDABLE = "generated"
UNREAD = "runtime"
_LONGEST_TARGET = 4096  # bytes of a link's target; systems know none that is longer
SECRET = "secret"  # noqa: S105 - the name of a label


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is audited, by what.

    `base` is the commit whose history counts as older than the desired tree, None where there is no
    repository. `mapping` leads from the repository to the root, for what history says of a path.
    `own_paths` are where the repository, or the desired folder, lies inside the deployed tree: what would
    be destroyed with it is no copy.
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


def run_audit(request: AuditRequest, progress: Progress = no_progress) -> Audit:
    """Read both trees, compare them, and judge what the deploy would do.

    Raises UsageError, RepositoryError or SourceError where there is nothing to audit.
    """
    started_at, started = datetime.now(UTC), time.monotonic()
    object_format = request.repository.object_format if request.repository else "sha1"
    desired, deployed, known = _both_trees(request, object_format, progress)
    settled = _settled(request, desired, deployed)
    changes = settled.changes
    intent = request.intent or Intent(WORST_CASE)
    plan = plan_deploy(intent, changes, desired, deployed)
    plan = write_through(plan, intent, changes, _live_tree(request, deployed))
    _refuse_own_paths(request, plan)
    clone = _clone_problems(request.repository)
    problems = _sorted((*desired.problems, *deployed.problems, *settled.problems, *clone))
    evidence = _evidence(request, settled, desired, deployed, problems, _folders_of(changes, known))
    findings = tuple(
        request.policy.judge(change, trace(change, evidence), plan.action(change.path)) for change in changes
    )
    # What of the desired side could not be seen is desired all the same.
    desired_paths = {entry.path for entry in desired.entries} | {problem.path for problem in desired.problems}
    decision = decide(findings, problems, plan, lambda path: not path or path in desired_paths)
    secrets = _secret_paths(request.policy.labels, (*desired.entries, *deployed.entries))
    return Audit(
        target=request.target,
        decision=decision,
        started_at=started_at,
        duration_seconds=time.monotonic() - started,
        desired=_facts(desired, secrets),
        deployed=_facts(deployed, secrets),
        plan=plan,
        findings=findings,
        problems=problems,
        notes=(*desired.notes, *deployed.notes, *settled.notes, *request.notes),
        worst_case=request.intent is None,
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """The changes without those that git's attributes explain, and what there is to say of them."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    pointers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _settled(request: AuditRequest, desired: Snapshot, deployed: Snapshot) -> _Settled:
    changes = compare(desired.entries, deployed.entries, deployed.problems)
    repository, mapping = request.repository, request.mapping
    if repository is None:
        return _Settled(changes)
    commit = desired.source.commit if desired.source.kind == "git" else None
    settled = settle(changes, repository, mapping, commit)
    if commit is None:
        return _Settled(settled)
    large = LargeFiles(repository, mapping, commit, request.cache)
    filled = large.fill_in(settled, _by_path(desired).get, _by_path(deployed).get)
    kept, notes = without_left_out(filled.changes, repository, mapping, commit)
    return _Settled(kept, filled.problems, filled.pointers, notes)


def _by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def _live_tree(request: AuditRequest, deployed: Snapshot) -> LiveTree:
    """Return the deployed tree to follow links in; what git has of a link is the text of its target."""

    def target_of(link: Entry) -> str | None:
        if link.link_target is not None or not link.digest or not request.repository:
            return link.link_target
        text = request.repository.blobs([link.digest], _LONGEST_TARGET).get(link.digest)
        return text.decode("utf-8", "surrogateescape") if text else None

    return LiveTree(deployed.source, _by_path(deployed).get, target_of)


def _refuse_own_paths(request: AuditRequest, plan: Plan) -> None:
    for path in request.own_paths:
        if plan.touches(path):
            raise UsageError(
                f"{path or 'the root'} is what the deploy is judged by, and lies inside what it destroys",
                "Run it from a clone, or with a desired folder, that lies outside of the target.",
            )


def tree_digest(entries: Iterable[Entry], without: Collection[str] = ()) -> str:
    """Return SHA-256 over path, mode and digest of all files, links and special files.

    The digests of the paths `without` are left out: the digest of a short secret can be guessed.
    """
    digest = hashlib.sha256()
    for entry in entries:
        if entry.kind is not Kind.DIRECTORY:
            shown = "" if entry.path in without else entry.digest or ""
            digest.update(f"{entry.path}\0{entry.mode}\0{shown}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _both_trees(
    request: AuditRequest, object_format: str, progress: Progress
) -> tuple[Snapshot, Snapshot, bytes]:
    """Read both sides, a commit while the host is busy with the deployed one.

    Returns desired, deployed, and every path that is desired or was ever committed, joined by NUL.
    """
    history = b""
    if request.repository and request.base:
        history = paths_in_history(request.repository, request.base, request.mapping, request.cache)
    plain = ScanRequest(object_format=object_format)
    labels = request.policy.labels
    if not isinstance(request.desired, GitSource):
        desired = request.desired.snapshot(plain)
        files = (entry.path for entry in desired.entries if entry.kind is not Kind.DIRECTORY)
        known = history + "\0".join(files).encode("utf-8", "surrogateescape")
        return desired, _deployed(request, _scan_request(labels, known, {}, object_format), progress), known
    with ThreadPoolExecutor(1) as pool:  # a commit's own paths are in the history already
        scan = _scan_request(labels, history, request.desired.folder_trees(), object_format)
        reading = pool.submit(request.desired.snapshot, plain)
        deployed = _deployed(request, scan, progress)
        return reading.result(), filled_in(deployed, reading.result()), history


def _scan_request(labels: Labels, known: bytes, trees: Mapping[str, str], object_format: str) -> ScanRequest:
    """Leave unread what the labels allow, but nothing that is desired or was ever committed."""
    return ScanRequest(
        prune=labels.patterns(EXPENDABLE),
        unread=labels.patterns(UNREAD),
        known=labels.among(known),
        trees=trees,
        object_format=object_format,
    )


def _deployed(request: AuditRequest, scan: ScanRequest, progress: Progress) -> Snapshot:
    try:
        return request.deployed.snapshot(scan, progress)
    except AbsentRootError:
        if not request.allow_absent:
            raise
    note = "the root is not there yet; the target allows that, so it counts as empty"
    return Snapshot(SourceFacts("absent", request.target), (), scan=ScanFacts(), notes=(note,))


def _clone_problems(repository: Repository | None) -> Sequence[Problem]:
    if repository is None:
        return ()
    found = []
    if repository.is_shallow:
        detail = "the clone is shallow, so `never committed` cannot be proven; in CI set fetch-depth: 0"
        found.append(Problem("", ProblemKind.SHALLOW_CLONE, detail))
    if repository.is_partial:
        detail = "the clone is partial, so `never committed` cannot be proven; clone without --filter"
        found.append(Problem("", ProblemKind.PARTIAL_CLONE, detail))
    return found


def _evidence(
    request: AuditRequest,
    settled: _Settled,
    desired: Snapshot,
    deployed: Snapshot,
    problems: Sequence[Problem],
    folders: frozenset[str],
) -> Evidence:
    sides = [change.deployed for change in settled.changes if change.deployed]
    ids = {content for side in sides for content in side.contents} | set(settled.pointers.values())
    refs = {directory.path: directory.refs for directory in deployed.git_directories}
    if request.repository and request.base:
        asked = {oid for oids in refs.values() for oid in oids}
        history = content_history(request.repository, request.base, ids, asked)
    else:
        history = ContentHistory()
    unseen = frozenset(problem.path for problem in problems if problem.path)
    by_digest = desired_by_digest(desired.entries)
    return Evidence(history, request.mapping, by_digest, unseen, refs, folders, settled.pointers)


def _folders_of(changes: Sequence[Change], known: bytes) -> frozenset[str]:
    """Return those live folders without content that have, or had, files in the repository."""
    folders = {
        change.path for change in changes if change.deployed and change.deployed.kind is Kind.DIRECTORY
    }
    if not folders:
        return frozenset()
    return frozenset(
        folder for folder in folders if b"\0%b/" % folder.encode("utf-8", "surrogateescape") in b"\0" + known
    )


def _secret_paths(labels: Labels, entries: Iterable[Entry]) -> frozenset[str]:
    paths = "\0".join({entry.path for entry in entries}).encode("utf-8", "surrogateescape")
    return frozenset(path for path in labels.among(paths) if SECRET in labels.of(path))


def _facts(snapshot: Snapshot, secrets: Collection[str]) -> TreeFacts:
    return TreeFacts(
        source=snapshot.source,
        scan=snapshot.scan,
        entries=len(snapshot.entries),
        complete=snapshot.complete,
        tree_digest=tree_digest(snapshot.entries, secrets),
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.kind, problem.detail)))
