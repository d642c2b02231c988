from dataclasses import replace

from driftaudit.model.finding import Origin
from driftaudit.render.html.sections import age_of, sections
from driftaudit.render.printable import printable
from tests.support.reports import CHECKED, HOSTILE, audit, finding, full_audit, hostile_audit, tracking


def test_a_probe_that_could_not_be_asked_is_neither_well_nor_ill() -> None:
    states = [probe.state for probe in sections(full_audit()).probes]
    assert states == ["ok", "failed", "unknown"]


def test_imports_are_told_by_kind_with_their_cause() -> None:
    missing, breaks = sections(full_audit()).imports
    assert (missing.title, missing.rows[0].cause) == ("Does not exist now", "")
    assert (breaks.title, breaks.rows[0].cause) == ("Breaks with this deploy", "src/db/redis.js")
    assert breaks.rows[0].place == "src/app.js:3"


def test_runs_are_told_with_what_is_new_and_what_is_the_oldest() -> None:
    since = sections(full_audit()).since
    assert since
    assert dict(since.standings) == {"new": 4, "persisting": 8, "resolved": 1, "waived": 0}
    assert since.than == "run 29 of 2025-11-02 18:39 UTC"
    assert [gone.path for gone in since.resolved] == ["src/gone.js"]
    assert since.oldest.endswith("44 days")


def test_a_first_run_is_compared_with_none() -> None:
    found = [finding("src/a.js", Origin.STALE)]
    since = sections(audit(found, tracking=replace(tracking(found), since=None))).since
    assert since
    assert since.than == ""


def test_many_imports_are_cut_and_the_rest_is_counted() -> None:
    whole = full_audit()
    (breaks,) = [imports for imports in sections(whole).imports if "deploy" in imports.title]
    assert breaks.more == ""
    many = replace(whole, structure=whole.structure[1:] * 201)
    (breaks,) = sections(many).imports
    assert (len(breaks.rows), breaks.total, breaks.more) == (
        200,
        "201 imports",
        "1 more are in the JSON report.",
    )


def test_every_text_is_printable() -> None:
    (probe,) = sections(hostile_audit()).probes
    assert probe.subject == printable(HOSTILE[1])


def test_an_age_is_in_whole_days() -> None:
    assert age_of(CHECKED, CHECKED) == "today"
