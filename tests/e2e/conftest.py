"""Fixtures of the tests of the command line."""

from pathlib import Path

import pytest

from tests.support.git import commit
from tests.support.site import Site
from tests.support.sshd import ClientHome, SSHServer, StartServer


@pytest.fixture
def site(tmp_path: Path, client_home: ClientHome) -> Site:
    """A site whose production is a folder of this machine."""
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(folder)


@pytest.fixture
def remote(site: Site, sshd: SSHServer) -> Site:
    """The same, with production reached over SSH."""
    site.url = sshd.url(site.production)
    return site


@pytest.fixture
def strict(site: Site, start_sshd: StartServer) -> Site:
    """The same, by a login that file modes bind even where the tests run as root."""
    site.url = start_sshd(without_root_powers=True).url(site.production)
    return site


@pytest.fixture
def stale(site: Site) -> Site:
    """A site with something to do: one file to come, one to be overwritten, one to go."""
    commit(site.repository, {"src/new.txt": "new\n", "src/app.txt": "app, second\n", "src/lib/two.txt": None})
    return site
