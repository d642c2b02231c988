"""The differences of two trees: a merge-join of two sequences that are sorted by path."""

from collections.abc import Collection, Iterator, Sequence

from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_SUBMODULE, Entry, Kind
from driftaudit.model.problem import Problem

Pair = tuple[Entry | None, Entry | None]


def compare(
    desired: Sequence[Entry], deployed: Sequence[Entry], unseen: Collection[Problem] = ()
) -> tuple[Change, ...]:
    """Return every path on which the two sides differ, or may differ, sorted by path.

    A folder is a change of its own only where nothing below it is one: empty, pruned, or of another kind
    on the other side. `unseen` are the problems of the deployed side: what is absent there at or below
    such a path is not called missing.
    """
    covered = _Covered(unseen)
    parents = (_parents(desired), _parents(deployed))
    return tuple(
        change
        for pair in merge_join(desired, deployed)
        if (change := _change(pair, parents, covered)) is not None
    )


def merge_join(desired: Sequence[Entry], deployed: Sequence[Entry]) -> Iterator[Pair]:
    """Yield (desired, deployed) for each path of either side, in one pass over both."""
    left, right = iter(desired), iter(deployed)
    a, b = next(left, None), next(right, None)
    while a or b:
        if b is None or (a is not None and a.path < b.path):
            yield a, None
            a = next(left, None)
        elif a is None or b.path < a.path:
            yield None, b
            b = next(right, None)
        else:
            yield a, b
            a, b = next(left, None), next(right, None)


def aspects_of(desired: Entry, deployed: Entry) -> tuple[Aspect, ...] | None:
    """Return in what two entries differ; nothing where it cannot be told, None where they are equal."""
    if desired is deployed:
        return None
    if desired.kind is not deployed.kind:
        return (Aspect.KIND,)
    if deployed.pruned and deployed.path.rpartition("/")[2] == ".git":
        return ()  # another checkout on either side: one entry, and nobody compared what is in it
    if desired.kind in (Kind.DIRECTORY, Kind.SPECIAL):
        return None if desired.kind is Kind.DIRECTORY or desired.mode == deployed.mode else (Aspect.KIND,)
    if desired.kind is Kind.SYMLINK:
        return _link_aspects(desired, deployed)
    mode = (Aspect.MODE,) if desired.mode != deployed.mode else ()
    if desired.digest is None or deployed.digest is None:
        return mode
    if desired.digest == deployed.digest:
        return mode or None
    if unix_text(desired) == unix_text(deployed):
        return (Aspect.LINE_ENDINGS, *mode)
    return (Aspect.CONTENT, *mode)


def unix_text(entry: Entry) -> str | None:
    """Return the digest of a content once its line ends are LF."""
    return entry.text_digest or entry.digest


def _link_aspects(desired: Entry, deployed: Entry) -> tuple[Aspect, ...] | None:
    if desired.digest is None or deployed.digest is None:
        return ()
    return None if desired.digest == deployed.digest else (Aspect.LINK_TARGET,)


def _change(pair: Pair, parents: tuple[set[str], set[str]], covered: "_Covered") -> Change | None:
    desired, deployed = pair
    if desired and deployed:
        aspects = aspects_of(desired, deployed)
        return None if aspects is None else Change(desired.path, desired, deployed, aspects)
    if deployed:
        alone = deployed.kind is not Kind.DIRECTORY or deployed.path not in parents[1]
        return Change(deployed.path, None, deployed, (Aspect.CONTENT,)) if alone else None
    if desired is None or covered(desired.path):
        return None
    if desired.kind is Kind.DIRECTORY and (desired.path in parents[0] or desired.mode == MODE_SUBMODULE):
        return None
    return Change(desired.path, desired, None, (Aspect.CONTENT,))


def _parents(entries: Sequence[Entry]) -> set[str]:
    return {entry.path.rpartition("/")[0] for entry in entries}


class _Covered:
    """Whether a path is, or lies below, one of which something could not be seen."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self._paths = {problem.path for problem in problems}

    def __call__(self, path: str) -> bool:
        if not self._paths:
            return False
        parts = path.split("/")
        return any("/".join(parts[:depth]) in self._paths for depth in range(len(parts) + 1))
