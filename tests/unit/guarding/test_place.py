"""A target has one lock, however it is called."""

from pathlib import Path

import pytest

from driftaudit.guarding.place import lock_name, place_of
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource


def named(url: str, real_root: str | None = None) -> str:
    return lock_name(SSHSource(SSHAddress.parse(url)), real_root)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".ssh").mkdir()
    text = "Host web\n  HostName web.example.net\n  Port 2222\n  User deploy\n"
    (tmp_path / ".ssh/config").write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "url",
    [
        "web:/srv/app",
        "web:/srv/app/",
        "web://srv/./x/../app",
        "ssh://web/srv/app",
        "ssh://root@web:2222/srv/app",
        "ssh://deploy@WEB.example.net:2222/srv/app",
    ],
)
def test_one_folder_of_one_host(url: str) -> None:
    assert named(url) == "web.example.net:2222/srv/app"


def test_a_folder_in_a_home_is_that_login_s_until_it_is_known_where_it_lies() -> None:
    assert named("web:app") == named("web:~/app/") == named("deploy@web:./app")
    assert named("web:app") != named("ana@web:app")
    assert named("web:app", "/home/deploy/app") == named("root@web:/home/deploy/app")


def test_other_folders_and_other_ports_are_others() -> None:
    assert len({named(url) for url in ("web:/srv/app", "web:/srv/app2", "ssh://web:22/srv/app")}) == 3


def test_a_link_on_this_machine_has_a_name_of_its_own_until_it_is_known_where_it_leads(
    tmp_path: Path,
) -> None:
    (tmp_path / "srv/app").mkdir(parents=True)
    (tmp_path / "srv/current").symlink_to("app")
    (tmp_path / "www").symlink_to("srv")
    real = str(tmp_path / "srv/app")
    for name in ("srv/app", "www/app", "srv/app/../app", "srv/app/."):
        assert lock_name(DirectorySource(tmp_path / name)) == real
    current = DirectorySource(tmp_path / "www/current")
    assert lock_name(current) == place_of(current) == str(tmp_path / "srv/current")
    assert lock_name(current, real) == real
