"""The composer of `accept --build-output`: a live folder, kept whole, counts as an earlier build."""

from dataclasses import dataclass

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.config.rules import GENERATED, RUNTIME, SECRET
from driftaudit.errors import RepositoryError, UsageError
from driftaudit.keeping.bringing import Bringer
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import is_within
from driftaudit.model.own_refs import rescue_refs, slug_of
from driftaudit.plumbing.writing import CommitObject, ObjectWriter, Row
from driftaudit.render.commit_messages import build_message
from driftaudit.repo import Repository
from driftaudit.sources.base import Progress, no_progress

_ASIDE = frozenset((GENERATED, RUNTIME, SECRET))


@dataclass(frozen=True, slots=True)
class KeptBuild:
    """The commit that has the folder's files at their places, and the ref that holds it."""

    commit: str
    ref: str
    files: int
    is_new: bool


def keep_build(request: AuditRequest, folder: str, progress: Progress = no_progress) -> KeptBuild:
    """Keep all files below a live folder ("" is the root) by one ref. Raises as `examine`, and UsageError.

    It is all or nothing: a build of which something could not be read is none. What is runtime, generated or
    secret belongs to no build.
    """
    repository = request.repository
    if repository is None:
        raise RepositoryError("there is no repository to keep the build in", "Run it in one: git init")
    examination = examine(request, progress)
    entries = _files(request, examination, folder)
    writer = ObjectWriter(repository.top, repository.object_format)
    missed = Bringer(request.deployed, repository, writer, request.rate_limit).bring(entries, progress)
    if missed:
        raise UsageError(
            f"{missed[0].path} could not be kept: {missed[0].detail}",
            f"{len(missed)} of {len(entries)} files. Nothing was written down.",
        )
    tree = writer.tree({entry.path: Row(entry.mode, entry.digest or "") for entry in entries})
    if tree.left_out:
        raise UsageError(
            f"git refuses {tree.left_out[0]}", "Take it out of the folder, or name a smaller one."
        )
    return _held(request, repository, writer, examination, folder, tree.oid, len(entries))


def _held(
    request: AuditRequest,
    repository: Repository,
    writer: ObjectWriter,
    examination: Examination,
    folder: str,
    tree: str,
    files: int,
) -> KeptBuild:
    """Let a ref hold the tree, unless one of an earlier run does."""
    refs = rescue_refs(slug_of(request.target))
    for ref, commit in repository.refs_below(refs):
        known = writer.read_commit(commit)
        if known and known.tree == tree and not known.parents:
            return KeptBuild(commit, ref, files, is_new=False)
    source, moment = examination.trees.seen.source, examination.audit.started_at
    message = build_message(request.target, source, moment, folder)
    commit = writer.commit(CommitObject(tree, (), message), moment)
    return KeptBuild(commit, writer.name_anew(refs, commit), files, is_new=True)


def _files(request: AuditRequest, examination: Examination, folder: str) -> list[Entry]:
    labels, trees = request.policy.labels, examination.trees
    unseen = [problem for problem in trees.seen.problems if _touches(problem.path, folder)]
    if unseen:
        raise UsageError(
            f"{unseen[0].path or 'the root'} could not be seen: {unseen[0].detail}",
            "A build of which something is not known is none. See `driftaudit check`.",
        )
    below = sorted(path for path in trees.deployed.all_paths() if is_within(path, folder))
    found = [
        entry
        for path in below
        if (entry := trees.live(path)) and entry.has_content and _ASIDE.isdisjoint(labels.of(path))
    ]
    if not found:
        raise UsageError(
            f"there is no file below {folder or 'the root'}", "Name the folder as `check` prints it."
        )
    unread = [entry.path for entry in found if entry.digest is None]
    if unread:
        raise UsageError(f"{unread[0]} was not read", "See `driftaudit check` for the reason.")
    return found


def _touches(path: str, folder: str) -> bool:
    return is_within(path, folder) or is_within(folder, path)
