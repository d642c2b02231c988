"""How many files of each folder are as desired. Pure: it reads the two listings that an audit was made of."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from driftaudit.deploy.base import Trees
from driftaudit.model.audit import Audit
from driftaudit.model.folder import FolderInSync
from driftaudit.model.listing import Listing

MOST_NAMED = 40
"""Folders in one folder that are named though nothing differs in them; the rest of them is a number."""

MOST_FOLDERS = 10_000
"""Folders in all; those that lie highest are named first."""

_ROOT = b""


def folders_in_sync(audit: Audit, trees: Trees) -> tuple[FolderInSync, ...]:
    """Return the folders in which something differs, and those beside them in which nothing does, by path.

    A file counts that is desired, that differs in nothing, and of which all was seen: at and below a path
    that is a problem nothing does.
    """
    changed = {_bytes(finding.path) for finding in audit.findings}
    unseen = {
        *map(_bytes, trees.unseen),
        *(_bytes(problem.path) for problem in audit.problems if problem.path),
    }
    if _ROOT in unseen:
        return ()
    here = _by_folder(trees.desired, changed | unseen)
    if unseen:
        here = Counter({folder: files for folder, files in here.items() if not _is_covered(folder, unseen)})
    whole: Counter[bytes] = Counter()
    for folder, number in here.items():
        for above in _with_those_above(folder):
            whole[above] += number
    dirty = {above for path in changed for above in _with_those_above(path.rpartition(b"/")[0])} | {_ROOT}
    return _named(dirty, here, whole)


def _by_folder(listing: Listing, without: Collection[bytes]) -> Counter[bytes]:
    start = len(b"100644 blob ") + listing.width + 1
    paths = (row[start:] for row in listing.rows)
    return Counter(path.rpartition(b"/")[0] for path in paths if path not in without)


def _named(
    dirty: Collection[bytes], here: Mapping[bytes, int], whole: Mapping[bytes, int]
) -> tuple[FolderInSync, ...]:
    clean: dict[bytes, list[bytes]] = defaultdict(list)
    for folder in whole:
        above = folder.rpartition(b"/")[0]
        if folder not in dirty and above in dirty:
            clean[above].append(folder)
    found: list[FolderInSync] = []
    for folder in sorted(dirty, key=_from_the_top)[:MOST_FOLDERS]:
        room = min(MOST_NAMED, max(MOST_FOLDERS - len(found), 0))
        beside = sorted(clean[folder], key=lambda each: (-whole[each], each))
        rest = beside[room:]
        found.append(
            FolderInSync(
                path=_text(folder),
                files=whole.get(folder, 0),
                directly=here.get(folder, 0),
                others=len(rest),
                in_others=sum(whole[each] for each in rest),
            )
        )
        found += [FolderInSync(_text(each), whole[each], here.get(each, 0)) for each in beside[:room]]
    return tuple(sorted(found, key=lambda each: each.path))


def _from_the_top(folder: bytes) -> tuple[int, bytes]:
    return folder.count(b"/") + bool(folder), folder


def _with_those_above(folder: bytes) -> Iterator[bytes]:
    while folder:
        yield folder
        folder = folder.rpartition(b"/")[0]
    yield _ROOT


def _is_covered(folder: bytes, unseen: Collection[bytes]) -> bool:
    return any(above in unseen for above in _with_those_above(folder))


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
