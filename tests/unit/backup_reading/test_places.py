"""Where backups are looked for, by how they are written."""

from pathlib import Path

import pytest

from driftaudit.backup_reading.places import BackupPlace, TargetHost, configured_places, named_places
from driftaudit.config.access import Access
from driftaudit.errors import UsageError
from driftaudit.sources.ssh.address import SSHAddress

ADDRESS = SSHAddress("api.example.net", 2222, "ubuntu", "/srv/app")
HOST = TargetHost(ADDRESS, Access(become="root"))


def seen(places: list[BackupPlace]) -> list[tuple[str, str | None]]:
    return [(place.pattern, place.address.host if place.address else None) for place in places]


def test_a_configured_path_is_one_on_the_host_unless_it_says_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    words = ["/b/*.tgz", "~/b", "b", "./c", "../d/*", "local:/e", "local:f", "host:g", "ssh://u@other/h"]
    assert seen(list(configured_places(words, HOST, folder))) == [
        ("/b/*.tgz", "api.example.net"),
        ("~/b", "api.example.net"),
        ("~/b", "api.example.net"),
        (f"{folder}/c", None),
        (f"{tmp_path}/d/*", None),
        ("/e", None),
        (f"{folder}/f", None),
        ("~/g", "api.example.net"),
        ("/h", "other"),
    ]


def test_where_the_target_is_a_folder_all_is_here(tmp_path: Path) -> None:
    found = list(configured_places(["/b", "b", "host:c"], TargetHost(), tmp_path))
    assert seen(found) == [("/b", None), (f"{tmp_path}/b", None), (f"{tmp_path}/c", None)]


def test_a_named_path_is_one_of_this_machine(tmp_path: Path) -> None:
    words = ["b.tgz", "/b.tgz", "host:/b.tgz", "u@other:b.tgz"]
    assert seen(list(named_places(words, HOST, tmp_path))) == [
        (f"{tmp_path}/b.tgz", None),
        ("/b.tgz", None),
        ("/b.tgz", "api.example.net"),
        ("~/b.tgz", "other"),
    ]


def test_a_file_with_a_colon_in_its_name_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "at-18:10.tgz").touch()
    assert seen(list(named_places(["at-18:10.tgz"], HOST, tmp_path))) == [(f"{tmp_path}/at-18:10.tgz", None)]


def test_the_hosts_own_access_goes_for_the_same_host_alone(tmp_path: Path) -> None:
    same, other = named_places(["ssh://api.example.net:2222/b", "ssh://elsewhere/b"], HOST, tmp_path)
    assert (same.access, other.access) == (HOST.access, Access())


@pytest.mark.parametrize("word", ["local:", "host:", "x\0y"])
def test_what_names_nothing_is_refused(word: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        list(named_places([word], HOST, tmp_path))
