"""`driftaudit demo`: it makes a folder of its own each time, and takes nothing away."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import driftaudit
from tests.support.programs import program
from tests.support.site import is_root, refusal


def test_each_demo_has_a_folder_of_its_own(tmp_path: Path) -> None:
    first = driftaudit(tmp_path, "demo")
    assert (first.code, first.err) == (0, "")
    notes = tmp_path / "driftaudit-demo" / "notes.txt"
    notes.write_text("mine")
    for name in ("driftaudit-demo-2", "driftaudit-demo-3"):
        again = driftaudit(tmp_path, "demo")
        assert (again.code, again.err) == (0, "")
        assert str(tmp_path / name / "report.html") in again.out
        assert (tmp_path / name / "report.html").is_file()
    assert notes.read_text() == "mine"


def test_a_name_that_something_else_has_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "driftaudit-demo").symlink_to("absent")
    (tmp_path / "driftaudit-demo-2").write_text("a file")
    assert driftaudit(tmp_path, "demo").code == 0
    assert (tmp_path / "driftaudit-demo").is_symlink()
    assert not (tmp_path / "absent").exists()
    assert (tmp_path / "driftaudit-demo-2").read_text() == "a file"
    assert (tmp_path / "driftaudit-demo-3" / "report.md").is_file()


def test_a_folder_that_is_named_and_there_is_refused(tmp_path: Path) -> None:
    assert driftaudit(tmp_path, "demo", "--directory", "mine").code == 0
    notes = tmp_path / "mine" / "notes.txt"
    notes.write_text("mine")
    told = refusal(driftaudit(tmp_path, "demo", "--directory", "mine"), 2)
    assert f"{tmp_path / 'mine'} is there already" in told
    assert "--directory FOLDER" in told
    assert notes.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_advice_for_a_folder_can_be_pasted(tmp_path: Path) -> None:
    told = refusal(driftaudit(tmp_path, "demo", "--directory", "my demos/one"), 2)
    assert f"mkdir -p {shlex.quote(str(tmp_path / 'my demos'))}" in told


@pytest.mark.parametrize("words", [[], ["--directory", "mine"]])
def test_a_folder_that_cannot_be_written(tmp_path: Path, words: list[str]) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    prefix = []
    if is_root():
        powers = "-dac_override,-dac_read_search"
        prefix = [program("setpriv"), f"--bounding-set={powers}", f"--inh-caps={powers}"]
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "driftaudit", "demo", *words],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    name = folder / (words[-1] if words else "driftaudit-demo")
    assert done.stderr.startswith(f"driftaudit: the folder {name} could not be made: Permission denied\n")
    assert "--directory FOLDER" in done.stderr


def test_what_it_says_hides_nothing(tmp_path: Path) -> None:
    outcome = driftaudit(tmp_path, "demo", "--directory", "a\x1b[31mb")
    assert outcome.code == 0
    assert "\x1b" not in outcome.out


def test_standard_output_that_is_full(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "driftaudit", "demo"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    told = "driftaudit: standard output could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, told)
