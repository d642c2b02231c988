"""A second check says what the first one said, from memory, and sees all that happened in between."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Outcome, driftaudit
from tests.support.clock import let_it_tick
from tests.support.site import Site, problems


def steady(report: dict[str, Any]) -> dict[str, Any]:
    """A report less what may differ between two runs."""
    deployed = {key: value for key, value in report["deployed"].items() if key not in PASSING}
    return {**report, "deployed": deployed, "started_at": None, "duration_seconds": None}


PASSING = {"wire_bytes_sent", "wire_bytes_received", "hashed_files", "cached_files"}


@pytest.fixture
def old(remote: Site) -> Site:
    """A site with an edit, after the two seconds in which nothing of it may be remembered."""
    (remote.production / "src" / "app.txt").write_text("hot fix\n")
    newest = max(path.lstat().st_ctime for path in [remote.production, *remote.production.rglob("*")])
    while now(remote.folder) < newest + 2.1:
        let_it_tick(remote.folder)
    return remote


def now(folder: Path) -> float:
    probe = folder / "probe"
    probe.touch()
    return probe.stat().st_ctime


def figures(outcome: Outcome) -> tuple[int, int]:
    deployed = outcome.report["deployed"]
    return deployed["hashed_files"], deployed["cached_files"]


def test_a_second_check_says_the_same_from_memory(old: Site) -> None:
    first, second = old.check(), old.check()
    assert (figures(first), figures(second)) == ((4, 0), (0, 4))
    assert steady(second.report) == steady(first.report)
    assert first.code == 3
    received = [one.report["deployed"]["wire_bytes_received"] for one in (first, second)]
    assert 0 < received[1] < received[0]
    assert figures(old.check("--no-cache")) == (4, 0)
    assert figures(old.check("--rehash")) == (4, 0)
    assert figures(old.check()) == (0, 4)


def test_an_edit_in_silence_is_found(old: Site) -> None:
    old.check()
    path = old.production / "src" / "lib" / "two.txt"
    state = path.stat()
    path.write_text("2wo\n")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (state.st_size, state.st_mtime_ns)
    second = old.check()
    assert second.finding("src/lib/two.txt")["origin"] == "hotfix"
    assert figures(second)[1] > 0


@pytest.mark.parametrize("what", ["src/app.txt", "src/lib"])
def test_what_became_unreadable_stays_a_problem(what: str, strict: Site) -> None:
    """AIDE's mistake: a changed file that is made unreadable looks okay to it."""
    strict.check()
    path = strict.production / what
    if path.is_file():
        path.write_text("edited\n")
    path.chmod(0)
    try:
        outcomes = [strict.check() for _ in range(3)]
    finally:
        path.chmod(0o755)
    for outcome in outcomes:
        assert problems(outcome) == {what: "unreadable"}
        assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    assert strict.check().code == (3 if path.is_file() else 0)


def test_a_cache_folder_that_cannot_be_written_is_no_error(site: Site, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    words = ["check", site.url, "--deploy", "replace:src", "--format", "json"]
    for _ in range(2):
        outcome = driftaudit(site.repository, *words, powerless=True, XDG_CACHE_HOME=str(closed))
        assert (outcome.code, figures(outcome)) == (0, (4, 0))
    assert list(closed.iterdir()) == []
