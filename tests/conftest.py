"""Fixtures for all tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.sshd import ClientHome, SSHServer, StartServer, make_client_home, make_key, running_sshd

# Not /tmp where that is memory: of such a file system nothing is remembered between two scans.
os.environ.setdefault("TMPDIR", "/var/tmp")

settings.register_profile("driftaudit", deadline=None)  # a machine may be busy with other things
settings.load_profile("driftaudit")


_NUMBERS = count()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that may take longest: else the last of them runs while the other cores rest."""
    items.sort(key=_most_seconds, reverse=True)


def _most_seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests remember nothing from each other, nor for whoever runs them."""
    # by a number of our own: pytest looks for a free one among the folders of all tests before, each time
    folder = tmp_path_factory.getbasetemp() / "own" / str(next(_NUMBERS))
    for variable, name in (("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state")):
        (folder / name).mkdir(parents=True)
        monkeypatch.setenv(variable, str(folder / name))


@pytest.fixture(scope="session")
def ssh_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key pairs `host` and `client`, made once."""
    folder = tmp_path_factory.mktemp("keys")
    make_key(folder / "host")
    make_key(folder / "client")
    return folder


@pytest.fixture
def client_home(tmp_path: Path, ssh_keys: Path, monkeypatch: pytest.MonkeyPatch) -> ClientHome:
    """A $HOME with a key and an empty known_hosts, and no agent."""
    home = make_client_home(tmp_path / "client", ssh_keys / "client")
    monkeypatch.setenv("HOME", str(home.path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture
def start_sshd(tmp_path: Path, client_home: ClientHome, ssh_keys: Path) -> Iterator[StartServer]:
    """Start as many servers as a test wants; options as of `running_sshd`."""
    with ExitStack() as servers:
        count = iter(range(1, 100))

        def start(**options: Any) -> SSHServer:
            folder = tmp_path / f"sshd-{next(count)}"
            return servers.enter_context(running_sshd(folder, client_home, ssh_keys / "host", **options))

        yield start


@pytest.fixture
def sshd(start_sshd: StartServer) -> SSHServer:
    """A real sshd on loopback whose host key the client knows."""
    return start_sshd()
