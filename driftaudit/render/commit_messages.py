"""What the commits of this product say. Names of hosts and paths are printable in them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from driftaudit.model.missed import Missed
from driftaudit.model.reconciliation import UNMAPPED, LiveTree, Step
from driftaudit.model.snapshot import SourceFacts
from driftaudit.render.json_values import timestamp
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

LIVE_TREE = "Driftaudit-Live-Tree"  # the trailer by which such a commit is known on any branch

_MOST_NAMES = 1000  # in one message; the tree has them all
_WORDS = {Step.ADDED: "only live", Step.MODIFIED: "edited", Step.DELETED: "not live"}


def rescue_message(target: str, source: SourceFacts, moment: datetime, paths: Sequence[str]) -> str:
    """Return the message of a commit that holds only copies."""
    lines = [
        f"Rescue {count_of(len(paths), 'only copy', 'only copies')} of {printable(target)}",
        "",
        f"Read from {printable(source.url)} at {timestamp(moment)}.",
        "No commit had these contents:",
        "",
        *_named([f"  {printable(path)}" for path in paths]),
    ]
    return "\n".join(lines) + "\n"


def build_message(target: str, source: SourceFacts, moment: datetime, folder: str) -> str:
    """Return the message of a commit that holds a folder that counts as an earlier build."""
    title = f"Earlier build in {printable(folder) or 'the root'} of {printable(target)}"
    return f"{title}\n\nRead from {printable(source.url)} at {timestamp(moment)}.\n"


def live_message(target: str, tree: str, live: LiveTree, missed: Sequence[Missed], parent: str | None) -> str:
    """Return the message of the commit of a live tree: the same for the same tree and parent."""
    lines = [
        f"Live tree of {printable(target)}",
        "",
        f"What is deployed, beside commit {parent}." if parent else "What is deployed; no commit is near.",
        *_differences(live),
        *_left_out(live),
        *_missed(missed),
        "",
        f"{LIVE_TREE}: {tree}",
    ]
    return "\n".join(lines) + "\n"


def _differences(live: LiveTree) -> Iterator[str]:
    for step, words in _WORDS.items():
        paths = [path for taken, path in live.steps if taken is step]
        if paths:
            yield from ("", f"{count_of(len(paths), 'file')} {words}:")
            yield from _named([f"  {printable(path)}" for path in paths])


def left_out_lines(live: LiveTree) -> list[str]:
    """Return what is live and not in the commit, or not at a path of its own."""
    expected = count_of(live.expected, "expected file")
    rows = (
        (live.expected, f"{expected} left out (generated, runtime, secret)."),
        (live.in_submodules, f"{count_of(live.in_submodules, 'file')} of submodules left out."),
        (live.without_content, f"{count_of(live.without_content, 'special file')} left out."),
    )
    return [line for number, line in rows if number]


def _left_out(live: LiveTree) -> Iterator[str]:
    told = left_out_lines(live)
    if live.unmapped:
        told.append(f"{count_of(len(live.unmapped), 'file')} below {UNMAPPED}/: no mapping leads to them.")
    if told:
        yield from ("", *told)


def _missed(missed: Sequence[Missed]) -> Iterator[str]:
    if missed:
        yield from ("", "Not seen, and so left as the parent has it:")
        yield from _named([f"  {printable(miss.path) or '(the root)'}: {miss.kind}" for miss in missed])


def _named(lines: Sequence[str]) -> Iterable[str]:
    rest = len(lines) - _MOST_NAMES
    return [*lines[:_MOST_NAMES], f"  and {rest:,} more"] if rest > 0 else lines
