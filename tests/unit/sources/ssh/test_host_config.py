import getpass
import os
import pwd
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.sources.ssh.host_config import host_config
from tests.support.sshd import ClientHome

CONFIG = """
Host web
  HostName 10.1.2.3
  Port 2222
  User bob
  IdentityFile ~/.ssh/deploy
  IdentityFile %d/.ssh/%h_%r
  IdentitiesOnly yes
  IdentityAgent ~/agent.sock
  UserKnownHostsFile ~/.ssh/known ~/.ssh/more
  HostKeyAlias fleet
  ConnectTimeout 7
  StrictHostKeyChecking no
Host behind
  ProxyJump bob@gate:22,inner
Host piped
  HostName %h.example.net
  ProxyCommand connect --to %h:%p --as %r --for %n --at 100%%
  ProxyJump none
"""


@pytest.fixture(params=["ssh", "no ssh"])
def config_home(
    request: pytest.FixtureRequest, client_home: ClientHome, monkeypatch: pytest.MonkeyPatch
) -> ClientHome:
    """A client's home, where the system's ssh can be asked, and where there is none."""
    if request.param == "no ssh":
        monkeypatch.setenv("PATH", str(client_home.path))
    return client_home


def test_what_is_configured(config_home: ClientHome) -> None:
    config_home.configure(CONFIG)
    config = host_config("web")
    assert (config.hostname, config.port, config.user) == ("10.1.2.3", 2222, "bob")
    assert config.identity_files == (config_home.ssh / "deploy", config_home.ssh / "10.1.2.3_bob")
    assert config.identities_only
    assert config.identity_agent == str(config_home.path / "agent.sock")
    assert config.user_known_hosts == (config_home.ssh / "known", config_home.ssh / "more")
    assert config.host_key_alias == "fleet"
    assert config.connect_timeout == 7


def test_the_address_wins(config_home: ClientHome) -> None:
    config_home.configure(CONFIG)
    config = host_config("web", 22, "alice")
    assert (config.hostname, config.port, config.user) == ("10.1.2.3", 22, "alice")


@pytest.mark.parametrize("present", [True, False])
def test_defaults_lie_in_the_home_folder(config_home: ClientHome, present: bool) -> None:
    if present:
        config_home.configure("Host other\n  Port 99")
    config = host_config("Web.example.net")
    assert (config.hostname.lower(), config.port, config.user) == ("web.example.net", 22, getpass.getuser())
    assert config_home.ssh / "id_ed25519" in config.identity_files
    assert config.user_known_hosts[0] == config_home.known_hosts
    assert config.global_known_hosts[0] == Path("/etc/ssh/ssh_known_hosts")
    assert config.proxy_jump is None
    assert config.proxy_command is None
    assert config.identity_agent is None
    assert config.connect_timeout is None
    assert not config.identities_only


def test_ways_through(config_home: ClientHome) -> None:
    config_home.configure(CONFIG)
    assert host_config("behind").proxy_jump == "bob@gate:22,inner"
    piped = host_config("piped", 2200, "eve")
    assert piped.proxy_jump is None
    assert piped.proxy_command == "connect --to piped.example.net:2200 --as eve --for piped --at 100%"


def test_a_broken_configuration_is_named(config_home: ClientHome) -> None:
    config_home.configure("Host web\n  !!!")
    with pytest.raises(SourceError) as caught:
        host_config("web")
    assert str(config_home.config) in caught.value.message + caught.value.advice
    assert "\n" not in caught.value.message


def test_a_token_that_is_not_known_is_named(config_home: ClientHome) -> None:
    config_home.configure("Host web\n  ProxyCommand connect %Z")
    with pytest.raises(SourceError, match="%Z"):
        host_config("web")


def test_includes(client_home: ClientHome) -> None:
    (client_home.ssh / "more").write_text("Host web\n  Port 2222\n")
    client_home.configure(f"Include {client_home.ssh}/more")
    assert host_config("web").port == 2222


def test_agents(client_home: ClientHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_AGENT", "/run/agent")
    client_home.configure(
        "Host none\n  IdentityAgent none\nHost env\n  IdentityAgent $MY_AGENT\n"
        "Host usual\n  IdentityAgent SSH_AUTH_SOCK\nHost unset\n  IdentityAgent $NO_SUCH_VARIABLE\n"
    )
    assert host_config("none").identity_agent == "none"
    assert host_config("env").identity_agent == "/run/agent"
    assert host_config("usual").identity_agent is None
    assert host_config("unset").identity_agent == "none"


def test_the_home_of_the_password_database_is_asked_as_ssh_does(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    monkeypatch.setenv("HOME", str(home))
    assert host_config("localhost").user_known_hosts[0] == home / ".ssh" / "known_hosts"
