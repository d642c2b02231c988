"""What is stored is there again, in SQLite as in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from driftaudit.errors import ExitCode, HistoryError, UsageError
from driftaudit.history.comparing import compared_since
from driftaudit.history.store import Failure, History, Night, opened
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.history import Keep
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.model.tracking import Standing
from driftaudit.render.base import RenderOptions
from driftaudit.render.registry import FORMATS
from tests.support.nights import FIRST, ODD, a_file, a_finding, an_audit, resolved, standings

KEEP = Keep()
LIVE = Snapshot(SourceFacts("ssh", "ssh://host/srv"), (a_file(ODD, "live"),), scan=ScanFacts(FIRST))


def stored(history: History, night: int, *findings: Finding, keep: Keep = KEEP, **fields: object) -> Audit:
    audit = an_audit(night, findings, **fields)  # type: ignore[arg-type]
    return history.add(Night(audit, "ssh://host/srv", live=LIVE), keep)


def failure(night: int, message: str = "no route to host") -> Failure:
    return Failure(
        "production", "ssh://host/srv", FIRST + timedelta(days=night - 1), 1.5, ExitCode.SOURCE, message
    )


def test_the_first_run_is_all_new_and_the_second_knows_it(history: History) -> None:
    first = stored(history, 1, a_finding("a"), a_finding(ODD))
    assert standings(first) == {"a": "new", ODD: "new"}
    assert first.tracking and (first.tracking.run, first.tracking.since) == (1, None)
    second = stored(history, 2, a_finding("a"), a_finding("b"))
    assert standings(second) == {"a": "persisting", "b": "new", ODD: "resolved"}
    assert second.tracking and second.tracking.since and second.tracking.since.number == 1
    (kept,) = [each for each in second.tracking.tracked if each.path == "a"]
    assert (kept.first_seen, kept.last_seen, kept.runs) == (FIRST, FIRST + timedelta(days=1), 2)
    assert [each.number for each in second.tracking.trend] == [1, 2]


def test_a_run_is_drawn_again_byte_for_byte(history: History, place: str) -> None:
    findings = (a_finding(ODD), a_finding("key.pem", labels=("secret",)), a_finding("w", waived=True))
    first = stored(history, 1, *findings)
    drawn = {name: draw(first, RenderOptions()) for name, draw in FORMATS.items()}
    stored(history, 2)
    with opened(place, "irisx") as again:
        audit = again.audit("production", 1)
    assert {name: draw(audit, RenderOptions()) for name, draw in FORMATS.items()} == drawn


def test_the_live_tree_is_kept_with_the_run(history: History) -> None:
    stored(history, 1)
    saved = history.snapshot("production", 1)
    assert saved.snapshot.entries == LIVE.entries
    assert saved.snapshot.scan.started_at == FIRST
    assert history.tree_digests("production") == {1: "d" * 64}


def test_a_failed_run_resolves_nothing(history: History) -> None:
    stored(history, 1, a_finding("a"))
    run = history.add_failure(failure(2), KEEP)
    assert (run.is_failed, run.reason, run.exit_code) == (True, "no route to host", 5)
    third = stored(history, 3, a_finding("a"))
    assert standings(third) == {"a": "persisting"}
    assert third.tracking and third.tracking.since and third.tracking.since.number == 1
    assert [each.verdict for each in third.tracking.trend] == ["pass", "failed", "pass"]
    with pytest.raises(HistoryError, match="run 2 of production failed: no route to host"):
        history.audit("production", 2)


def test_what_was_not_seen_is_not_resolved(history: History) -> None:
    stored(history, 1, a_finding("src/a"), a_finding("lib/b"))
    second = stored(history, 2, unreadable=["src"])
    assert standings(second) == {"src/a": "persisting?", "lib/b": "resolved"}
    assert history.runs("production")[-1].unseen == 1
    third = stored(history, 3)
    assert resolved(third) == ["src/a"]


def test_targets_and_projects_do_not_mix(history: History, place: str) -> None:
    stored(history, 1, a_finding("a"))
    assert standings(stored(history, 1, a_finding("a"), target="staging")) == {"a": "new"}
    with opened(place, "another") as other:
        assert standings(stored(other, 1, a_finding("a"))) == {"a": "new"}
        assert [each.name for each in other.targets()] == ["production"]
    assert [each.name for each in history.targets()] == ["production", "staging"]
    assert len(history.runs("production")) == 1


def test_two_at_once_are_stored_one_after_the_other(place: str) -> None:
    """Both begin where nothing is yet, and each opens the history anew for each night."""

    def nights() -> None:
        for night in range(1, 6):
            with opened(place, "irisx") as history:
                stored(history, night, a_finding("a"))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(nights) for _each in range(2)]:
            done.result()
    with opened(place, "irisx") as history:
        assert [run.figures.number for run in history.runs("production")] == list(range(1, 11))
        (thread,) = history.threads("production")
        assert thread.runs == 10


def test_since_compares_with_any_run_or_day(history: History) -> None:
    stored(history, 1, a_finding("gone"), a_finding("old"))
    stored(history, 2, a_finding("old"), a_finding("came"))
    history.add_failure(failure(3), KEEP)
    third = stored(history, 4, a_finding("old"), a_finding("came"))
    assert standings(third) == {"old": "persisting", "came": "persisting"}
    first = {"gone": "resolved", "old": "persisting", "came": "new"}
    stored(history, 5)  # what comes later changes nothing of it
    audit = history.audit("production", 4)
    for since in ("1", "2025-11-01T12:00", "2025-11-02"):
        assert standings(compared_since(history, audit, since)) == first, since
    with pytest.raises(UsageError, match="--since 3: there is no such run before run 4"):
        compared_since(history, audit, "3")
    with pytest.raises(UsageError, match="no number of a run, and no day"):
        compared_since(history, audit, "yesterday")
    with pytest.raises(UsageError, match="no such run"):
        compared_since(history, audit, "2025-10-01")


def test_old_runs_are_forgotten_and_the_newest_never(history: History) -> None:
    keep = Keep(runs=3, days=400, snapshots=2)
    for night in range(1, 7):
        stored(history, night, a_finding("a"), keep=keep)
    runs = history.runs("production")
    assert [run.figures.number for run in runs] == [4, 5, 6]
    assert [run.has_snapshot for run in runs] == [False, True, True]
    late = an_audit(7, [a_finding("a")])
    late = replace(late, started_at=FIRST + timedelta(days=3000))
    audit = history.add(Night(late, "ssh://host/srv", live=LIVE), Keep(runs=1, days=1, snapshots=1))
    assert [run.figures.number for run in history.runs("production")] == [7]
    assert audit.tracking and audit.tracking.tracked[0].first_seen == FIRST
    with pytest.raises(HistoryError, match="there is no run 6 of production") as raised:
        history.audit("production", 6)
    assert raised.value.advice.startswith("There are 7 to 7")


def test_failed_nights_do_not_push_out_what_the_next_one_is_compared_with(history: History) -> None:
    keep = Keep(runs=2, days=400, snapshots=1)
    stored(history, 1, a_finding("a"), keep=keep)
    for night in range(2, 6):
        history.add_failure(failure(night), keep)
    assert [run.figures.number for run in history.runs("production")] == [1, 4, 5]
    assert list(history.tree_digests("production")) == [1]
    assert standings(stored(history, 6, a_finding("a"), keep=keep)) == {"a": "persisting"}


def test_no_digest_of_a_secret_is_in_the_database(history: History) -> None:
    night = stored(history, 1, a_finding("key.pem", "s3cret", labels=("secret",)))
    assert night.tracking
    (thread,) = history.threads("production")
    assert thread.mark == "untold"
    assert history.audit("production", 1).findings[0].change.deployed == replace(
        a_file("key.pem", None), digest=None
    )


def test_the_worst_of_two_findings_on_one_path_counts(history: History) -> None:
    night = stored(
        history, 1, a_finding("a", severity=Severity.INFO), a_finding("a", severity=Severity.BLOCK)
    )
    assert night.tracking
    assert [(each.path, each.severity) for each in night.tracking.tracked] == [("a", Severity.BLOCK)]


def test_a_waiver_hides_a_finding_and_keeps_its_age(history: History) -> None:
    stored(history, 1, a_finding("a"))
    assert standings(stored(history, 2, a_finding("a", waived=True))) == {"a": "waived"}
    third = stored(history, 3, a_finding("a"))
    assert standings(third) == {"a": "new"}, "nobody answers for it any more"
    assert third.tracking and third.tracking.tracked[0].first_seen == FIRST
    assert third.tracking.tracked[0].standing is Standing.NEW
