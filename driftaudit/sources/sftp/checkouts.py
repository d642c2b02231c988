"""The object ids that the refs of a live checkout name, by the rules of the agent's refs.py."""

import re
import stat as modes
from collections import deque

from driftaudit.model.problem import ProblemKind
from driftaudit.sources.agent.program.refs import MAX_REFS, below
from driftaudit.sources.sftp.client import Client, Limits
from driftaudit.sources.sftp.contents import file_content
from driftaudit.sources.sftp.folders import list_folder, require_no_link
from driftaudit.sources.sftp.packets import NO_SUCH_FILE, Attributes, Status, lstat, real_path
from driftaudit.sources.sftp.tasks import Task, Unseen, taken

_LIMITS = Limits(16)
_LARGEST = 1 << 24  # bytes of a file with refs; so many at a time are held
_STARTS = ("HEAD", "packed-refs", "refs", "logs/refs/stash")
_REF = re.compile(r"(?m)^\^?([0-9a-f]{40,64})\b")
_STASHED = re.compile(r"(?m)^[0-9a-f]+ ([0-9a-f]{40,64}) ")  # "old new who": only the new ids are entries

_Job = tuple[str, str]  # what is looked for, and the path below the `.git` folder


def git_refs(client: Client, folder: bytes) -> tuple[str, ...]:
    """Return the ids, sorted. Raises Unseen where one of the refs cannot be read."""
    found: set[str] = set()
    jobs: deque[_Job] = deque(_checkout(""))
    failure: Unseen | None = None
    for (kind, name), content in client.run(jobs, lambda job: _look(folder, job[1]), _LIMITS):
        try:
            jobs += _take(kind, name, content, found)
        except Unseen as unseen:
            failure = unseen
        if failure:
            jobs.clear()
    if failure:
        raise failure
    return tuple(sorted(found))


def _checkout(name: str) -> list[_Job]:
    starts = [("refs", _join(name, part)) for part in _STARTS]
    return [
        *starts,
        ("trees", _join(name, "worktrees")),
        ("modules", _join(name, "modules")),
        ("reftable", _join(name, "reftable")),
    ]


def _take(kind: str, name: str, content: list[str] | str | Unseen, found: set[str]) -> list[_Job]:
    """Take the ids out of what lies at a path, and return what to look at next."""
    if isinstance(content, Unseen):
        raise content
    if kind == "reftable":
        if content:
            raise _refs_unseen("its refs are stored as a reftable, which is not read")
    elif isinstance(content, list):
        jobs: list[_Job] = below(kind, name, content)
        return [
            next_job for job in jobs for next_job in (_checkout(job[1]) if job[0] == "checkout" else [job])
        ]
    elif kind == "refs":
        found.update((_STASHED if "logs/" in name else _REF).findall(content))
    if len(found) > MAX_REFS:
        raise _refs_unseen(f"more than {MAX_REFS} refs")
    return []


def _look(folder: bytes, name: str) -> Task[list[str] | str]:
    """Return the text of a file, the names in a folder, or "" where there is neither."""
    path = folder + b"/" + name.encode("utf-8", "surrogateescape")
    real, state = yield [real_path(path), lstat(path)]
    if isinstance(state, Status) and state.code == NO_SUCH_FILE:
        return ""
    attributes = taken(state, Attributes)
    require_no_link(real, path)
    mode = attributes.permissions or 0
    if modes.S_ISDIR(mode):
        names = yield from list_folder(path)
        return [name.name.decode("utf-8", "surrogateescape") for name in names]
    if not modes.S_ISREG(mode) or (attributes.size or 0) > _LARGEST:
        raise _refs_unseen("what holds its refs is no file, or a very large one")
    return (yield from file_content(path, attributes)).decode("ascii", "replace")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _refs_unseen(detail: str) -> Unseen:
    return Unseen(ProblemKind.GIT_DIRECTORY, detail)
