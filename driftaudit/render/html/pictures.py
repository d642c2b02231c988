"""Where the drift is, and how it went from run to run: the figures of drawings, in units of the drawing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from urllib.parse import quote

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.tracking import RunFigures
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

_SHOWN = (Severity.BLOCK, Severity.WARN, Severity.INFO)
_MOST_BARS = 10
_ENOUGH_BARS = 4
_DEEPEST = 6  # folders
_MOST_RUNS = 30
_WIDTH, _HEIGHT = 100.0, 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar: what it stands for, where it begins and how long it is."""

    severity: str
    at: float
    length: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A folder's findings; `fragment` is the address within the page that shows just them."""

    folder: str
    fragment: str
    total: str
    words: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A run's findings, drawn upwards, with the words for those who do not see it."""

    number: int
    words: str
    at: float
    width: float
    parts: tuple[Part, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The latest runs, the oldest first, and the figures of each as a table has them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    highest: int


def bars(audit: Audit) -> tuple[Bar, ...]:
    """Return the folders with the most findings, the worst first, then all others as one.

    What is ignored does not count.
    """
    findings = [finding for finding in audit.findings if finding.severity in _SHOWN]
    counted = sorted(_by_folder(findings).items(), key=lambda pair: (*_weight(pair[1]), pair[0]))
    longest = max((sum(counts.values()) for _folder, counts in counted), default=1)
    shown = counted if len(counted) <= _MOST_BARS else counted[: _MOST_BARS - 1]
    found = [_bar(folder, counts, longest) for folder, counts in shown]
    rest = counted[len(shown) :]
    if rest:
        summed = {each: sum(counts[each] for _folder, counts in rest) for each in _SHOWN}
        others = _bar("", summed, max(longest, sum(summed.values())))
        found.append(replace(others, folder=count_of(len(rest), "other folder"), fragment="#all"))
    return tuple(found)


def _weight(counts: Mapping[Severity, int]) -> tuple[int, ...]:
    return tuple(-counts[severity] for severity in _SHOWN)


def _by_folder(findings: Sequence[Finding]) -> dict[str, dict[Severity, int]]:
    """Count by folder, of the first depth at which there are some to compare."""
    found: dict[str, dict[Severity, int]] = {}
    for depth in range(1, _DEEPEST + 1):
        found = {}
        for finding in findings:
            folder = "/".join(finding.path.split("/")[:-1][:depth])
            found.setdefault(folder, dict.fromkeys(_SHOWN, 0))[finding.severity] += 1
        if len(found) >= _ENOUGH_BARS:
            break
    return found


def _bar(folder: str, counts: Mapping[Severity, int], longest: int) -> Bar:
    shown = printable(folder)
    total = sum(counts.values())
    words = ", ".join(f"{counts[each]:,} {each.value}" for each in _SHOWN if counts[each])
    return Bar(
        folder=f"{shown}/" if shown else "./",
        fragment=f"#folder={quote(shown, safe='')}" if shown else "#all",
        total=f"{total:,}",
        words=words,
        parts=_parts(counts, _WIDTH / longest),
    )


def _parts(counts: Mapping[Severity, int], unit: float) -> tuple[Part, ...]:
    at, found = 0.0, []
    for severity in _SHOWN:
        length = counts.get(severity, 0) * unit
        if length:
            found.append(Part(severity.value, round(at, 2), round(length, 2)))
        at += length
    return tuple(found)


def trend(runs: Sequence[RunFigures]) -> Trend | None:
    """Return the drawing of the latest runs, None where there are not two."""
    shown = runs[-_MOST_RUNS:]
    if len(shown) < 2:
        return None
    highest = max(1, *map(_findings_of, shown))
    step = _WIDTH / len(shown)
    return Trend(
        columns=tuple(_column(run, index * step, step * 0.8, highest) for index, run in enumerate(shown)),
        rows=tuple(_row(run) for run in reversed(shown)),
        highest=highest,
    )


def _findings_of(run: RunFigures) -> int:
    return sum(run.severities.get(each, 0) for each in _SHOWN)


def _column(run: RunFigures, at: float, width: float, highest: int) -> Column:
    unit = _HEIGHT / highest
    parts = _parts(run.severities, unit)
    drawn = tuple(
        Part(each.severity, round(_HEIGHT - each.at - each.length, 2), each.length) for each in parts
    )
    return Column(run.number, " · ".join(_row(run)), round(at, 2), round(width, 2), drawn, run.verdict)


def _row(run: RunFigures) -> tuple[str, ...]:
    counts: Iterable[int] = (run.severities.get(each, 0) for each in _SHOWN)
    behind = "unknown" if run.behind is None else count_of(run.behind, "commit")
    return (
        f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        printable(run.verdict),
        *(f"{count:,}" for count in counts),
        f"{run.new:,}",
        f"{run.resolved:,}",
        behind,
        f"{run.unhealthy:,}",
    )
