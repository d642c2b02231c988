"""A night whose history cannot be used is there all the same."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.cli.options import Options
from driftaudit.cli.target import Workplace, begun_audit
from driftaudit.errors import SourceError
from driftaudit.history.database import open_database
from driftaudit.history.store import History
from driftaudit.model.audit import Decision, Verdict
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.history import Keep
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.nightly.composer import Failed, Observed, OpenHistory, failures_stored, observed
from driftaudit.nightly.notice import notice_of, notice_of_failure
from tests.support.git import write
from tests.support.nightly import configured
from tests.support.nights import FIRST, a_finding, an_audit
from tests.support.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = configured(Site(tmp_path))
    write(site.production, {"src/app.txt": "edited\n"})
    return site


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[OpenHistory]:
    """A history that somebody else is writing to, and does not let go of."""
    path = str(tmp_path / "history.db")
    open_database(path).close()

    @contextmanager
    def opened() -> Iterator[History]:
        database = open_database(path, patience=0.1)
        try:
            yield History(database, "irisx")
        finally:
            database.close()

    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield opened


def test_the_audit_is_there_and_says_why_it_is_not_stored(site: Site, locked: OpenHistory) -> None:
    options = Options(no_cache=True)
    with begun_audit(Workplace(options, site.repository), "production", options) as request:
        night = observed(request, locked, Keep())
    assert night.unstored and "locked" in night.unstored.message
    assert night.audit.decision.verdict is Verdict.BLOCKED and night.audit.tracking is None
    notice = notice_of(night, "")
    assert notice and "It is not known what has changed: the history " in notice.text


def test_how_the_folders_lie_side_by_side_is_stored_with_the_run(site: Site, tmp_path: Path) -> None:
    @contextmanager
    def opened() -> Iterator[History]:
        with closing(open_database(str(tmp_path / "history.db"))) as database:
            yield History(database, "irisx")

    options = Options(no_cache=True)
    with begun_audit(Workplace(options, site.repository), "production", options) as request:
        observed(request, opened, Keep())
    with opened() as history:
        folders = {each.live: each.state.value for each in history.audit("production", 1).folders}
    assert folders == {"": "same", "src": "different", "src/lib": "same"}


def test_a_bug_is_a_failed_run_too(tmp_path: Path) -> None:
    @contextmanager
    def opened() -> Iterator[History]:
        with closing(open_database(str(tmp_path / "history.db"))) as database:
            yield History(database, "irisx")

    told: list[Failed] = []
    with (
        pytest.raises(ZeroDivisionError),
        failures_stored("production", "ssh://host/srv", opened, Keep(), told.append),
    ):
        raise ZeroDivisionError("secret=hunter2")
    with opened() as history:
        (run,) = history.runs("production")
    assert (run.is_failed, run.exit_code, run.reason) == (True, 1, "internal error: ZeroDivisionError")
    assert told[0].run == run


def test_a_failure_says_both_what_failed_and_that_it_is_not_stored(locked: OpenHistory) -> None:
    told: list[Failed] = []
    with (
        pytest.raises(SourceError, match="no route"),
        failures_stored("production", "ssh://host/srv", locked, Keep(), told.append),
    ):
        raise SourceError("no route to host")
    (failed,) = told
    assert failed.unstored and "locked" in failed.unstored.message
    notice = notice_of_failure(failed, "production", "https://ci.example.net/")
    assert notice and (notice.text, notice.link) == ("no route to host", "https://ci.example.net/index.html")


@pytest.mark.parametrize(
    ("message", "is_told"),
    [("no answer in 12 seconds", False), ("the host key is not the one that is known", True)],
)
def test_another_reason_to_fail_is_told(tmp_path: Path, message: str, is_told: bool) -> None:
    with closing(open_database(str(tmp_path / "history.db"))) as database:
        history = History(database, "irisx")

        @contextmanager
        def opened() -> Iterator[History]:
            yield history

        told: list[Failed] = []
        for each in ("no answer in 10 seconds", message):
            with (
                pytest.raises(SourceError),
                failures_stored("production", "ssh://host/srv", opened, Keep(), told.append),
            ):
                raise SourceError(each)
    notice = notice_of_failure(told[-1], "production", "")
    assert (notice is not None) is is_told


def test_a_notice_stays_short_whatever_names_are_like() -> None:
    """A service refuses what is too long: a name on a host must not keep people from being told."""
    found = [a_finding(f"{number}/" + "\x1b\u202e" * 2000) for number in range(9)]
    judged = (Origin.UNKNOWN, Action.KEEP, Severity.WARN, "core/unknown")
    new = tuple(Tracked(each.path, Standing.NEW, FIRST, FIRST, 1, *judged) for each in found)
    gaps = tuple(Problem(each.path, ProblemKind.UNREADABLE, "") for each in found)
    audit = an_audit(1, found, target="t" * 4000, tracking=Tracking(1, None, new, ()))
    audit = replace(audit, decision=Decision(Verdict.BLOCKED, "y" * 9000))
    notice = notice_of(Observed(audit, gaps=gaps), "")
    assert notice and len(notice.title) < 400 and len(notice.text) < 4000
    assert "and 4 more" in notice.text and not re.search("[\x1b\u202e]", notice.text)


def test_an_import_of_a_file_that_cannot_be_parsed_any_more_is_not_mended(site: Site, tmp_path: Path) -> None:
    options = Options(no_cache=True)
    with closing(open_database(str(tmp_path / "history.db"))) as database:
        history = History(database, "irisx")

        @contextmanager
        def opened() -> Iterator[History]:
            yield history

        said = []
        for text in ("require('./gone.js')\n", "require('./gone.js'\nfunction (\n", "1\n"):
            write(site.production, {"src/a.js": text})
            with begun_audit(Workplace(options, site.repository), "production", options) as request:
                tracking = observed(request, opened, Keep()).audit.tracking
            assert tracking
            said.append([(each.standing.value, each.unseen) for each in tracking.signs])
    assert said == [[("new", False)], [("persisting", True)], [("resolved", False)]]
