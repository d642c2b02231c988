"""The checks of the tree itself: its root, what is hidden from us, and a git checkout in it."""

import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from driftaudit.doctor.checks import Check, Outcome, doubtful, failed, good, skipped
from driftaudit.errors import DriftauditError, ExitCode
from driftaudit.model.entry import Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.render.printable import printable
from driftaudit.repo import Repository
from driftaudit.sources.base import AbsentRootError, ScanRequest, Source

ROOT, PERMISSIONS, CHECKOUT = TREE_CHECKS = ("root", "permissions", "git checkout")

_NAMED = 3  # paths that a line names
_OWN_NAME = "driftaudit doctor"


@dataclass(frozen=True, slots=True)
class Look:
    """How to look at a tree: what to list, whether its root may be absent, and what it is held against."""

    request: ScanRequest
    allow_absent: bool
    repository: Repository | None


def folder_checks(source: Source, look: Look) -> Iterator[Check]:
    """Yield the checks of a tree that needs no connection."""
    try:
        snapshot = source.snapshot(look.request)
    except DriftauditError as error:
        yield from no_root(error, look)
    else:
        yield from tree_checks(snapshot, snapshot.source.url, look, reader="")


def no_root(error: DriftauditError, look: Look) -> Iterator[Check]:
    """Yield what there is to say where the root could not be listed."""
    if isinstance(error, AbsentRootError) and look.allow_absent:
        advice = "Right for a first deploy; take `allow_absent: true` out of driftaudit.yml after it."
        yield doubtful(ROOT, "it is not there yet, which the target allows", advice)
    else:
        yield without_own_name(failed(ROOT, error))
    yield from skipped((PERMISSIONS, CHECKOUT), f"a {ROOT} that can be listed")


def without_own_name(check: Check) -> Check:
    """Return the check with an advice that does not lead back to this very command."""
    if _OWN_NAME not in check.advice:
        return check
    advice = "The login must be able to run commands, and to list the folder: try both by hand."
    return Check(check.name, check.outcome, check.detail, advice, check.exit_code)


def tree_checks(snapshot: Snapshot, root: str, look: Look, reader: str) -> Iterator[Check]:
    """Yield the checks of a tree that was listed. `reader` is the login that listed it, "" for this user."""
    yield _root(snapshot, root)
    yield _permissions(snapshot, root, reader)
    yield _checkout(snapshot, look.repository)


def _root(snapshot: Snapshot, root: str) -> Check:
    real = snapshot.source.real_root
    place = f"{root}, which is {real}" if real and real != root.rstrip("/") else root
    if not snapshot.entries and not snapshot.problems:
        return doubtful(
            ROOT, f"{place}: it is empty", "Check the path, unless nothing was deployed there yet."
        )
    kinds = [entry.kind for entry in snapshot.entries]
    folders = kinds.count(Kind.DIRECTORY)
    return good(ROOT, f"{place}: {len(kinds) - folders:,} files in {folders + 1:,} folders")


def _permissions(snapshot: Snapshot, root: str, reader: str) -> Check:
    hidden = [problem.path for problem in snapshot.problems if problem.kind is ProblemKind.UNREADABLE]
    if not hidden:
        return good(PERMISSIONS, "every folder can be listed, and every file read that `check` reads")
    folders = {entry.path for entry in snapshot.entries if entry.kind is Kind.DIRECTORY}
    unlisted = [path for path in hidden if path in folders]
    unread = [path for path in hidden if path not in folders]
    parts = [_named(unlisted, "folder", "be listed"), _named(unread, "file", "be read")]
    place = shlex.quote(f"{snapshot.source.real_root or root}/{hidden[0]}")
    advice = (
        f"Let {reader or 'this user'} read them, for example: "
        f"sudo setfacl -R -m u:{reader or '$USER'}:rX {printable(place)}"
    )
    return Check(
        PERMISSIONS, Outcome.FAIL, "; ".join(part for part in parts if part), advice, ExitCode.INCOMPLETE
    )


def _named(paths: Sequence[str], noun: str, verb: str) -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    shown = ", ".join(printable(path) for path in paths[:_NAMED])
    return f"{_count(paths, noun)} cannot {verb}: {shown}{more}"


def _count(things: Collection[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _checkout(snapshot: Snapshot, repository: Repository | None) -> Check:
    for problem in snapshot.problems:
        if problem.kind is ProblemKind.GIT_DIRECTORY:
            detail = f"the refs of {printable(problem.path)} cannot be read: {problem.detail}"
            advice = "Let the login read it: nobody can say what is lost if a deploy removes it."
            return Check(CHECKOUT, Outcome.FAIL, detail, advice, ExitCode.INCOMPLETE)
    if not snapshot.git_directories:
        return good(CHECKOUT, "there is none in the root")
    places = ", ".join(printable(directory.path) for directory in snapshot.git_directories)
    refs = {ref for directory in snapshot.git_directories for ref in directory.refs}
    if repository is None:
        return good(CHECKOUT, f"{places}: its refs name {_count(refs, 'commit')}")
    lacking = refs - repository.reachable_commits(refs)
    if lacking:
        return doubtful(
            CHECKOUT,
            f"{places}: this repository lacks {_count(lacking, 'commit')} that its refs name",
            "Push them from there, or fetch them here: a deploy that removes the checkout will be refused.",
        )
    return good(CHECKOUT, f"{places}: this repository has all that its refs name")
