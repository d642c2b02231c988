"""`driftaudit report` and `history`: a night after a night, stored, compared and drawn again."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.support.cli import driftaudit
from tests.support.git import commit, write
from tests.support.guarded import replacing
from tests.support.nightly import configured, drifted, history, links, pages, report
from tests.support.programs import program
from tests.support.site import Site, refusal


@pytest.fixture
def night(site: Site) -> Site:
    """Production with drift, and a configuration."""
    return drifted(configured(site))


def state() -> Path:
    """Return the one database that reports have made."""
    (found,) = (Path(os.environ["XDG_STATE_HOME"]) / "driftaudit" / "history").glob("*.db")
    return found


def test_a_night_is_stored_written_and_summed_up(night: Site) -> None:
    outcome = report(night)
    assert outcome.code == 3
    lines = outcome.out.splitlines()
    assert lines[0].startswith("production  20") and lines[0].endswith(" UTC, run 1")
    assert lines[1].endswith(", which is what is desired")
    assert lines[2] == "  the first run that is stored: all is new"
    assert lines[-1] == "BLOCKED  This deploy destroys what exists nowhere else: 2 paths."
    assert "  new              2" in lines
    assert pages(night) == {
        "index.html",
        "production/index.html",
        "production/run-1.html",
        "production/run-1.md",
    }
    assert links(night.repository / "reports", "index.html") == pages(night) - {"index.html"}
    assert "production/run-1.html" in links(night.repository / "reports", "production/index.html")
    for page in ("index.html", "production/index.html"):
        text = (night.repository / "reports" / page).read_text()
        assert "default-src 'none'; style-src 'sha256-" in text
        assert not re.search(r"<script|style=|\son\w+=|url\(|@import", text)
    (run,) = history(night)["production"]["runs"]
    assert (run["verdict"], run["exit_code"], run["new"], run["severity"]["block"]) == ("blocked", 3, 2, 2)


def test_the_next_night_says_what_has_changed(night: Site) -> None:
    report(night)
    write(night.production, {"src/only.txt": None, "src/more.txt": "more\n", "src/app.txt": "edited again\n"})
    outcome = report(night, "--format", "json")
    tracking = outcome.report["tracking"]
    found = {(each["path"], each["standing"]) for each in tracking["findings"]}
    assert found == {
        ("src/app.txt", "new"),
        ("src/app.txt", "resolved"),
        ("src/more.txt", "new"),
        ("src/only.txt", "resolved"),
    }
    assert (tracking["run"], tracking["since"]["run"]) == (2, 1)
    text = report(night).out
    assert "  persisting       2  the oldest for less than a day" in text


def test_every_format_draws_a_stored_run_byte_for_byte(night: Site) -> None:
    formats = {"json": "a.json", "markdown": "a.md", "html": "a.html", "text": "a.txt"}
    words = [word for name, file in formats.items() for word in ("--format", name, "--output", f"../{file}")]
    assert report(night, *words).code == 3
    drawn = {file: (night.folder / file).read_bytes() for file in formats.values()}
    write(night.production, {"src/only.txt": None})
    commit(night.repository, {"src/app.txt": "edited\n"})
    assert report(night).code == 0
    again = report(night, "production", "--run", "1", *words)
    assert again.code == 3
    assert {file: (night.folder / file).read_bytes() for file in formats.values()} == drawn
    assert drawn["a.html"] == (night.repository / "reports/production/run-1.html").read_bytes()
    assert drawn["a.md"] == (night.repository / "reports/production/run-1.md").read_bytes()
    since = report(night, "--run", "2", "--since", "1").out
    assert "since run 1 of " in since and "resolved         2" in since


def test_no_secret_is_in_the_history(night: Site) -> None:
    write(night.production, {"src/key.pem": "hunter2\n"})
    report(night)
    digest = subprocess.run(
        [program("git"), "hash-object", night.production / ".env"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with sqlite3.connect(state()) as database:
        dump = "\n".join(map(repr, database.execute("SELECT * FROM driftaudit_threads").fetchall()))
        assert "src/key.pem" in dump and digest not in dump
        ((audit,),) = database.execute("SELECT content FROM driftaudit_audits").fetchall()
        ((live,),) = database.execute("SELECT content FROM driftaudit_snapshots").fetchall()
    whole = zlib.decompress(audit).decode() + zlib.decompress(live.split(b"\n", 2)[2], 31).decode()
    assert whole.count("src/key.pem") > 1
    assert digest not in whole and "hunter2" not in whole
    for words in (["report", "--run", "1", "--format", "json"], ["report", "--run", "1", "--format", "html"]):
        assert digest not in driftaudit(night.repository, *words).out
    assert state().stat().st_mode & 0o077 == 0


def test_a_target_that_is_gone_is_a_failed_run_and_nothing_is_resolved(night: Site) -> None:
    report(night)
    night.production.rename(night.folder / "elsewhere")
    outcome = report(night)
    assert "there is no such folder" in refusal(outcome, 5)
    runs = history(night)["production"]["runs"]
    assert [run["verdict"] for run in runs] == ["blocked", "failed"]
    assert "there is no such folder" in (night.repository / "reports" / "index.html").read_text()
    (night.folder / "elsewhere").rename(night.production)
    last = report(night, "--format", "json").report["tracking"]
    assert {each["standing"] for each in last["findings"]} == {"persisting"}
    assert "failed" in driftaudit(night.repository, "history").out
    assert "run 2 of production failed" in refusal(report(night, "--run", "2"), 2)


def test_what_it_fails_on_is_chosen(night: Site) -> None:
    words = ("--fail-on", "new", "--quiet", "--output-dir", "../pages")
    assert [report(night, *words).code for _night in range(2)] == [3, 0]


def test_hostile_names_are_told_as_they_are_and_do_nothing(night: Site) -> None:
    bad = b"src/<script>alert(1)<|`\n\x1b[31m\xff\xe2\x80\xae.js"
    path = os.fsencode(night.production) + b"/" + bad
    Path(os.fsdecode(path)).write_bytes(b"x")
    outcome = report(night)
    assert outcome.code == 3
    again = report(night, "--run", "1", "--format", "json").report
    assert any(each.get("path_b64") for each in again["tracking"]["findings"])
    everything = outcome.out + outcome.err + driftaudit(night.repository, "history").out
    for page in pages(night):
        everything += (night.repository / "reports" / page).read_text()
    assert not re.search("\x1b|\u202e", everything)
    assert "<script>alert" not in (night.repository / "reports" / "production" / "run-1.html").read_text()


@pytest.mark.parametrize("place", ["damaged.db", "/dev/null/history.db"])
def test_where_nothing_can_be_stored_the_report_is_there_all_the_same(night: Site, place: str) -> None:
    (night.repository / "damaged.db").write_bytes(b"nothing like a database" * 100)
    outcome = report(night, "--history", place, "--format", "json")
    assert outcome.code == 2
    assert f"the history {place} cannot be used" in outcome.err
    document = json.loads(outcome.out)
    assert (document["verdict"], "tracking" in document) == ("blocked", False)
    assert {page.partition("-")[0] for page in pages(night)} == {"production/not"}


def test_a_folder_that_may_not_be_written_is_said_before_anything_is_read(night: Site) -> None:
    pages_folder = night.folder / "pages"
    pages_folder.mkdir(mode=0o555)
    outcome = driftaudit(night.repository, "report", "--output-dir", str(pages_folder), powerless=True)
    assert "is not writable" in refusal(outcome, 2)
    foreign = night.folder / "foreign"
    write(foreign, {"index.html": "<h1>ours</h1>"})
    assert "is a page of somebody else" in refusal(report(night, "--output-dir", str(foreign)), 2)
    assert (foreign / "index.html").read_text() == "<h1>ours</h1>"


def test_two_at_once_are_both_stored(night: Site) -> None:
    words = [sys.executable, "-m", "driftaudit", "report", "--quiet"]
    both = [subprocess.Popen(words, cwd=night.repository, stdout=-3, stderr=-3) for _each in range(2)]
    assert [each.wait() for each in both] == [3, 3]
    runs = history(night)["production"]["runs"]
    assert [run["run"] for run in runs] == [1, 2]
    assert {"production/run-1.html", "production/run-2.html"} <= pages(night)
    assert (night.repository / "reports" / "index.html").read_text().count("run 2 of") == 1


def test_old_pages_go_with_their_runs(site: Site) -> None:
    drifted(configured(site, "history: {keep_runs: 2, keep_snapshots: 1}\n"))
    for _night in range(3):
        report(site)
    assert {page for page in pages(site) if "run-" in page} == {
        f"production/run-{number}.{ending}" for number in (2, 3) for ending in ("html", "md")
    }


def test_a_run_whose_pages_went_elsewhere_leads_nowhere(night: Site) -> None:
    report(night, "--output-dir", "../elsewhere")
    report(night)
    reports = night.repository / "reports"
    assert "production/run-2.html" in links(reports, "production/index.html")
    assert "run-1.html" not in (reports / "production" / "index.html").read_text()
    assert links(reports, "index.html")


def test_runs_under_guard_stand_beside_the_reports(night: Site) -> None:
    report(night)
    words = ("--override", "--reason", "Ticket 4711", "--secrets-folder", str(night.folder / "safe"))
    done = driftaudit(night.repository, "guard", "production", *words, "--", *replacing(night))
    assert done.code == 0, done.err
    (run,) = history(night)["production"]["guard"]
    assert run["override"] == {"reason": "Ticket 4711", "findings": 2}
    assert (run["verdict"], run["exit_code"], run["outcome"]) == ("pass", 0, "run, as-planned")
    text = driftaudit(night.repository, "history", "production").out
    assert "; overridden by " in text
    assert "Ticket 4711 (2 findings)" in text


NONSENSE = (
    (("production", "--map", "x"), "--map 'x' is not FROM:TO"),
    (("--run", "7"), "there is no run 7 of production"),
    (("--run", "99999999999999999999"), "is not in the range"),
    (("--since", "7"), "--since 7: there is no such run"),
    (("--since", "soon"), "no number of a run, and no day"),
    (("nowhere",), "nowhere"),
    (("--all", "production"), "--all takes every target as it is configured"),
    (("--all", "--deploy", "overlay"), "--all takes every target as it is configured"),
    (("--history", "mysql://host/db", "--run", "1"), "a history cannot lie at a mysql URL"),
    (("--history", "env:NOT_SET_AT_ALL"), "the environment has no NOT_SET_AT_ALL"),
)


def test_what_makes_no_sense_is_refused(night: Site) -> None:
    report(night, "--quiet")
    for words, told in NONSENSE:
        assert told in refusal(report(night, *words), 2), words
    assert len(history(night)["production"]["runs"]) == 1


def test_without_any_run_there_is_nothing_to_list(night: Site) -> None:
    assert driftaudit(night.repository, "history").out == "No run is stored yet: driftaudit report\n"
    assert "no run of production is stored" in refusal(
        driftaudit(night.repository, "history", "production"), 2
    )
    assert "there is no history" in refusal(report(night, "--run", "1"), 2)
    assert not (Path(os.environ["XDG_STATE_HOME"]) / "driftaudit").exists()


def mounted(night: Site, script: str) -> subprocess.CompletedProcess[str]:
    """Make a report, with its history in `small`, after a script that may mount what nobody else sees."""
    (night.folder / "small").mkdir()
    words = [sys.executable, "-m", "driftaudit", "report", "--quiet", "--history", "../small/history.db"]
    inside = f"set -e; {script}; exec {' '.join(words)}"
    asked = [program("unshare"), "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    return subprocess.run(
        [*asked, program("sh"), "-c", inside], cwd=night.repository, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("mount -t tmpfs -o size=64k tmpfs ../small", "Make room on that disk"),
        ("mount -t tmpfs -o ro tmpfs ../small", "Give yourself write access"),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing(night: Site, script: str, told: str) -> None:
    done = mounted(night, script)
    assert done.returncode == 2, done.stderr
    assert "history.db cannot be used: " in done.stderr and told in done.stderr
    assert done.stdout.startswith("BLOCKED  ")
    assert {page.partition("-")[0] for page in pages(night)} == {"production/not"}
