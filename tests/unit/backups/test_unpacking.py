"""The commands that unpack, as a shell takes them."""

import shlex
import subprocess
from pathlib import Path

import pytest

from driftaudit.backups.unpacking import UnpackPlace, unpacking
from tests.support.backups import tarred
from tests.support.programs import program


def test_what_is_there_stays_and_each_tar_is_told_so_in_its_own_way() -> None:
    place = UnpackPlace("/srv/app", "ubuntu@api.example.net", 2222)
    assert unpacking(place, "m.tar.gz", replaces=False) == (
        (
            "GNU tar",
            "ssh -p 2222 ubuntu@api.example.net 'cd /srv/app && tar -xzpf - --skip-old-files' < m.tar.gz",
        ),
        (
            "BusyBox or bsdtar",
            "ssh -p 2222 ubuntu@api.example.net 'cd /srv/app && tar -xzpf - -k' < m.tar.gz",
        ),
    )


def test_what_replaces_says_so_by_no_option() -> None:
    ((_name, command),) = unpacking(UnpackPlace("/srv/app"), "m.tar.gz", replaces=True)
    assert command == "(cd /srv/app && tar -xzpf -) < m.tar.gz"


def test_the_root_is_made_where_it_is_gone_and_read_as_whom_it_belongs_to() -> None:
    place = UnpackPlace("~/my app", "h", become="www-data", is_absent=True)
    (first, _second) = unpacking(place, "m.tar.gz", replaces=False)
    assert shlex.split(first[1])[2] == (
        "mkdir -p ~/'my app' && cd ~/'my app' && sudo -u www-data tar -xzpf - --skip-old-files"
    )


def test_a_root_that_does_not_show_has_no_command() -> None:
    with pytest.raises(ValueError, match="shown"):
        unpacking(UnpackPlace("/srv/a\nb"), "m.tar.gz", replaces=False)


@pytest.mark.parametrize(
    "name", ["a b", "it's", "$(touch pwned)", "`x`", "-rf", "*", "é", '"', "a\\b", ";ls"]
)
def test_names_hostile_to_shells_are_names(name: str, tmp_path: Path) -> None:
    program("tar")
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "x").write_text("x")
    root = tmp_path / name
    root.mkdir()
    archive = tarred(tmp_path / f"{name}.tar.gz", tmp_path / "from", "x")
    ((_gnu, command), _other) = unpacking(UnpackPlace(str(root)), str(archive), replaces=False)
    subprocess.run(["sh", "-c", command], cwd=tmp_path / "from", check=True)
    assert (root / "x").read_text() == "x"
    over_ssh = unpacking(UnpackPlace(str(root), "host"), str(archive), replaces=False)[0][1]
    inner = shlex.split(over_ssh.rpartition(" < ")[0])[-1]
    (root / "x").unlink()
    with archive.open("rb") as stream:
        subprocess.run(["sh", "-c", inner], cwd=tmp_path / "from", check=True, stdin=stream)
    assert (root / "x").read_text() == "x"
    assert {path.name for path in (tmp_path / "from").iterdir()} == {"x"}
