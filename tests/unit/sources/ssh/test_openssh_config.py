import subprocess
from pathlib import Path

import pytest

from driftaudit.sources.ssh.host_config import HostConfig
from driftaudit.sources.ssh.openssh_config import config_text
from driftaudit.sources.ssh.route import Hop
from tests.support.programs import program

HOSTILE = """
BatchMode no
StrictHostKeyChecking accept-new
NoHostAuthenticationForLocalhost yes
VerifyHostKeyDNS yes
UpdateHostKeys yes
ControlMaster auto
ControlPath /tmp/master
ForwardAgent yes
ForwardX11 yes
ClearAllForwardings no
Tunnel yes
PermitLocalCommand yes
RemoteCommand reboot
RequestTTY force
EscapeChar ~
LogLevel DEBUG3
"""


def effective(tmp_path: Path, text: str, host: str = "web") -> dict[str, str]:
    """What ssh makes of a configuration; of an option with several values the last."""
    config = tmp_path / "made"
    config.write_text(text)
    asked = [program("ssh"), "-G", "-F", str(config), "--", host]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)


@pytest.fixture
def user_config(tmp_path: Path) -> Path:
    return tmp_path / "user config"


@pytest.mark.parametrize("scope", ["", "Host *\n", "Match host web\n"])
def test_the_users_configuration_cannot_change_what_must_hold(
    tmp_path: Path, user_config: Path, scope: str
) -> None:
    user_config.write_text(scope + HOSTILE)
    user_config.chmod(0o600)
    found = effective(tmp_path, config_text((), [user_config], (), 15))
    assert found["batchmode"] == "yes"
    assert found["stricthostkeychecking"] == "true"
    assert found["nohostauthenticationforlocalhost"] == "no"
    assert found["verifyhostkeydns"] == "false"
    assert found["updatehostkeys"] == "false"
    assert found["controlmaster"] == "false"
    assert "controlpath" not in found
    assert found["forwardagent"] == "no"
    assert found["forwardx11"] == "no"
    assert found["clearallforwardings"] == "yes"
    assert found["tunnel"] == "false"
    assert found["permitlocalcommand"] == "no"
    assert "remotecommand" not in found
    assert found["requesttty"] == "false"
    assert found["escapechar"] == "none"
    assert found["loglevel"] == "INFO"


def test_the_users_configuration_decides_the_rest(tmp_path: Path, user_config: Path) -> None:
    user_config.write_text("Host web\n  HostName example.net\n  ConnectTimeout 3\n  ServerAliveInterval 7\n")
    text = config_text((), [user_config, tmp_path / "absent"], (), 15)
    found = effective(tmp_path, text)
    assert (found["hostname"], found["connecttimeout"], found["serveraliveinterval"]) == (
        "example.net",
        "3",
        "7",
    )
    other = effective(tmp_path, text, "other")
    assert (other["hostname"], other["connecttimeout"], other["serveraliveinterval"]) == ("other", "15", "15")


def test_keywords_that_this_ssh_does_not_know_are_left_out() -> None:
    assert "SessionType" not in config_text((), [], (), 15)
    assert "SessionType default" in config_text({"sessiontype": ["none"]}, [], (), 15)


def test_keys_and_known_hosts_that_lie_elsewhere(tmp_path: Path, user_config: Path) -> None:
    user_config.write_text("Host *\n  UserKnownHostsFile ~/.ssh/other\n")
    config = HostConfig(
        "web", 22, "me", (tmp_path / "a key%",), user_known_hosts=(tmp_path / "known hosts", tmp_path / "b")
    )
    found = effective(tmp_path, config_text((), [user_config], [Hop("web", config)], 15))
    assert found["userknownhostsfile"] == f"{tmp_path}/known hosts {tmp_path}/b"
    assert found["identityfile"] == f"{tmp_path}/a key%%"
    assert "other" in effective(tmp_path, (tmp_path / "made").read_text(), "db")["userknownhostsfile"]


def test_no_key_elsewhere_means_none(tmp_path: Path) -> None:
    config = HostConfig("web", 22, "me", (tmp_path / "id_rsa",))
    found = effective(tmp_path, config_text((), [], [Hop("web", config)], 15))
    assert found["identityfile"] == "none"
