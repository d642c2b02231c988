import os
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from driftaudit.errors import ExitCode, SourceError
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.ssh_client import connected, eventually, output, read_all, refused
from tests.support.sshd import SSHServer, StartServer


def test_a_known_host_runs_programs(sshd: SSHServer) -> None:
    before = sshd.client.known_hosts.read_bytes()
    with connected(sshd.url("/")) as transport:
        channel = transport.run("cat; echo end >&2; exit 7")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert read_all(channel) == b"x" * 5_000_000
        assert channel.finish() == (7, b"end\n")
        assert channel.bytes_sent > 5_000_000
        assert channel.bytes_received > 5_000_000
        again = transport.run("echo again")
        assert (read_all(again), again.finish()) == (b"again\n", (0, b""))
        channel.close()
        again.close()
    assert sshd.client.known_hosts.read_bytes() == before


def test_output_comes_in_pieces_of_the_size_asked_for(sshd: SSHServer) -> None:
    with connected(sshd.url("/")) as transport:
        channel = transport.run("printf abcdefg")
        pieces = list(iter(lambda: channel.receive(3), b""))
    assert b"".join(pieces) == b"abcdefg"
    assert max(len(piece) for piece in pieces) <= 3


def test_a_program_that_does_not_read_its_input(sshd: SSHServer) -> None:
    with connected(sshd.url("/")) as transport:
        channel = transport.run("exit 3")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert channel.receive(1) == b""
        assert channel.finish() == (3, b"")


def test_a_killed_program_has_no_exit_status(sshd: SSHServer) -> None:
    with connected(sshd.url("/")) as transport:
        channel = transport.run("kill -9 $$")
        assert channel.finish() == (None, b"")


def test_closing_ends_the_program(sshd: SSHServer) -> None:
    with connected(sshd.url("/")) as transport:
        channel = transport.run("echo $$; exec cat /dev/zero")
        pid = int(channel.receive(100).partition(b"\n")[0])
        os.kill(pid, 0)
        channel.close()
        channel.close()
        eventually(lambda: not Path(f"/proc/{pid}").exists())


def alias(server: SSHServer, port: int) -> str:
    """Let the address it returns lead to `server` by way of a proxy at `port`."""
    server.client.configure(f"Host web\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {server.name}\n")
    return "ssh://web/"


@pytest.mark.parametrize("cut_after", [20_000, 300_000, 9_000_000])
def test_a_connection_that_is_cut(sshd: SSHServer, cut_after: int, capfd: pytest.CaptureFixture[str]) -> None:
    with (
        running_proxy(sshd.port, cut_after=cut_after) as proxy,
        connected(alias(sshd, proxy.port)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError) as caught:
            read_all(channel)
        assert (
            caught.value.message == f"The connection to web:{proxy.port} was lost in the middle of an answer"
        )
        assert caught.value.exit_code is ExitCode.SOURCE
        assert channel.finish() == (None, b"")
        with pytest.raises(SourceError, match="lost"):
            channel.send(b"x")
        channel.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("cut_after", [1, 500, 1_500])
def test_a_connection_that_is_cut_while_it_is_made(sshd: SSHServer, cut_after: int) -> None:
    with running_proxy(sshd.port, cut_after=cut_after) as proxy:
        refused(alias(sshd, proxy.port))


def test_a_connection_that_stalls(sshd: SSHServer) -> None:
    with (
        running_proxy(sshd.port, cut_after=300_000, stall=True) as proxy,
        connected(alias(sshd, proxy.port), Timeouts(silence=0.5)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError, match=r"fell silent .* for 0\.5 seconds"):
            read_all(channel)


def test_a_program_that_says_nothing(sshd: SSHServer) -> None:
    with connected(sshd.url("/"), Timeouts(silence=0.3)) as transport:
        channel = transport.run("exec cat")
        with pytest.raises(SourceError, match="fell silent"):
            channel.receive(1)
        channel.close()


def test_much_on_stderr_does_not_hold_up_stdout(sshd: SSHServer) -> None:
    with connected(sshd.url("/")) as transport:
        channel = transport.run("head -c 40000000 /dev/zero | tr '\\0' e >&2; echo done; echo last >&2")
        assert read_all(channel) == b"done\n"
        status, errors = channel.finish()
    assert status == 0
    assert len(errors) == 4096
    assert errors.endswith(b"elast\n")


def test_more_than_512_mib_over_one_connection(sshd: SSHServer) -> None:
    size = 600_000_000
    with connected(sshd.url("/")) as transport:
        channel = transport.run(f"head -c {size} /dev/zero")
        received = 0
        while data := channel.receive(1 << 20):
            received += len(data)
        assert received == size
        assert channel.finish() == (0, b"")
        assert channel.bytes_received > size
        assert output(sshd.url("/"), "echo in") == b"in\n"


def test_a_host_that_asks_for_new_keys_amid_a_stream(start_sshd: StartServer) -> None:
    server = start_sshd(options=("RekeyLimit 40M",))
    assert len(output(server.url("/"), "head -c 100000000 /dev/zero")) == 100_000_000


def test_an_account_without_programs(start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxSessions 0",))
    with connected(server.url("/")) as transport, pytest.raises(SourceError, match="starts no program"):
        transport.run("true")


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        ("sh", 'echo Welcome; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'),
        ("tcsh", 'tcsh -c "$SSH_ORIGINAL_COMMAND"'),
        ("fish", 'fish -c "$SSH_ORIGINAL_COMMAND"'),
    ],
)
def test_other_login_shells(start_sshd: StartServer, shell: str, command: str) -> None:
    program(shell)
    server = start_sshd(force_command=command)
    assert output(server.url("/"), "exec /bin/sh -c 'echo $((1+1))'").endswith(b"2\n")


def test_the_server_of_the_tests_can_be_bound_by_file_modes(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(without_root_powers=True, path="/usr/bin:/bin")
    closed = tmp_path / "closed"
    closed.write_text("text")
    closed.chmod(0)
    with connected(server.url("/")) as transport:
        channel = transport.run(f"echo $PATH; echo $HOME; cat {closed}")
        assert read_all(channel) == f"/usr/bin:/bin\n{server.home}\n".encode()
        assert channel.finish()[0] == 1
