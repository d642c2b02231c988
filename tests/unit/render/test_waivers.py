"""How reports speak of waivers."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Action, Finding, Severity
from driftaudit.model.waiver import WAIVER, Waiver, WaiverState, WaiverUse
from driftaudit.render.base import RenderOptions
from driftaudit.render.registry import FORMATS
from driftaudit.render.waivers import waiver_groups
from driftaudit.render.wording import WAIVER_ADVICE


def a_use(path: str, state: WaiverState = WaiverState.ACTIVE, **fields: Any) -> WaiverUse:
    values: dict[str, Any] = {
        "content": "a" * 40,
        "reason": "Known.",
        "owner": "Ann",
        "expires": date(2026, 1, 31),
        "where": "w.yml:3",
    }
    return WaiverUse(Waiver(path, **(values | fields)), state)


@pytest.fixture
def waived(audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]) -> Callable[..., Audit]:
    """Return an audit with waivers, those that are active having silenced their findings."""

    def waived(*uses: WaiverUse) -> Audit:
        active = [use.waiver.path for use in uses if use.state is WaiverState.ACTIVE]
        findings = [finding_of(path, Action.KEEP, WAIVER, severity=Severity.IGNORE) for path in active]
        return replace(audit_of(*findings), waivers=uses)

    return waived


def test_every_state_has_its_advice() -> None:
    assert list(WAIVER_ADVICE) == list(WaiverState)


def test_the_text_says_how_many_by_whom_and_why(waived: Callable[..., Audit]) -> None:
    audit = waived(
        a_use("src/a", permits_destroy=True, expires=None), a_use("src/b", owner="Bob"), a_use("src/c")
    )
    lines = FORMATS["text"](audit, RenderOptions()).splitlines()
    start = lines.index("Waivers  3 paths waived, by Ann (2), Bob (1)")
    assert lines[start + 1 : start + 6] == [
        "  permitted  src/a  Known., says Ann, for ever (w.yml:3)",
        "    The deploy may destroy this: each of these waivers says `permits: destroy`.",
        "  active  src/b  Known., says Bob, until 2026-01-31 (w.yml:3)",
        "  active  src/c  Known., says Ann, until 2026-01-31 (w.yml:3)",
        "    Known and wanted as it is, and not counted above.",
    ]
    assert "Nothing differs but what is waived, or expected to." in lines


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_without_waivers_nothing_is_said_of_them(name: str, waived: Callable[..., Audit]) -> None:
    assert "waiver" not in FORMATS[name](waived(), RenderOptions()).lower()


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_dead_ones_are_named_but_not_where_it_is_to_be_quiet(name: str, waived: Callable[..., Audit]) -> None:
    audit = waived(
        *(a_use(f"src/{state}", state) for state in WaiverState if state is not WaiverState.ACTIVE)
    )
    told = FORMATS[name](audit, RenderOptions())
    assert all(f"src/{state}" in told for state in WaiverState if state is not WaiverState.ACTIVE)
    assert "0 paths waived" in told
    assert "w.yml" not in FORMATS[name](audit, RenderOptions(quiet=True))


def test_what_somebody_wrote_is_text_and_no_markup(waived: Callable[..., Audit]) -> None:
    evil = "<b>[red]|x|`y`\x1b[31m\u202e"
    audit = waived(a_use(f"src/{evil}", reason=evil, owner=evil))
    for name in ("text", "markdown", "html"):
        told = FORMATS[name](audit, RenderOptions())
        assert "\x1b" not in told
        assert "\u202e" not in told
    assert "<b>" not in FORMATS["html"](audit, RenderOptions())
    row = next(line for line in FORMATS["markdown"](audit, RenderOptions()).splitlines() if "active" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_many_are_told_by_folder(waived: Callable[..., Audit]) -> None:
    uses = [a_use(f"src/{number:03}", WaiverState.OBSOLETE) for number in range(60)]
    (group,) = waiver_groups([*uses])
    assert [(row.path, row.amount, row.detail) for row in group.rows] == [("src/", "60 paths", "")]


def test_the_digest_of_a_secret_is_in_no_report(waived: Callable[..., Audit]) -> None:
    audit = waived(a_use(".env", WaiverState.SECRET, content="5ec4e7" * 7))
    for render in FORMATS.values():
        assert "5ec4e7" not in render(audit, RenderOptions())
