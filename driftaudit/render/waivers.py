"""Waivers in words: what is waived and by whom, and which waivers have no effect, by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from driftaudit.model.audit import Audit
from driftaudit.model.waiver import WAIVER, Waiver, WaiverState, WaiverUse
from driftaudit.render.folding import folded
from driftaudit.render.printable import printable
from driftaudit.render.wording import PERMITTED_ADVICE, WAIVER_ADVICE, count_of

_FOLD_OVER = 5  # waivers of one folder
_MOST_NAMES = 50  # of one kind, before folders are named instead
_PERMITTED = "permitted"


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A path, or a folder of paths, and on whose word. Every text is fit to be shown."""

    path: str
    amount: str
    detail: str


@dataclass(frozen=True, slots=True)
class WaiverGroup:
    """Waivers that do the same, and what that means (text and code by turns)."""

    kind: str
    advice: tuple[str, ...]
    rows: tuple[WaiverRow, ...]


def waiver_groups(uses: Sequence[WaiverUse]) -> tuple[WaiverGroup, ...]:
    """Return the waivers by what they do; first those that let a deploy destroy something."""
    ordered = sorted(uses, key=_rank)
    return tuple(
        WaiverGroup(kind, tuple(advice.split("`")), tuple(_rows([use.waiver for use in same])))
        for (_number, kind, advice), same in groupby(ordered, key=_rank)
    )


def waiver_total(audit: Audit) -> str:
    """Return how many findings are waived, and by whom; "" where there is no waiver."""
    if not audit.waivers:
        return ""
    waived = sum(finding.rule == WAIVER for finding in audit.findings)
    owners = Counter(use.waiver.owner for use in audit.waivers if use.state is WaiverState.ACTIVE)
    said = [f"{printable(owner)} ({number:,})" for owner, number in sorted(owners.items())]
    return f"{count_of(waived, 'path')} waived" + (f", by {', '.join(said)}" if said else "")


def _rank(use: WaiverUse) -> tuple[int, str, str]:
    if use.state is WaiverState.ACTIVE and use.waiver.permits_destroy:
        return -1, _PERMITTED, PERMITTED_ADVICE
    return list(WaiverState).index(use.state), use.state.value, WAIVER_ADVICE[use.state]


def _rows(waivers: Sequence[Waiver]) -> list[WaiverRow]:
    if len(waivers) <= _MOST_NAMES:
        return [WaiverRow(printable(waiver.path), "", _word(waiver)) for waiver in waivers]
    words = {waiver.path: _word(waiver) for waiver in waivers}
    return [
        WaiverRow(printable(fold.path) + "/" if fold.path else "./", count_of(len(fold.members), "path"), "")
        if fold.is_folder
        else WaiverRow(printable(fold.path), "", words[fold.path])
        for fold in folded(sorted(words), _FOLD_OVER, _MOST_NAMES)
    ]


def _word(waiver: Waiver) -> str:
    until = f"until {waiver.expires}" if waiver.expires else "for ever"
    where = f" ({printable(waiver.where)})" if waiver.where else ""
    return f"{printable(waiver.reason)}, says {printable(waiver.owner)}, {until}{where}"
