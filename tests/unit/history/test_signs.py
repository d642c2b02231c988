"""What is wrong with the running application and with imports, followed from run to run."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from driftaudit.errors import ExitCode
from driftaudit.history.comparing import compared_since
from driftaudit.history.signs import Untold
from driftaudit.history.store import History, Night
from driftaudit.history.tables import SIGNS
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.history import Keep
from driftaudit.model.probe import HealthFinding, HealthKind, ProbeResult
from driftaudit.model.structure import StructureFinding, StructureKind, StructureTree
from driftaudit.nightly.composer import Observed
from driftaudit.nightly.judging import FailOn, exit_code
from driftaudit.nightly.notice import notice_of
from driftaudit.render.followed import sentence
from driftaudit.render.tracking import text
from tests.support.nights import FIRST, ODD, an_audit

TCP = "tcp 127.0.0.1:3000"
# What is stored is tried on both; what follows from it is the same.
on_one_database = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
IMPORT = ("src/app.js", "./db.js", StructureTree.DEPLOYED)


def answer(*, ok: bool, is_known: bool = True) -> ProbeResult:
    return ProbeResult("tcp", "127.0.0.1:3000", ok, "as it is", 0.01, is_known)


def ill(kind: HealthKind = HealthKind.NOT_HEALTHY, severity: Severity = Severity.WARN) -> HealthFinding:
    return HealthFinding(kind, (TCP,), f"{kind.value} it is", severity, "core/not-healthy", "because")


def an_import(
    severity: Severity = Severity.WARN, line: int = 3, importer: str = IMPORT[0]
) -> StructureFinding:
    kind = StructureKind.MISSING_MODULE
    return StructureFinding(
        kind, importer, line, IMPORT[1], IMPORT[2], None, severity, "core/missing-module", "because"
    )


KEEP, ALL_TOLD = Keep(), Untold()
WELL: dict[str, Any] = {"probes": (answer(ok=True),)}
UNWELL: dict[str, Any] = {"probes": (answer(ok=False),), "health": (ill(),)}
BROKEN: dict[str, Any] = {"structure": (an_import(),)}


def stored(
    history: History, night: int, untold: Untold = ALL_TOLD, keep: Keep = KEEP, **fields: Any
) -> Audit:
    return history.add(Night(an_audit(night, **fields), "ssh://host/srv", untold=untold), keep)


def signs(audit: Audit) -> dict[str, str]:
    assert audit.tracking
    return {
        str(each.finding.kind): f"{each.standing.value}{'?' if each.unseen else ''}"
        for each in audit.tracking.signs
    }


def test_what_falls_ill_is_new_once_ages_and_gets_well(history: History) -> None:
    assert signs(stored(history, 1, **WELL)) == {}
    second = stored(history, 2, **UNWELL)
    assert signs(second) == {"not-healthy": "new"}
    third = stored(history, 3, **UNWELL)
    assert signs(third) == {"not-healthy": "persisting"}
    assert third.tracking
    (sign,) = third.tracking.signs
    assert (sign.first_seen, sign.last_seen, sign.runs) == (
        FIRST + timedelta(days=1), FIRST + timedelta(days=2), 2
    )  # fmt: skip
    fourth = stored(history, 4, **WELL)
    assert signs(fourth) == {"not-healthy": "resolved"}
    codes = [exit_code(each, FailOn.NEW) for each in (second, third, fourth)]
    assert codes == [ExitCode.BLOCKED, ExitCode.PASS, ExitCode.PASS]
    figures = [(run.figures.new, run.persisting, run.figures.resolved) for run in history.runs("production")]
    assert figures == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert history.runs("production")[2].oldest == FIRST + timedelta(days=1)
    assert history.runs("production")[2].figures.severities[Severity.WARN] == 1


def test_a_stored_run_fails_again_on_what_was_new_in_it(history: History) -> None:
    stored(history, 1, **WELL)
    stored(history, 2, **UNWELL, structure=(an_import(importer=ODD),))
    stored(history, 3, **UNWELL)
    again = history.audit("production", 2)
    assert exit_code(again, FailOn.NEW) is ExitCode.BLOCKED
    assert signs(again) == {"not-healthy": "new", "missing-module": "new"}
    figures = [run.figures for run in history.runs("production")]
    assert [(each.unhealthy, each.unresolved) for each in figures] == [(0, 0), (1, 1), (1, 0)]


@on_one_database
def test_since_compares_signs_with_any_run(history: History) -> None:
    stored(history, 1, **UNWELL)
    stored(history, 2, **UNWELL, **BROKEN)
    third = stored(history, 3, **WELL, **BROKEN)
    assert signs(compared_since(history, third, "1")) == {"missing-module": "new", "not-healthy": "resolved"}
    assert signs(third) == {"missing-module": "persisting", "not-healthy": "resolved"}


@on_one_database
@pytest.mark.parametrize(
    ("fields", "untold"),
    [
        (
            {"probes": (answer(ok=False, is_known=False),), "health": (ill(HealthKind.UNKNOWN),)},
            Untold(),
        ),
        ({}, Untold(probes=True)),
    ],
)
def test_what_could_not_be_asked_is_not_over(history: History, fields: Any, untold: Untold) -> None:
    stored(history, 1, **UNWELL)
    second = stored(history, 2, untold, **fields)
    assert signs(second)["not-healthy"] == "persisting?"
    assert exit_code(second, FailOn.WARN) is ExitCode.BLOCKED
    assert "not seen since 2025-11-01" in text(second)
    assert signs(stored(history, 3, **WELL))["not-healthy"] == "resolved"


@on_one_database
def test_a_probe_that_is_configured_no_more_is_followed_no_more(history: History) -> None:
    stored(history, 1, **UNWELL)
    assert signs(stored(history, 2)) == {}


@on_one_database
@pytest.mark.parametrize("untold", [Untold(imports={IMPORT}), Untold(sources={"src/app.js"})])
def test_an_import_that_cannot_be_told_about_is_not_mended(history: History, untold: Untold) -> None:
    stored(history, 1, **BROKEN)
    assert signs(stored(history, 2, untold)) == {"missing-module": "persisting?"}
    assert signs(stored(history, 3, unreadable=["src"])) == {"missing-module": "persisting?"}
    assert signs(stored(history, 4, unreadable=["lib"])) == {"missing-module": "resolved"}


@on_one_database
def test_an_import_on_another_line_is_the_same(history: History) -> None:
    stored(history, 1, **BROKEN)
    second = stored(history, 2, structure=(an_import(line=9),))
    assert signs(second) == {"missing-module": "persisting"}
    assert second.tracking
    assert sentence(second.tracking.signs[0].finding) == "missing-module: ./db.js, imported by src/app.js:9"


@on_one_database
def test_what_a_rule_calls_a_note_is_not_followed(history: History) -> None:
    stored(history, 1, **UNWELL, **BROKEN)
    noted: dict[str, Any] = {"probes": (answer(ok=False),), "health": (ill(severity=Severity.INFO),)}
    second = stored(history, 2, **noted, structure=(an_import(Severity.IGNORE),))
    assert signs(second) == {}


@on_one_database
def test_what_was_stored_before_signs_were_followed_is_not_new(history: History) -> None:
    stored(history, 1, **UNWELL)
    with history.database.writing() as connection:
        connection.execute(delete(SIGNS))
    assert signs(stored(history, 2, **UNWELL, **BROKEN)) == {
        "missing-module": "new",
        "not-healthy": "persisting",
    }


@on_one_database
def test_signs_are_forgotten_with_their_runs(history: History) -> None:
    stored(history, 1, **UNWELL)
    stored(history, 2, **WELL)
    assert len(history.signs("production")) == 1
    stored(history, 3, keep=Keep(runs=1), **WELL)
    assert history.signs("production") == ()


@on_one_database
def test_the_notice_tells_what_began_and_what_is_over(history: History) -> None:
    stored(history, 1, **WELL)
    second = stored(history, 2, **UNWELL, **BROKEN)
    notice = notice_of(Observed(second), "")
    assert notice
    assert "New: not-healthy, tcp 127.0.0.1:3000: not-healthy it is" in notice.text
    assert "New: missing-module: ./db.js, imported by src/app.js:3" in notice.text
    assert [each["standing"] for each in notice.document["signs"]] == ["new", "new"]
    third = notice_of(Observed(stored(history, 3, **WELL, **BROKEN)), "")
    assert third and "Over: not-healthy, tcp 127.0.0.1:3000: not-healthy it is" in third.text
    assert notice_of(Observed(stored(history, 4, **WELL, **BROKEN)), "") is None


@on_one_database
def test_the_summary_says_how_old_a_sign_is(history: History) -> None:
    stored(history, 1, **UNWELL, **BROKEN)
    lines = text(stored(history, 3, **UNWELL, **BROKEN)).splitlines()
    assert "  persisting       2  the oldest for 2 days" in lines
    assert "      tcp 127.0.0.1:3000  warn   not-healthy, for 2 days  (core/not-healthy)" in lines
    assert (
        "      src/app.js:3        warn   missing-module ./db.js, for 2 days  (core/missing-module)" in lines
    )
