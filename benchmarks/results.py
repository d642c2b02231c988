"""Values of a whole benchmark: runs, in series by what was run on what."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.answers import Answer


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender."""

    seconds: float
    client_peak: int  # bytes
    host_peak: int | None  # bytes of the largest Python process of the session, sampled
    answer: Answer


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What was run on what."""

    files: int
    drift: int
    name: str


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one contender, one for each round; none where it was stopped after `stopped` seconds."""

    runs: tuple[Run, ...]
    stopped: float | None = None

    @property
    def seconds(self) -> float | None:
        return median(run.seconds for run in self.runs) if self.runs else None

    @property
    def span(self) -> tuple[float, float] | None:
        """Return the shortest and the longest time: what the noise was."""
        times = [run.seconds for run in self.runs]
        return (min(times), max(times)) if times else None

    def most(self, of: Callable[[Run], int | None]) -> int | None:
        """Return the largest of a count that runs may lack."""
        return max((count for run in self.runs if (count := of(run)) is not None), default=None)


Results = dict[Key, Series]


def ratio(of: Series | None, to: Series | None) -> float | None:
    """Return the median of the ratios of the runs of the same round."""
    pairs = _pairs(of, to)
    return median(one.seconds / other.seconds for one, other in pairs) if pairs else None


def longer(of: Series | None, than: Series | None) -> float | None:
    """Return the median of the seconds by which the runs of the same round differ."""
    pairs = _pairs(of, than)
    return median(one.seconds - other.seconds for one, other in pairs) if pairs else None


def wire(run: Run) -> int | None:
    """Return the bytes of both directions together."""
    sent, received = run.answer.wire_sent, run.answer.wire_received
    return None if sent is None or received is None else sent + received


def _pairs(of: Series | None, to: Series | None) -> list[tuple[Run, Run]]:
    if of is None or to is None or len(of.runs) != len(to.runs):
        return []
    return list(zip(of.runs, to.runs, strict=True))
