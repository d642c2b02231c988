"""`history:` and `notify:` of driftaudit.yml."""

from pathlib import Path

import pytest

from driftaudit.config.reporting import HistorySettings, NotifierSettings, NotifySettings, from_environment
from driftaudit.config.settings import load_settings
from driftaudit.errors import ConfigError
from driftaudit.history.place import place_of
from driftaudit.model.history import Keep

FULL = """\
version: 1
history: {database: .state/drift.db, project: shop, keep_runs: 10, keep_days: 20, keep_snapshots: 3}
notify:
  link: https://ci.example.net/drift
  to:
    - apprise: env:SLACK
    - webhook: https://ops.example.net/drift
      secret: env:KEY
      timeout: 5
      attempts: 1
      required: true
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "driftaudit.yml"
    path.write_text(text)
    return path


def test_all_that_can_be_said(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, FULL))
    assert settings.history == HistorySettings(f"{tmp_path}/.state/drift.db", "shop", Keep(10, 20, 3))
    webhook = NotifierSettings("webhook", "https://ops.example.net/drift", "env:KEY", 5.0, 1, required=True)
    assert settings.notify == NotifySettings(
        "https://ci.example.net/drift", (NotifierSettings("apprise", "env:SLACK"), webhook)
    )


def test_nothing_need_be_said(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "version: 1\n"))
    assert (settings.history, settings.notify) == (HistorySettings(), NotifySettings())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("history: {database: mysql://host/db}", "in a file or in PostgreSQL, not at mysql://"),
        ("history: {database: 'postgresql://u:s3cret@host/db'}", "write env:NAME"),
        ("history: {database: 'postgresql://host/db?password=s3cret'}", "write env:NAME"),
        ("history: {database: 'env:NOT A NAME'}", "'env:' needs the name of a variable"),
        ("history: {keep_runs: 0}", "0 is too small: 1 or more is needed"),
        ("history: {keep_days: 1000000}", "too large: 100000 is the most"),
        ("notify: {to: [{apprise: env:A, timeout: 1000}]}", "too large: 600 is the most"),
        ("notify: {to: [{apprise: env:A, attempts: 1000}]}", "too large: 20 is the most"),
        ("history: {keep: 3}", "unknown key 'keep'"),
        ("notify: {to: [{apprise: 'slack://s3cret'}]}", "write env:NAME"),
        ("notify: {to: [{webhook: 'https://u:s3cret@host/'}]}", "write env:NAME"),
        ("notify: {to: [{webhook: 'https://host/?token=s3cret'}]}", "write env:NAME"),
        ("notify: {to: [{webhook: 'ftp://host/'}]}", "an address begins with https:// or http://"),
        ("notify: {to: [{webhook: 'https://[::'}]}", "this is no address"),
        ("notify: {to: [{webhook: 'https://host/', secret: s3cret}]}", "write env:NAME"),
        ("notify: {to: [{apprise: env:A, secret: env:B}]}", "belongs to a webhook"),
        ("notify: {to: [{apprise: env:A, webhook: env:B}]}", "exactly one of apprise and webhook"),
        ("notify: {to: [{timeout: 3}]}", "exactly one of apprise and webhook"),
        ("notify: {link: 'reports/'}", "an address begins with https:// or http://"),
    ],
)
def test_what_is_wrong_is_named_by_its_line_and_shows_no_secret(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(write(tmp_path, f"version: 1\n{line}\n"))
    assert "driftaudit.yml:2:" in raised.value.message and told in raised.value.message
    assert "s3cret" not in raised.value.message + raised.value.advice


def test_a_history_has_a_place_of_its_own_for_each_project(tmp_path: Path) -> None:
    places = {
        place_of(None, HistorySettings(), tmp_path / name, tmp_path / "state").where
        for name in ("a/api", "b/api")
    }
    assert len(places) == 2
    assert all(place.startswith(f"{tmp_path}/state/history/") for place in places)


def test_what_is_named_goes_before_what_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = HistorySettings("/configured.db", "shop")
    assert place_of(None, settings, tmp_path, tmp_path).where == "/configured.db"
    assert place_of("named.db", settings, tmp_path, tmp_path).where == "named.db"
    monkeypatch.setenv("DRIFT", "postgresql://u:s3cret@host/db")
    place = place_of("env:DRIFT", settings, tmp_path, tmp_path)
    assert (place.where, place.project) == ("postgresql://u:s3cret@host/db", "shop")


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DRIFT", raising=False)
    with pytest.raises(ConfigError, match="history: the environment has no DRIFT"):
        from_environment("env:DRIFT", "history")
