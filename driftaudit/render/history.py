"""The runs of targets, for people and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import driftaudit
from driftaudit.model.history import GuardedRun, StoredRun, StoredTarget
from driftaudit.model.probe import ProbeState
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.times import age, minute
from driftaudit.render.tracking import figures_document
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/history/v1"
_SHORT = 5  # runs that are shown of each target where quiet


@dataclass(frozen=True, slots=True)
class TargetHistory:
    """A target with its runs, and those under guard, the oldest first.

    `pages` are the numbers of the runs that have a page in the site, None where each that can has one.
    `is_configured` is false where only the history knows the target any more.
    """

    target: StoredTarget
    runs: tuple[StoredRun, ...]
    guarded: tuple[GuardedRun, ...] = ()
    pages: frozenset[int] | None = None
    is_configured: bool = True

    def has_page(self, run: StoredRun) -> bool:
        """Whether a link to the report of a run leads somewhere."""
        return run.has_audit and (self.pages is None or run.figures.number in self.pages)


def text(histories: Sequence[TargetHistory], options: RenderOptions) -> str:
    """Return the runs of each target, the newest last."""
    blocks = ["\n".join(_lines(history, options)) for history in histories]
    return "\n\n".join(blocks or ["No run is stored yet: driftaudit report"]) + "\n"


def json(histories: Sequence[TargetHistory], options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON."""
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "targets": [_document(history) for history in histories],
        }
    )


FORMATS = {"text": text, "json": json}


def _lines(history: TargetHistory, options: RenderOptions) -> Iterator[str]:
    yield f"{printable(history.target.name)}  {printable(history.target.url)}"
    head = ("verdict", "new", "persisting", "resolved", "waived", "oldest")
    yield f"  {'run':>5}  {'UTC':<16}  " + _columns(*head)
    runs: list[tuple[str, str]] = [(minute(run.figures.started_at), _run(run)) for run in history.runs]
    guards = [(minute(run.started_at), _guard(run)) for run in history.guarded]
    rows = sorted((*runs, *guards), key=lambda row: row[0])
    yield from (line for _when, line in (rows[-_SHORT:] if options.quiet else rows))


def _run(run: StoredRun) -> str:
    figures = run.figures
    when = f"  {figures.number:>5}  {minute(figures.started_at)}  "
    if run.is_failed:
        return f"{when}{'failed':<10}  {printable(run.reason)}"
    oldest = age(run.oldest, figures.started_at) if run.oldest else ""
    counts = (figures.new, run.persisting, figures.resolved, run.waived)
    rest = "; ".join(filter(None, (oldest, not_well(run), not_looked_at(run))))
    return (when + _columns(figures.verdict, *map(str, counts), rest)).rstrip()


def not_well(run: StoredRun) -> str:
    """Return how many probes were not well, or not asked, and how many imports do not resolve.

    Whatever the verdict: it is "" only where all is well.
    """
    figures = run.figures
    ill = figures.unhealthy - figures.unasked
    states = ((ill, ProbeState.ILL), (figures.unasked, ProbeState.NOT_ASKED))
    parts = [f"{count_of(number, 'probe')} {state}" for number, state in states if number]
    if figures.unresolved:
        parts.append(f"{count_of(figures.unresolved, 'import')} not resolved")
    return ", ".join(parts)


def not_looked_at(run: StoredRun) -> str:
    """Return how many findings a run could not look at; "" where it could at all."""
    return f"{count_of(run.unseen, 'finding')} could not be looked at" if run.unseen else ""


def _columns(verdict: str, *rest: str) -> str:
    new, persisting, resolved, waived, oldest = rest
    return f"{verdict:<10}  {new:>6}  {persisting:>10}  {resolved:>8}  {waived:>6}  {oldest}"


def _guard(run: GuardedRun) -> str:
    overridden = f"; overridden by {printable(run.person)}: {printable(run.reason)}" if run.reason else ""
    against = f" ({count_of(run.findings, 'finding')})" if run.findings else ""
    command = printable(run.command)
    return (
        f"  guard  {minute(run.started_at)}  {run.verdict:<10}  {run.outcome}: {command}{overridden}{against}"
    )


def _document(history: TargetHistory) -> Document:
    return {
        "target": readable(history.target.name),
        "url": readable(history.target.url),
        "runs": [_run_document(run) for run in history.runs],
        "guard": [_guard_document(run) for run in history.guarded],
    }


def _run_document(run: StoredRun) -> Document:
    return {
        **figures_document(run.figures),
        "reason": readable(run.reason),
        "exit_code": run.exit_code,
        "duration_seconds": round(run.duration_seconds, 3),
        "persisting": run.persisting,
        "waived": run.waived,
        "unseen": run.unseen,
        "oldest": timestamp(run.oldest) if run.oldest else None,
        "has_audit": run.has_audit,
        "has_snapshot": run.has_snapshot,
    }


def _guard_document(run: GuardedRun) -> Document:
    return {
        "run": run.id,
        "started_at": timestamp(run.started_at),
        "command": readable(run.command),
        "verdict": run.verdict,
        "outcome": run.outcome,
        "exit_code": run.exit_code,
        "person": readable(run.person),
        "override": {"reason": readable(run.reason), "findings": run.findings} if run.reason else None,
    }
