"""What this machine is asked for, and what is no answer of the place that was asked for."""

import socket

import pytest

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.hosts import LocalHost
from driftaudit.probes.places import place_of
from driftaudit.probes.tcp import ask_tcp
from driftaudit.sources.transport import NotAskedError, NotConnectedError
from tests.support.sshd import free_port


def test_a_refusal_is_an_answer_and_an_unknown_name_is_none() -> None:
    with pytest.raises(NotConnectedError):
        LocalHost().stream("127.0.0.1", free_port(), 2)
    with pytest.raises(NotAskedError, match="cannot be resolved"):
        LocalHost().stream("no-such-host.invalid", 80, 2)


def test_a_listener_that_takes_nobody_is_waited_for_no_longer_than_said() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _number in range(4)]
        for each in waiting:  # they fill its queue
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        answer = ask_tcp(ProbeSettings("tcp", f"127.0.0.1:{port}", within=0.5), LocalHost())
        for each in waiting:
            each.close()
    assert (answer.ok, answer.is_known, answer.detail) == (False, True, "no connection within 0.5 seconds")


@pytest.mark.parametrize(
    ("asked", "host", "port", "is_local"),
    [
        (ProbeSettings("tcp", "127.0.0.1:3000"), "127.0.0.1", 3000, True),
        (ProbeSettings("tcp", "[::1]:3000"), "::1", 3000, True),
        (ProbeSettings("tcp", "localhost:1"), "localhost", 1, True),
        (ProbeSettings("tcp", "db:5432"), "db", 5432, False),
        (ProbeSettings("http", "http://[::1]/x"), "::1", 80, True),
        (ProbeSettings("http", "https://api.example.net/"), "api.example.net", 443, False),
        (ProbeSettings("http", "http://10.0.0.1:8080/"), "10.0.0.1", 8080, False),
    ],
)
def test_where_a_probe_connects_to(asked: ProbeSettings, host: str, port: int, is_local: bool) -> None:
    place = place_of(asked)
    assert (place.host, place.port, place.is_local) == (host, port, is_local)
