"""What a target says of how its host is reached and read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.config.access import Access, Timeouts
from driftaudit.config.settings import load_settings
from driftaudit.errors import ConfigError

Load = Callable[[str], Access]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> Access:
        (tmp_path / "driftaudit.yml").write_text(f"version: 1\ntargets: {{a: {{url: 'h:/x'{text}}}}}")
        return load_settings(tmp_path / "driftaudit.yml").targets["a"].access

    return load


def test_what_is_left_out_is_the_first_way_that_the_host_can_do(load: Load) -> None:
    assert load("") == Access("paramiko", None, None, None, Timeouts(15.0, 30.0, 60.0, None))


def test_every_key_is_taken(load: Load) -> None:
    text = ", transport: openssh, method: sftp, become: deploy, rate_limit: 5"
    text += ", timeouts: {silence: 5, scan: 9}"
    assert load(text) == Access("openssh", "sftp", "deploy", 5.0, Timeouts(15.0, 30.0, 5.0, 9.0))


@pytest.mark.parametrize(("text", "user"), [("true", "root"), ("false", None), ("www-data", "www-data")])
def test_become_is_root_or_a_user(load: Load, text: str, user: str | None) -> None:
    assert load(f", become: {text}").become == user


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (", method: rsync", "'rsync' is not one of agent, shell, sftp"),
        (", transport: telnet", "'telnet' is not one of paramiko, openssh"),
        (", become: 'x; rm -rf /'", "'x; rm -rf /' is no user"),
        (", become: -i", "'-i' is no user"),
        (", rate_limit: 0", "more than 0"),
        (", timeouts: {silence: -1}", "more than 0"),
    ],
)
def test_what_makes_no_sense_is_refused(load: Load, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(text)
