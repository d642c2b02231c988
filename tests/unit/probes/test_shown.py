"""What was asked is shown without its secrets."""

import pytest

from driftaudit.config.settings import ProbeKind, ProbeSettings
from driftaudit.model.difference import HIDDEN
from driftaudit.probes.asking import shown_subject

SECRET = "Zq9xSECRETv7"


@pytest.mark.parametrize(
    ("kind", "subject", "shown"),
    [
        ("command", f"curl -uadmin:{SECRET} http://x/", "curl -uadmin:"),
        ("command", f"curl --proxy-user u:{SECRET} http://x/", "curl --proxy-user u:"),
        ("command", f"curl -H 'Authorization: Basic {SECRET}' http://x/", "curl -H 'Authorization: "),
        ("command", f"curl --header 'Cookie: sid={SECRET}' http://x/", "curl --header 'Cookie: "),
        ("command", f"curl -b session={SECRET} http://x/", "curl -b "),
        ("command", f"redis-cli -h db -a {SECRET} ping", "redis-cli -h db -a "),
        ("command", f"mysqladmin -p{SECRET} ping", "mysqladmin -p"),
        ("command", f"PGPASSWORD={SECRET} psql", "PGPASSWORD="),
        ("command", f"psql postgres://u:{SECRET}@h/db", "psql postgres://"),
        ("http", f"http://h/health?key={SECRET}&x={SECRET}", f"http://h/health?key={HIDDEN}&x={HIDDEN}"),
        ("http", f"http://h/?sig={SECRET}", f"http://h/?sig={HIDDEN}"),
    ],
)
def test_no_secret_of_a_probe_is_shown(kind: ProbeKind, subject: str, shown: str) -> None:
    said = shown_subject(ProbeSettings(kind, subject))
    assert SECRET not in said
    assert said.startswith(shown)


@pytest.mark.parametrize(
    "subject", ["http://127.0.0.1:3000/health", "http://[::1]:3000/a?b", "redis-cli ping"]
)
def test_what_is_none_is_shown_as_it_is(subject: str) -> None:
    kind: ProbeKind = "http" if subject.startswith("http") else "command"
    assert shown_subject(ProbeSettings(kind, subject)) == subject
