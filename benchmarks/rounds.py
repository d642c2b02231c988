"""Runs the contenders in turn, round by round, so that what disturbs the machine disturbs them all."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drift import drift_to, put_back
from benchmarks.host import Host
from benchmarks.peers import Contender
from benchmarks.results import Key, Results, Run, Series
from benchmarks.running import run
from benchmarks.trees import Tree

_OLD_ENOUGH = 3  # seconds after which a file that was put back may be remembered: a new one may yet change


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured on each tree; drifts from small to large, `patience` in seconds."""

    contenders: Sequence[Contender]
    drifts: Sequence[int]
    rounds: int
    patience: float


def measured(tree: Tree, host: Host, wanted: Wanted, say: Callable[[str], None]) -> Results:
    """Run all contenders at all drifts of one tree in every round, after a round that is not counted."""
    session = _Session(tree, host, wanted, say)
    put_back(tree)
    try:
        for number in range(wanted.rounds + 1):
            session.round(number)
    finally:
        put_back(tree)
    done = {key: Series(tuple(runs)) for key, runs in session.runs.items()}
    return done | {key: Series((), seconds) for key, seconds in session.stopped.items()}


class _Session:
    def __init__(self, tree: Tree, host: Host, wanted: Wanted, say: Callable[[str], None]) -> None:
        self.tree, self.host, self.wanted, self.say = tree, host, wanted, say
        self.place = host.place(tree)
        self.runs: dict[Key, list[Run]] = {}
        self.stopped: dict[Key, float] = {}

    def round(self, number: int) -> None:
        """Measure each contender at each drift; what was remembered is always from before the edits.

        Round 0 is not counted: it brings the files into the machine's memory.
        """
        if put_back(self.tree):
            time.sleep(_OLD_ENOUGH)
        self._prime()
        for drift in self.wanted.drifts if number else self.wanted.drifts[:1]:
            drift_to(self.tree, drift)
            for contender in self.wanted.contenders:
                key = Key(self.tree.size.files, drift, contender.name)
                if key not in self.stopped and (not contender.once or number == 1):
                    self._measure(contender, key, number)

    def _prime(self) -> None:
        index = Path(self.place.index)
        index.parent.mkdir(exist_ok=True)
        if not index.exists():
            shutil.copy2(self.tree.repository / ".git" / "index", index)
        for contender in self.wanted.contenders:
            if contender.primed:
                run(contender, self.place, self.host, self.wanted.patience)
        self.host.keep()

    def _measure(self, contender: Contender, key: Key, number: int) -> None:
        if contender.primed:
            self.host.restore()
        took = run(contender, self.place, self.host, self.wanted.patience)
        what = f"{key.files:,} files, drift {key.drift:,}, round {number}: {contender.name}"
        if took is None:
            self.stopped[key] = self.wanted.patience
            self.say(f"{what} not finished in {self.wanted.patience:.0f} s")
        elif number:
            self.runs.setdefault(key, []).append(took)
            self.say(f"{what} {took.seconds:.2f} s")
