"""What only our own SSH connection says where it gets no answer that it can use."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from driftaudit.config.access import Timeouts
from tests.support.sshd import ClientHome, StartServer
from tests.support.transports import PARAMIKO
from tests.support.waiting import eventually

SHORT = Timeouts(connect=0.5, login=5, silence=0.5)


def test_host_certificates_are_said_to_be_unsupported(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    server.client.known_hosts.write_text(f"@cert-authority * {server.host_key}\n")
    assert "@cert-authority" in PARAMIKO.refused(server.url("/")).message


@contextmanager
def answering(data: bytes, *, hang_up: bool = False) -> Iterator[int]:
    """Listen on a port of loopback, and say `data` to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.sendall(data)
                if not hang_up:
                    while connection.recv(4096):
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
@pytest.mark.parametrize("hang_up", [True, False])
def test_a_port_that_is_no_ssh_server(client_home: ClientHome, data: bytes, hang_up: bool) -> None:
    with answering(data, hang_up=hang_up) as port:
        started = time.monotonic()
        assert (
            "nothing that an SSH server would" in PARAMIKO.refused(f"ssh://127.0.0.1:{port}/", SHORT).message
        )
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("hang_up", [True, False])
def test_a_server_that_stops_after_its_banner(
    client_home: ClientHome, hang_up: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    with answering(b"SSH-2.0-OpenSSH_9.2\r\n", hang_up=hang_up) as port:
        assert "no encrypted connection" in PARAMIKO.refused(f"ssh://127.0.0.1:{port}/", SHORT).message
    # a timer of paramiko's would keep the whole program from ending
    eventually(
        lambda: not any(isinstance(one, threading.Timer) and not one.daemon for one in threading.enumerate())
    )
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("command", ["sh -c 'echo no way >&2; exit 3'", "sh -c 'echo no way >&2; cat'"])
def test_how_a_proxy_command_ended_is_said_where_it_has(client_home: ClientHome, command: str) -> None:
    client_home.configure(f"Host web\n  ProxyCommand {command}\n")
    error = PARAMIKO.refused("ssh://web/", SHORT)
    assert "ProxyCommand of web gives no connection: no way" in error.message
    assert ("exit status 3" in error.message) == ("exit 3" in command)
