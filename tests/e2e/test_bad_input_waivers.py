"""Waivers and words for `accept` that are not right: exit code 2, what is wrong, and an untouched file."""

import os
import subprocess
import sys

import pytest

from tests.support.cli import driftaudit
from tests.support.git import git, new_repository, write
from tests.support.site import Site, refusal

FILE = "driftaudit-waivers.yml"
REASON = ("--reason", "Known.")
OWNER = ("--owner", "Ann")


def refused(site: Site, *words: str, powerless: bool = False) -> str:
    """Let `accept` be refused, see that the file stayed as it was, and return what standard error says."""
    file = site.repository / FILE
    before = file.read_bytes() if file.exists() else None
    told = driftaudit(site.repository, "accept", *words, "--deploy", "replace:src", powerless=powerless)
    assert (file.read_bytes() if file.exists() else None) == before
    assert not [path for path in site.repository.iterdir() if path.name.startswith(f".{FILE}")]
    return refusal(told, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*REASON,), "what is to be accepted?"),
        (("src/app.txt", "--all", *REASON), "--all and PATH at once"),
        (("--all", "--permits", "destroy", *REASON), "--all with --permits"),
        (("src/app.txt", *OWNER), "Missing option '--reason'"),
        (("src/app.txt", "--reason", " ", *OWNER), "--reason says nothing"),
        (("src/app.txt", "--owner", " ", *REASON), "--owner says nothing"),
        (("src/app.txt", "--owner", os.fsdecode(b"\xe9"), *REASON), "--owner is not UTF-8"),
        (("src/app.txt", "--permits", "all", *REASON), "'all' is not 'destroy'"),
        (("src/app.txt", "--expires", "soon", *REASON, *OWNER), "--expires 'soon' is no date"),
        (("src/app.txt", "--expires", "2025-02-30", *REASON, *OWNER), "is no date"),
        (("src/app.txt", "--expires", "2025-02-01", *REASON, *OWNER), "--expires 2025-02-01 has passed"),
        (("/etc/passwd", *REASON, *OWNER), "/etc/passwd is no path under the root of the target"),
        (("../x", *REASON, *OWNER), "../x is no path under the root of the target"),
        ((".", *REASON, *OWNER), "the whole root is no path to accept"),
    ],
)
def test_words_that_make_no_sense(site: Site, words: tuple[str, ...], message: str) -> None:
    write(site.production, {"src/app.txt": "edited\n"})
    assert message in refused(site, site.url, *words)


def test_an_owner_must_be_known(site: Site) -> None:
    write(site.production, {"src/app.txt": "edited\n"})
    git(site.repository, "config", "user.name", "Ann")
    told = refused(site, site.url, "src/app.txt", *REASON)
    assert "who accepts it?" in told
    assert "--owner NAME" in told


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("readme.txt", "readme.txt is in sync"),
        ("src/lib", "src/lib is in sync"),
        ("src/onyl.txt", "there is no src/onyl.txt on the target\n  Did you mean src/only.txt?"),
        ("src/.env", "src/.env cannot be waived: it is a secret"),
        ("src/logs/a.csv", "its content was not read\n  `runtime` is never read"),
        ("src/empty", "a directory has no content to bind to"),
        ("src/pipe", "a special has no content to bind to"),
        ("node_modules", "a directory has no content to bind to"),
        ("checkout/.git", "it belongs to a git checkout"),
        ("src/absent.txt", "nothing is live there"),
        (os.fsdecode(b"src/caf\xe9"), "its name is not UTF-8"),
    ],
)
def test_what_cannot_be_waived(site: Site, path: str, message: str) -> None:
    write(site.repository, {"src/absent.txt": "new\n"})
    git(site.repository, "add", "--all")
    git(site.repository, "commit", "--quiet", "--message", "more")
    write(
        site.production,
        {
            "src/only.txt": "only\n",
            "src/.env": "PASSWORD=1\n",
            "src/logs/a.csv": "1\n",
            "node_modules/a/b.js": "b\n",
            os.fsdecode(b"src/caf\xe9"): "x",
        },
    )
    (site.production / "src" / "empty").mkdir()
    os.mkfifo(site.production / "src" / "pipe")
    git(new_repository(site.production / "checkout"), "commit", "--quiet", "--allow-empty", "--message", "x")
    assert message in refused(site, site.url, path, *REASON, *OWNER)


def test_an_unreadable_file_cannot_be_waived(site: Site) -> None:
    write(site.production, {"src/app.txt": "edited\n"})
    (site.production / "src" / "app.txt").chmod(0)
    told = refused(site, site.url, "src/app.txt", *REASON, *OWNER, powerless=True)
    assert "src/app.txt cannot be waived: its content was not read" in told


def test_a_wrong_file_stops_check_and_accept_with_its_place(site: Site) -> None:
    (site.repository / FILE).write_text("version: 1\nwaivers:\n  - path: src/app.txt\n    digest: abc\n")
    told = refused(site, site.url, "src/app.txt", *REASON, *OWNER)
    assert f"{FILE}:4:13 (waivers, 0, digest) 'abc' is no digest" in told
    assert f"{FILE}:3:5 (waivers, 0) 'expires' is missing" in told
    assert f"{FILE}:4:13 " in site.refused(2)


def test_a_file_that_is_not_written_in_lines_is_left_to_its_author(site: Site) -> None:
    write(site.production, {"src/app.txt": "edited\n"})
    row = f"{{path: a, digest: {'a' * 40}, reason: r, owner: o, expires: never}}"
    (site.repository / FILE).write_text(f"{{version: 1, waivers: [{row}]}}\n")
    told = refused(site, site.url, "src/app.txt", *REASON, *OWNER)
    assert f"{FILE} is not written in a way that lines can be added to" in told


def test_a_secret_that_was_written_in_by_hand_counts_for_nothing(site: Site) -> None:
    write(site.production, {"src/.env": "PASSWORD=1\n"})
    digest = git(site.production, "hash-object", "src/.env")
    (site.repository / FILE).write_text(
        f"version: 1\nwaivers:\n  - path: src/.env\n    digest: '{digest}'\n    reason: r\n"
        "    owner: o\n    expires: never\n    permits: destroy\n"
    )
    found = site.check()
    assert found.blocking() == {"src/.env": "core/precious"}
    assert [(each["state"], each["digest"]) for each in found.report["waivers"]] == [("secret", None)]
    for name in ("text", "markdown", "html", "json"):
        told = site.text("--format", name)
        assert digest not in told.out + told.err


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(site: Site) -> None:
    site.repository.chmod(0o555)
    try:
        told = driftaudit(
            site.repository, "accept", "ssh://nowhere.invalid/x", "a", *REASON, *OWNER, powerless=True
        )
        assert "is not writable" in refusal(told, 2)
    finally:
        site.repository.chmod(0o755)


def test_a_full_disk_leaves_the_old_file(site: Site) -> None:
    write(site.production, {"src/app.txt": "edited\n"})
    file = site.repository / FILE
    file.write_text("#" * 100_000 + "\nversion: 1\n")
    before = file.read_bytes()
    words = ["accept", site.url, "src", *REASON, *OWNER, "--no-cache", "--deploy", "replace:src"]
    limited = 'ulimit -f 100; exec "$@"'  # blocks that a file may have, of 512 or 1,024 bytes
    done = subprocess.run(
        ["sh", "-c", limited, "sh", sys.executable, "-m", "driftaudit", *words],
        cwd=site.repository,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the waivers {FILE} could not be written: File too large" in done.stderr.replace(
        f"{site.repository}/", ""
    )
    assert file.read_bytes() == before
    assert not [path for path in site.repository.iterdir() if path.name.startswith(f".{FILE}")]


def test_no_such_target(site: Site) -> None:
    assert "there is no target 'producton'" in refused(site, "producton", "a", *REASON, *OWNER)
