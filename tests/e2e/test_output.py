"""Where reports go: devices, pipes and links stay what they are, and a report that is lost is not a pass."""

import os
import pty
import re
import shlex
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from driftaudit.cli.main import run
from driftaudit.cli.output import destinations
from driftaudit.errors import UsageError
from tests.support.cli import driftaudit
from tests.support.git import git
from tests.support.site import Site, is_root

PASSES = ("--deploy", "replace:src")


def in_shell(site: Site, redirection: str, *words: str) -> tuple[int, str, str]:
    """Run driftaudit as a shell does that redirects or closes a stream."""
    command = shlex.join([sys.executable, "-m", "driftaudit", *words])
    done = subprocess.run(
        ["sh", "-c", f"{command} {redirection}"],
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def check_words(site: Site) -> tuple[str, ...]:
    return ("check", site.url, *PASSES)


def test_a_device_stays_one(site: Site, tmp_path: Path) -> None:
    place = tmp_path / "null"
    if is_root():
        os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    else:  # who may not make a device may not replace one either
        place.symlink_to(os.devnull)
    before = place.stat()
    outcome = site.text("--output", str(place))
    assert (outcome.code, outcome.out) == (0, "")
    after = place.stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)


def test_a_fifo_stays_one_and_its_reader_gets_the_report(site: Site, tmp_path: Path) -> None:
    place = tmp_path / "fifo.json"
    os.mkfifo(place)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(place.read_text()), daemon=True)
    reader.start()
    assert site.text("--output", str(place)).code == 0
    reader.join(20)
    assert stat.S_ISFIFO(place.lstat().st_mode)
    assert '"verdict": "pass"' in read[0]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_one_and_its_target_is_written(site: Site, tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "reports").mkdir()
    file = tmp_path / "reports" / "last.txt"
    if is_there:
        file.write_text("before")
    link = tmp_path / "link.txt"
    link.symlink_to("reports/last.txt")
    assert site.text("--output", str(link)).code == 0
    assert link.is_symlink()
    assert "PASS" in file.read_text()
    assert [path.name for path in file.parent.iterdir()] == ["last.txt"]


def test_a_link_into_a_folder_that_is_absent(site: Site, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "absent" / "last.txt")
    assert f"there is no folder {tmp_path / 'absent'}" in site.refused(2, "--output", str(link))


def test_dev_stdout_is_standard_output() -> None:
    """Asked of the words alone: a run that went wrong would replace the machine's own /dev/stdout."""
    (place,) = destinations([], ["/dev/stdout"])
    assert place.is_standard_output
    with pytest.raises(UsageError, match="two reports go to the same place"):
        destinations(["text", "json"], ["-", "/dev/stdout"])


def test_one_place_by_two_names(site: Site) -> None:
    (site.repository / "b.txt").symlink_to("a.txt")
    for other in ("./a.txt", str(site.repository / "a.txt"), "src/../a.txt", "b.txt"):
        told = site.refused(2, "--format", "json", "--format", "text", "--output", "a.txt", "--output", other)
        assert "two reports go to the same place" in told


def test_the_advice_for_a_folder_can_be_pasted(site: Site) -> None:
    told = site.refused(2, "--output", "my reports; $x/out.json")
    assert "mkdir -p 'my reports; $x'" in told


@pytest.mark.parametrize(
    ("stream", "why"), [(">/dev/full", "No space left on device"), (">&-", "it is closed")]
)
@pytest.mark.parametrize("words", [None, ("--help",), ("rules", "list"), ("check", "--help"), ("--version",)])
def test_a_report_that_could_not_be_written_is_no_pass(
    site: Site, stream: str, why: str, words: tuple[str, ...] | None
) -> None:
    code, _out, err = in_shell(site, stream, *(words or check_words(site)))
    assert (code, err) == (2, f"driftaudit: standard output could not be written: {why}\n")


@pytest.mark.parametrize("stream", [">/dev/full", ">&-"])
def test_standard_output_does_not_matter_where_the_report_goes_elsewhere(
    site: Site, tmp_path: Path, stream: str
) -> None:
    report = tmp_path / "report.txt"
    code, _out, err = in_shell(site, stream, *check_words(site), "--output", str(report))
    assert (code, err) == (0, f"driftaudit: pass: {err.removeprefix('driftaudit: pass: ')}")
    assert "PASS" in report.read_text()


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_standard_error_that_nobody_reads(site: Site, tmp_path: Path, stream: str) -> None:
    code, out, _err = in_shell(site, stream, *check_words(site))
    assert code == 0
    assert "PASS" in out
    report = tmp_path / "report.txt"
    assert in_shell(site, stream, *check_words(site), "--output", str(report))[0] == 0
    assert "PASS" in report.read_text()
    assert in_shell(site, stream, "chek")[0] == 2
    assert in_shell(site, stream, "check", "absent")[0] == 2
    assert in_shell(site, stream, "compare", "HEAD", "HEAD", "--output", str(report))[0] == 0
    assert in_shell(site, stream, "init", str(site.production))[0] == 0


@pytest.mark.parametrize("stream", [">&- 2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_no_stream_at_all(site: Site, tmp_path: Path, stream: str) -> None:
    assert in_shell(site, stream, *check_words(site))[0] == 2
    report = tmp_path / "report.txt"
    assert in_shell(site, stream, *check_words(site), "--output", str(report))[0] == 0
    assert report.read_text().rstrip().splitlines()[-1].startswith("PASS")


def test_the_verdict_on_standard_error_hides_nothing(site: Site, tmp_path: Path) -> None:
    (site.production / "src" / "\x1b]0;owned\x07").write_text("only here\n")
    outcome = site.text("--output", str(tmp_path / "report.txt"))
    assert outcome.code == 3
    assert "\x1b" not in outcome.err
    assert outcome.err.startswith("driftaudit: blocked: ")


def test_the_reason_is_escaped(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.repository)
    monkeypatch.setattr("driftaudit.render.printable.printable", lambda text: f"<{text}>")
    assert run([*check_words(site), "--output", str(tmp_path / "report.txt")]) == 0
    assert capsys.readouterr().err.startswith("driftaudit: pass: <")


@pytest.mark.parametrize("words", [["ch\x1bek"], ["check", "--\x1b[31mred"], ["check", "a\x1b[31m\u202e"]])
def test_words_of_the_command_line_are_shown_escaped(site: Site, words: list[str]) -> None:
    outcome = driftaudit(site.repository, *words)
    assert outcome.code == 2
    assert "\x1b" not in outcome.err
    assert "\u202e" not in outcome.err
    assert "\\x1b" in outcome.err


def test_a_long_scan_tells_how_far_it_is_on_a_terminal_and_nowhere_else(site: Site) -> None:
    (site.production / "src" / "large").write_bytes(os.urandom(2_000_000))
    words = ["check", str(site.production), "--rate-limit", "1"]
    shown = on_a_terminal(site.repository, *words)
    assert re.search(r": \d+ of about \d+ entries, [0-9.]+ \S+, [0-9.]+ \S+/s, about \d+ s left", shown)
    assert driftaudit(site.repository, *words).err == ""


def on_a_terminal(folder: Path, *words: str) -> str:
    """What is seen on standard error where that is a wide terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "300"},
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # what a terminal gives at its end
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    process.wait()
    return seen.decode()


def test_init_counts_one_file_as_one(site: Site) -> None:
    git(site.repository, "rm", "-q", "-r", "src")
    git(site.repository, "commit", "-q", "-m", "one file")
    for path in ("src/app.txt", "src/lib/one.txt", "src/lib/two.txt"):
        (site.production / path).unlink()
    outcome = driftaudit(site.repository, "init", str(site.production))
    assert outcome.code == 0
    assert ", 1 file\n" in outcome.out
    assert "1 files" not in outcome.out


def test_what_init_says_to_run_can_be_pasted(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "my files"
    folder.mkdir()
    outcome = driftaudit(site.repository, "init", str(site.production), "--output", f"{folder}/d.yml")
    assert f"--config {shlex.quote(f'{folder}/d.yml')}\n" in outcome.out


def test_names_go_to_other_programs_byte_for_byte(site: Site) -> None:
    for name in (b"two  blanks", b"new\nline", b"caf\xe9", b"-rf"):
        Path(os.fsdecode(os.fsencode(site.production) + b"/src/" + name)).write_text("x\n")
    folder = shlex.quote(str(site.production))
    through = f"| (cd {folder} && xargs -0 rm --)"
    code, _out, err = in_shell(site, through, "check", site.url, *PASSES, "--format", "deletes0")
    assert (code, err) == (0, "")
    assert {path.name for path in (site.production / "src").iterdir()} == {"app.txt", "lib"}
