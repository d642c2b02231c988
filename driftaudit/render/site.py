"""The static site of the nightly run: where each target stands, and a list of its runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from driftaudit.data import data_folder
from driftaudit.model.history import StoredRun
from driftaudit.model.own_refs import slug_of
from driftaudit.render.history import TargetHistory, not_looked_at, not_well
from driftaudit.render.printable import printable
from driftaudit.render.templates import fill, source_hash
from driftaudit.render.times import age, minute
from driftaudit.render.wording import count_of

_TREND = 30  # runs that are drawn
_STEP, _BAR, _HEIGHT = 8, 6, 32  # units of the picture
_ORDER = ("failed", "blocked", "incomplete", "pass")  # the worst first
_LEAST = 2  # units: what a run with anything in it is drawn with, however little that is


@dataclass(frozen=True, slots=True)
class Bar:
    """One run in the picture of the trend, from the top down."""

    x: int
    y: int
    height: int
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run in words. `page` is the link to it, "" where there is no page."""

    number: int
    when: str
    verdict: str
    reason: str
    page: str
    is_failed: bool
    new: str
    persisting: str
    resolved: str
    waived: str
    oldest: str
    ill: str
    unseen: str


@dataclass(frozen=True, slots=True)
class Card:
    """A target as it stands: its last run, the trend in a picture and in words.

    `seen` is the last run that could look at it, None where none could.
    """

    name: str
    url: str
    folder: str
    last: Row
    seen: Row | None
    bars: tuple[Bar, ...]
    width: int
    trend: str
    unseen: str
    ill: str


def page_name(run: int) -> str:
    """Return the name of a run's page, without its ending."""
    return f"run-{run}"


def index(histories: Sequence[TargetHistory], now: datetime) -> str:
    """Return the page of all targets, those that need somebody first."""
    audited = [history for history in histories if history.runs]
    cards = [_card(history, now) for history in audited if history.is_configured]
    former = [_card(history, now) for history in audited if not history.is_configured]
    cards.sort(key=lambda card: (_ORDER.index(card.last.verdict), not card.ill, card.name))
    never = sorted(printable(history.target.name) for history in histories if not history.runs)
    values = {"cards": cards, "never": never, "when": minute(now), "total": _total(cards, len(never))}
    values["former"] = sorted(former, key=lambda card: card.name)
    return _filled("site/index.html.j2", values)


def runs_page(history: TargetHistory, now: datetime) -> str:
    """Return the page of all runs of a target, the newest first."""
    rows = [_row(run, history, "", run.figures.started_at) for run in reversed(history.runs)]
    return _filled("site/target.html.j2", {"card": _card(history, now), "rows": rows})


def _total(cards: Sequence[Card], never: int) -> str:
    """Return how many targets there are of each state, such as `3 targets, 1 blocked, 2 pass`."""
    number = len(cards) + never
    states = Counter(card.last.verdict for card in cards)
    parts = [f"{never:,} never audited"] if never else []
    parts += [f"{states[verdict]:,} {verdict}" for verdict in _ORDER if states[verdict]]
    return f"{count_of(number, 'target')}, {', '.join(parts)}" if number else ""


def _filled(template: str, values: dict[str, object]) -> str:
    style = (data_folder("reports") / "site" / "site.css").read_text(encoding="utf-8")
    return fill(template, {**values, "style": style, "style_hash": source_hash(style)})


def _card(history: TargetHistory, now: datetime) -> Card:
    folder = slug_of(history.target.name)
    last, shown = history.runs[-1], history.runs[-_TREND:]
    seen = next((run for run in reversed(history.runs) if not run.is_failed), None)
    return Card(
        name=printable(history.target.name),
        url=printable(history.target.url),
        folder=folder,
        last=_row(last, history, f"{folder}/", now),
        seen=_row(seen, history, f"{folder}/", now) if seen else None,
        bars=tuple(_bars(shown)),
        width=_STEP * len(shown),
        trend=_in_words(shown),
        unseen=not_looked_at(last),
        ill=not_well(last),
    )


def _row(run: StoredRun, history: TargetHistory, folder: str, now: datetime) -> Row:
    figures = run.figures
    return Row(
        number=figures.number,
        when=minute(figures.started_at),
        verdict=figures.verdict,
        reason=printable(run.reason),
        page=f"{folder}{page_name(figures.number)}" if history.has_page(run) else "",
        is_failed=run.is_failed,
        new=f"{figures.new:,}",
        persisting=f"{run.persisting:,}",
        resolved=f"{figures.resolved:,}",
        waived=f"{run.waived:,}",
        oldest=age(run.oldest, now) if run.oldest else "",
        ill=not_well(run),
        unseen=not_looked_at(run),
    )


def _open(run: StoredRun) -> int:
    return run.figures.new + run.persisting


def _bars(runs: Sequence[StoredRun]) -> list[Bar]:
    most = max(map(_open, runs), default=0) or 1
    found = []
    for number, run in enumerate(runs):
        share = 1.0 if run.is_failed else _open(run) / most
        height = max(round(share * _HEIGHT), _LEAST)
        found.append(Bar(number * _STEP, _HEIGHT - height, height, run.figures.verdict))
    return found


def _in_words(runs: Sequence[StoredRun]) -> str:
    """Return what the picture shows for those who do not see it."""
    counted = [_open(run) for run in runs if not run.is_failed]
    failed = len(runs) - len(counted)
    parts = [f"The last {len(runs):,} runs" if len(runs) > 1 else "The only run"]
    if counted:
        to = f" to {counted[-1]:,}" if len(counted) > 1 else ""
        parts.append(f"{'from ' if to else ''}{count_of(counted[0], 'open finding')}{to}")
    if failed:
        parts.append(f"{failed:,} failed")
    return ", ".join(parts)
