from dataclasses import replace

from driftaudit.model.finding import Origin, Severity
from driftaudit.render.html.sections import sections
from driftaudit.render.printable import printable
from tests.support.reports import HOSTILE, audit, finding, full_audit, hostile_audit, tracking


def test_a_probe_that_could_not_be_asked_is_neither_well_nor_ill() -> None:
    states = [probe.state for probe in sections(full_audit()).probes]
    assert states == ["well", "not well", "not asked"]


def test_imports_are_told_by_kind_with_their_cause() -> None:
    breaks, missing = (imports.group for imports in sections(full_audit()).imports)
    assert (missing.title, missing.rows[0].cause) == ("Imports that do not resolve on the target now", "")
    assert breaks.title == "Imports that the deploy would break"
    assert breaks.rows[0].cause == "goes with src/db/redis.js"
    assert breaks.rows[0].place == "src/app.js:3"


def test_runs_are_told_with_what_is_new_and_what_is_the_oldest() -> None:
    since = sections(full_audit()).since
    assert since
    assert dict(since.standings) == {"new": 4, "persisting": 8, "resolved": 1, "waived": 0}
    assert since.than == "run 29 of 2025-11-02 18:39 UTC"
    assert [gone.path for gone in since.resolved] == ["src/gone.js"]
    assert since.oldest.endswith("44 days")
    assert [(row.standing, row.path, row.origin) for row in since.signs] == [
        ("persisting", "src/app.js:3", "would-break ./db/redis.js"),
        ("persisting", "pm2 irisx-api, tcp 127.0.0.1:3000", "port-closed"),
        ("persisting", "src/app.js:3", "missing-module ./db/redis.js"),
    ]


def test_a_first_run_is_compared_with_none() -> None:
    found = [finding("src/a.js", Origin.STALE)]
    since = sections(audit(found, tracking=replace(tracking(found), since=None))).since
    assert since
    assert since.than == ""


def test_many_imports_are_cut_and_the_rest_is_counted() -> None:
    whole = full_audit()
    (breaks,) = [imports for imports in sections(whole).imports if "deploy" in imports.group.title]
    assert breaks.more == ""
    many = replace(whole, structure=whole.structure[1:] * 201)
    (breaks,) = sections(many).imports
    assert (len(breaks.group.rows), breaks.group.total, breaks.more) == (
        200,
        "201 imports",
        "1 more are in the JSON report.",
    )


def test_what_a_rule_ignores_is_not_told() -> None:
    whole = full_audit()
    health = tuple(replace(each, severity=Severity.IGNORE) for each in whole.health)
    structure = tuple(replace(each, severity=Severity.IGNORE) for each in whole.structure)
    shown = sections(replace(whole, health=health, structure=structure))
    assert (shown.health, shown.imports) == ((), ())


def test_what_could_not_be_looked_at_is_said_beside_what_persists() -> None:
    whole = full_audit()
    assert whole.tracking
    found = tuple(replace(each, unseen=True) for each in whole.tracking.tracked[:2])
    before, now = (
        sections(replace(whole, tracking=replace(whole.tracking, tracked=tracked))).since
        for tracked in (whole.tracking.tracked, found)
    )
    assert (before and before.unseen) == ""
    assert (now and now.unseen) == "2 findings could not be looked at"


def test_every_text_is_printable() -> None:
    (probe,) = sections(hostile_audit()).probes
    assert probe.subject == printable(HOSTILE[1])
