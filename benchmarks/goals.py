"""What the figures should be, as data, and whether they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.peers import COLD, DELAYED, FIND, QUICK, RSYNC, WARM
from benchmarks.results import Key, Results, Run, longer, ratio, wire

_USUAL, _LARGE = 80_000, 400_000  # files
_SOME = 20  # files edited
_KILO, _MEGA = 1e3, 1e6  # bytes

Measure = Callable[[Results, int], float | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """At most `limit` of `unit`, on trees of so many files."""

    what: str
    limit: float
    unit: str
    sizes: tuple[int, ...]
    measure: Measure


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came out for one goal on one tree; None where it was not measured."""

    goal: Goal
    files: int
    measured: float | None

    @property
    def met(self) -> bool | None:
        return None if self.measured is None else self.measured <= self.goal.limit


def judged(results: Results) -> Iterator[Judgement]:
    """Hold every goal against what was measured."""
    for goal in GOALS:
        for files in goal.sizes:
            yield Judgement(goal, files, goal.measure(results, files))


def _times(name: str, other: str, *, drift: int = 0) -> Measure:
    return lambda results, files: ratio(
        results.get(Key(files, drift, name)), results.get(Key(files, 0, other))
    )


def _longer(name: str, other: str) -> Measure:
    return lambda results, files: longer(results.get(Key(files, 0, name)), results.get(Key(files, 0, other)))


def _bytes(name: str) -> Measure:
    def measure(results: Results, files: int) -> float | None:
        series = results.get(Key(files, 0, name))
        most = series.most(wire) if series else None
        return None if most is None else most / _KILO

    return measure


def _memory(of: Callable[[Run], int | None]) -> Measure:
    """Return the largest of all checks of that tree, whatever the drift."""

    def measure(results: Results, files: int) -> float | None:
        keys = [key for key in results if key.files == files and key.name in (COLD, WARM, DELAYED)]
        peaks = [peak for key in keys if (peak := results[key].most(of)) is not None]
        return max(peaks) / _MEGA if peaks else None

    return measure


_CLIENT = _memory(lambda run: run.client_peak)
_AGENT = _memory(lambda run: run.host_peak)

GOALS = (
    Goal("cold, beside `rsync -c`", 0.75, "times", (_USUAL,), _times(COLD, RSYNC)),
    Goal("warm and unchanged, beside `rsync -c`", 0.4, "times", (_USUAL,), _times(WARM, RSYNC)),
    Goal("warm and unchanged, beside rsync's quick check", 0.6, "times", (_USUAL,), _times(WARM, QUICK)),
    Goal("warm and unchanged, beside `find`", 1.2, "times", (_USUAL,), _times(WARM, FIND)),
    Goal("warm, 20 edited, beside unchanged", 1.1, "times", (_USUAL,), _times(WARM, WARM, drift=_SOME)),
    Goal("on the wire both ways, warm and unchanged", 300, "KB", (_USUAL,), _bytes(WARM)),
    Goal("on the wire both ways, cold and in sync", 600, "KB", (_USUAL,), _bytes(COLD)),
    Goal("peak memory of the client", 150, "MB", (_USUAL,), _CLIENT),
    Goal("peak memory of the client", 300, "MB", (_LARGE,), _CLIENT),
    Goal("peak memory of each process on the host", 60, "MB", (_USUAL, _LARGE), _AGENT),
    Goal("warm behind 50 ms of round trip, longer than without", 1, "s", (_USUAL,), _longer(DELAYED, WARM)),
)  # fmt: skip
