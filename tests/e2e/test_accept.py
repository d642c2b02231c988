"""`driftaudit accept`: from a finding to a waiver, and to what the next check says."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, git, new_repository, write
from tests.support.site import Site

FILE = "driftaudit-waivers.yml"
ANN = "Ann <ann@example.net>"
CONFIG = """\
version: 1
targets:
  production: {{url: {url}, deploy: {{method: replace, paths: [src]}}}}
  staging: {{url: {url}, deploy: {{method: replace, paths: [src]}}}}
"""


@pytest.fixture
def drifted(site: Site) -> Site:
    """Production with an edit, two files of its own (one is left alone), a secret and data."""
    git(site.repository, "config", "user.name", "Ann")
    git(site.repository, "config", "user.email", "ann@example.net")
    site.configure(CONFIG.format(url=site.url))
    write(
        site.production,
        {"src/app.txt": "edited\n", "src/only.txt": "only\n", "extra/own.txt": "own\n"},
    )
    return site


def accept(site: Site, *words: str, reason: str = "Known.") -> Outcome:
    return driftaudit(site.repository, "accept", *words, "--reason", reason)


def check(site: Site, target: str = "production", *words: str) -> Outcome:
    return driftaudit(site.repository, "check", target, "--format", "json", *words)


def written(site: Site) -> dict[str, dict[str, object]]:
    """Return the waivers of the file by path."""
    rows = yaml.safe_load((site.repository / FILE).read_text())["waivers"]
    return {row["path"]: row for row in rows}


def states(outcome: Outcome) -> dict[str, str]:
    return {waiver["path"]: waiver["state"] for waiver in outcome.report["waivers"]}


def test_what_the_deploy_leaves_alone_is_silenced(drifted: Site) -> None:
    before = check(drifted)
    assert before.finding("extra/own.txt")["severity"] == "warn"
    begun = datetime.now(UTC)
    done = accept(drifted, "production", "extra/own.txt")
    ended = datetime.now(UTC)
    assert (done.code, done.err) == (0, "")
    last_days = [(moment + timedelta(days=90)).date() for moment in (begun, ended)]
    lost = "This deploy destroys what exists nowhere else: 2 paths."
    last_day = written(drifted)["extra/own.txt"]["expires"]
    assert last_day in last_days
    assert done.out.splitlines() == [
        f"Written: {FILE}: 1 waiver, by {ANN}, until {last_day}",
        "  extra/own.txt",
        f"driftaudit check production would now say: BLOCKED  {lost}",
    ]
    assert written(drifted)["extra/own.txt"] == {
        "path": "extra/own.txt",
        "digest": git(drifted.production, "hash-object", "extra/own.txt"),
        "target": "production",
        "reason": "Known.",
        "owner": ANN,
        "expires": last_day,
    }
    after = check(drifted)
    finding = after.finding("extra/own.txt")
    assert (finding["severity"], finding["rule"]) == ("ignore", "waiver")
    assert finding["reason"] == f"Waived by {ANN} until {last_day}: Known."
    assert states(after) == {"extra/own.txt": "active"}
    assert (after.code, after.blocking()) == (before.code, before.blocking())


def test_silence_permits_no_destruction_and_permission_does(drifted: Site) -> None:
    silent = accept(drifted, "production", "src")
    lost = "This deploy destroys what exists nowhere else: 2 paths."
    assert silent.out.splitlines()[1:] == [
        "  src/app.txt",
        "  src/only.txt",
        f"driftaudit check production would now say: BLOCKED  {lost}",
        "2 waivers do not lift what blocks or is not proven; only --permits destroy does:",
        "  src/app.txt",
        "  src/only.txt",
    ]
    after = check(drifted)
    assert (after.code, set(after.blocking())) == (3, {"src/app.txt", "src/only.txt"})
    assert set(states(after).values()) == {"overruled"}
    said = "Nothing that this deploy destroys is the only copy, but for 2 paths that a waiver lets go."
    permitted = accept(drifted, "production", "src/", "--permits", "destroy")
    assert permitted.out.splitlines()[-1] == f"driftaudit check production would now say: PASS  {said}"
    passed = check(drifted)
    assert (passed.code, passed.blocking()) == (0, {})
    assert said in driftaudit(drifted.repository, "check", "production").out
    # What was accepted is that content and no other.
    write(drifted.production, {"src/only.txt": "onlz\n"})
    changed = check(drifted)
    assert (changed.code, changed.blocking()) == (3, {"src/only.txt": "core/only-copy"})
    assert states(changed) == {"src/app.txt": "active", "src/only.txt": "changed"}


def test_a_waiver_of_one_target_is_none_of_another(drifted: Site) -> None:
    accept(drifted, "production", "src", "--permits", "destroy")
    assert (check(drifted).code, check(drifted, "staging").code) == (0, 3)
    assert check(drifted, "staging").report["waivers"] == []
    accept(drifted, "staging", "src/app.txt", "--permits", "destroy")
    assert set(check(drifted, "staging").blocking()) == {"src/only.txt"}
    assert check(drifted).code == 0


def test_a_waiver_for_a_target_that_nobody_knows_is_told(drifted: Site) -> None:
    accept(drifted, "production", "extra/own.txt")
    file = drifted.repository / FILE
    file.write_text(file.read_text().replace("target: production", "target: prodution"))
    told = " ".join(driftaudit(drifted.repository, "check", "production").out.split())
    assert f"{FILE}:5 there is no target 'prodution'; did you mean 'production'?" in told


def test_the_same_twice_is_the_same_file(drifted: Site) -> None:
    words = ("production", "src", "--expires", "never", "--owner", "Bob")
    accept(drifted, *words)
    file = drifted.repository / FILE
    before = file.read_bytes(), file.stat().st_mtime_ns
    again = accept(drifted, *words)
    assert again.out.splitlines()[0] == f"Unchanged: {FILE}: it has all of it already"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert written(drifted)["src/app.txt"]["expires"] == "never"


def test_comments_of_the_user_stay(drifted: Site) -> None:
    accept(drifted, "production", "src/only.txt")
    file = drifted.repository / FILE
    text = file.read_text().replace("waivers:\n", "waivers:\n  # Ask Bob.\n")
    file.write_text(text)
    accept(drifted, "production", "src/app.txt")
    accept(drifted, "production", "src/only.txt", reason="Looked at once more.")
    after = file.read_text()
    assert "  # Ask Bob.\n  - path: src/only.txt\n" in after
    assert list(written(drifted)) == ["src/app.txt", "src/only.txt"]
    assert written(drifted)["src/only.txt"]["reason"] == "Looked at once more."


def test_all_on_the_first_day(drifted: Site) -> None:
    write(drifted.production, {"src/.env": "PASSWORD=1\n", "src/logs/a.csv": "1\n"})
    (drifted.production / "src" / os.fsdecode(b"caf\xe9")).write_text("x")
    done = accept(drifted, "production", "--all", reason="As we found it.")
    assert done.code == 0
    assert set(written(drifted)) == {"extra/own.txt", "src/app.txt", "src/only.txt"}
    assert not any("permits" in row for row in written(drifted).values())
    lines = done.out.splitlines()
    assert lines[lines.index("Not waived, since its content was not read:") + 1] == "  src/logs/a.csv"
    assert lines[
        lines.index("Not waived, since its name is not UTF-8, and cannot stand in the file:") + 1
    ] == (r"  src/caf\xe9")
    secret = "Not waived, since it is a secret, whose digest could be guessed from the file:"
    assert lines[lines.index(secret) + 1] == "  src/.env"
    assert git(drifted.production, "hash-object", "src/.env") not in (drifted.repository / FILE).read_text()
    text = (drifted.repository / FILE).read_text()
    again = accept(drifted, "production", "--all", reason="Another day.")
    assert again.out.startswith("Nothing written: ")
    assert (drifted.repository / FILE).read_text() == text


def test_dead_waivers_are_named_in_every_report(drifted: Site) -> None:
    accept(drifted, "production", "--all")
    file = drifted.repository / FILE
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    expired, count = re.subn(
        r"(?<=expires: )\S+", yesterday.isoformat(), file.read_text(), count=1
    )  # extra/own
    assert count == 1
    file.write_text(expired)
    (drifted.production / "src" / "only.txt").unlink()
    write(drifted.production, {"src/app.txt": "edited again\n"})
    assert states(check(drifted)) == {
        "extra/own.txt": "expired",
        "src/app.txt": "changed",
        "src/only.txt": "obsolete",
    }
    for name in ("text", "markdown", "html"):
        told = driftaudit(drifted.repository, "check", "production", "--format", name)
        assert told.code == 3
        for word in ("expired", "changed", "obsolete", "src/only.txt", f"{FILE}:5", "0 paths waived"):
            assert word in told.out, name
    quiet = driftaudit(drifted.repository, "check", "production", "--quiet")
    assert "obsolete" not in quiet.out


def test_the_last_day_still_counts(drifted: Site) -> None:
    today = None
    while today != datetime.now(UTC).date():  # again where it was midnight
        today = datetime.now(UTC).date()
        accept(drifted, "production", "extra/own.txt", "--expires", today.isoformat())
        found = check(drifted)
    assert states(found) == {"extra/own.txt": "active"}


def test_reports_say_how_much_is_waived_and_by_whom(drifted: Site) -> None:
    accept(drifted, "production", "extra/own.txt")
    accept(drifted, "production", "src/app.txt", "--owner", "Bob", "--permits", "destroy")
    text = " ".join(driftaudit(drifted.repository, "check", "production").out.split())
    assert f"Waivers 2 paths waived, by {ANN} (1), Bob (1)" in text
    assert "permitted src/app.txt Known., says Bob, until " in text
    assert "expected path" not in text


def test_what_is_in_sync_again_makes_the_waiver_obsolete(drifted: Site) -> None:
    accept(drifted, "production", "src/app.txt")
    commit(drifted.repository, {"src/app.txt": "edited\n"})
    assert states(check(drifted)) == {"src/app.txt": "obsolete"}


def test_a_link_is_bound_to_its_target(drifted: Site) -> None:
    (drifted.production / "src" / "current").symlink_to("lib")
    accept(drifted, "production", "src/current", "--permits", "destroy")
    assert str(written(drifted)["src/current"]["digest"]).startswith("link ")
    assert "src/current" not in check(drifted).blocking()
    (drifted.production / "src" / "current").unlink()
    write(drifted.production, {"src/current": "lib"})  # the same text, and no link
    assert states(check(drifted))["src/current"] == "changed"
    assert "src/current" in check(drifted).blocking()


def test_over_ssh_without_a_configuration(remote: Site) -> None:
    write(remote.production, {"src/only.txt": "only\n"})
    words = (remote.url, "src/only.txt", "--permits", "destroy", "--owner", "Bob", "--deploy", "replace:src")
    assert accept(remote, *words).code == 0
    assert written(remote)["src/only.txt"]["target"] == remote.url
    assert remote.check().code == 0
    assert remote.check("--no-cache").code == 0


def test_a_repository_of_sha_256(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository", "--object-format=sha256")
    commit(repository, {"a.txt": "a\n"})
    write(tmp_path / "live", {"a.txt": "a\n", "b.txt": "b\n"})
    words = ("../live", "b.txt", "--reason", "r", "--owner", "Ann", "--permits", "destroy")
    assert driftaudit(repository, "accept", *words).code == 0
    assert driftaudit(repository, "check", "../live").code == 0


def test_the_file_lies_beside_the_configuration(drifted: Site) -> None:
    folder = drifted.repository / "ops"
    folder.mkdir()
    (drifted.repository / "driftaudit.yml").rename(folder / "driftaudit.yml")
    done = accept(drifted, "production", "src/app.txt", "--config", "ops/driftaudit.yml")
    assert done.out.startswith(f"Written: ops/{FILE}: ")
    assert states(check(drifted, "production", "--config", "ops/driftaudit.yml")) == {
        "src/app.txt": "overruled"
    }


def test_what_could_not_be_seen_is_not_gone(drifted: Site) -> None:
    write(drifted.production, {"src/lib/own.txt": "own\n"})
    accept(drifted, "production", "src/lib/own.txt", "--permits", "destroy")
    (drifted.production / "src" / "lib").chmod(0)
    try:
        words = ("check", "production", "--format", "json")
        seen = driftaudit(drifted.repository, *words, powerless=True)
        assert states(seen) == {"src/lib/own.txt": "unseen"}
        told = driftaudit(
            drifted.repository, "accept", "production", "src/lib/own.txt", "--reason", "r", powerless=True
        )
        assert (told.code, "could not be seen" in told.err) == (2, True)
    finally:
        (drifted.production / "src" / "lib").chmod(0o755)


def test_an_unproven_finding_is_lifted_only_by_permission(drifted: Site, tmp_path: Path) -> None:
    commit(drifted.repository, {"src/more.txt": "more\n"})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{drifted.repository}", str(shallow))
    (shallow / "driftaudit.yml").write_text(CONFIG.format(url=drifted.url))
    words = ("production", "src", "--reason", "r", "--owner", "Bob")
    assert driftaudit(shallow, "accept", *words).code == 0
    found = driftaudit(shallow, "check", "production", "--format", "json")
    assert (found.code, set(states(found).values())) == (4, {"overruled"})
    assert driftaudit(shallow, "accept", *words, "--permits", "destroy").code == 0
    assert driftaudit(shallow, "check", "production").code == 0
