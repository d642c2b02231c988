"""What every way to run a program on a host does with its input, its output and its end."""

import os
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from driftaudit.errors import ExitCode, SourceError
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.sshd import SSHServer, StartServer
from tests.support.transports import WAYS, Way, read_all
from tests.support.waiting import eventually

pytestmark = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


def test_a_known_host_runs_programs(way: Way, sshd: SSHServer) -> None:
    before = sshd.client.known_hosts.read_bytes()
    with way.connected(sshd.url("/")) as transport:
        channel = transport.run("cat; echo end >&2; exit 7")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert read_all(channel) == b"x" * 5_000_000
        assert channel.finish() == (7, b"end\n")
        assert channel.bytes_sent >= 5_000_000
        assert channel.bytes_received >= 5_000_000
        again = transport.run("echo again")
        assert (read_all(again), again.finish()) == (b"again\n", (0, b""))
        channel.close()
        again.close()
    assert sshd.client.known_hosts.read_bytes() == before


def test_output_comes_in_pieces_of_the_size_asked_for(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
        channel = transport.run("printf abcdefg")
        pieces = list(iter(lambda: channel.receive(3), b""))
        channel.close()
    assert b"".join(pieces) == b"abcdefg"
    assert max(len(piece) for piece in pieces) <= 3


def test_a_program_that_does_not_read_its_input(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
        channel = transport.run("exit 3")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert channel.receive(1) == b""
        assert channel.finish() == (3, b"")
        channel.close()


def test_a_killed_program_has_no_exit_status(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
        channel = transport.run("echo some; kill -9 $$")
        assert channel.receive(10) == b"some\n"
        assert channel.receive(10) == b""
        assert channel.finish() == (None, b"")
        channel.close()


def test_closing_ends_the_program(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
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
def test_a_connection_that_is_cut(
    way: Way, sshd: SSHServer, cut_after: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        running_proxy(sshd.port, cut_after=cut_after) as proxy,
        way.connected(alias(sshd, proxy.port)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError) as caught:
            read_all(channel)
        assert (
            caught.value.message == f"The connection to web:{proxy.port} was lost in the middle of an answer"
        )
        assert caught.value.exit_code is ExitCode.SOURCE
        assert channel.finish()[0] is None
        with pytest.raises(SourceError, match="lost"):
            channel.send(b"x")
        channel.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("cut_after", [1, 500, 1_500])
def test_a_connection_that_is_cut_while_it_is_made(way: Way, sshd: SSHServer, cut_after: int) -> None:
    with running_proxy(sshd.port, cut_after=cut_after) as proxy:
        way.refused(alias(sshd, proxy.port))


def test_a_connection_that_stalls(way: Way, sshd: SSHServer) -> None:
    with (
        running_proxy(sshd.port, cut_after=300_000, stall=True) as proxy,
        way.connected(alias(sshd, proxy.port), Timeouts(silence=0.5)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError, match=r"fell silent .* for 0\.5 seconds"):
            read_all(channel)
        channel.close()


def test_a_program_that_says_nothing(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/"), Timeouts(silence=0.3)) as transport:
        channel = transport.run("exec cat")
        with pytest.raises(SourceError, match="fell silent"):
            channel.receive(1)
        channel.close()


def test_a_program_that_takes_nothing(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/"), Timeouts(silence=0.3)) as transport:
        channel = transport.run("exec sleep 60")
        with pytest.raises(SourceError, match="fell silent"):
            channel.send(b"x" * 20_000_000)
        channel.close()


def test_a_program_that_takes_little_at_a_time(way: Way, sshd: SSHServer) -> None:
    slow = "for i in $(seq 16); do head -c 40000 | wc -c; sleep 0.2; done; wc -c"
    with way.connected(sshd.url("/"), Timeouts(silence=1)) as transport:
        channel = transport.run(slow)
        channel.send(b"x" * 4_000_000)
        channel.end_input()
        assert read_all(channel).split() == [b"40000"] * 16 + [b"3360000"]
        channel.close()


def test_much_on_stderr_does_not_hold_up_stdout(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
        channel = transport.run("head -c 40000000 /dev/zero | tr '\\0' e >&2; echo done; echo last >&2")
        assert read_all(channel) == b"done\n"
        status, errors = channel.finish()
        channel.close()
    assert status == 0
    assert len(errors) == 4096
    assert errors.endswith(b"elast\n")


def test_a_host_that_asks_for_new_keys_amid_a_stream(way: Way, start_sshd: StartServer) -> None:
    server = start_sshd(options=("RekeyLimit 40M",))
    assert len(way.output(server.url("/"), "head -c 100000000 /dev/zero")) == 100_000_000


def test_an_account_without_programs(way: Way, start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxSessions 0",))
    with way.connected(server.url("/")) as transport, pytest.raises(SourceError, match="starts no program"):
        transport.run("true").receive(1)


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        ("sh", 'echo Welcome; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'),
        ("tcsh", 'tcsh -c "$SSH_ORIGINAL_COMMAND"'),
        ("fish", 'fish -c "$SSH_ORIGINAL_COMMAND"'),
    ],
)
def test_other_login_shells(way: Way, start_sshd: StartServer, shell: str, command: str) -> None:
    program(shell)
    server = start_sshd(force_command=command)
    assert way.output(server.url("/"), "exec /bin/sh -c 'echo $((1+1))'").endswith(b"2\n")


def test_a_subsystem(way: Way, sshd: SSHServer) -> None:
    with way.connected(sshd.url("/")) as transport:
        channel = transport.subsystem("sftp")
        channel.send(b"\0\0\0\5\1\0\0\0\3")  # INIT, version 3
        assert channel.receive(9)[4:9] == b"\2\0\0\0\3"
        channel.close()


def test_a_subsystem_that_is_not_there(way: Way, sshd: SSHServer) -> None:
    with (
        way.connected(sshd.url("/")) as transport,
        pytest.raises(SourceError, match="has no subsystem nope"),
    ):
        transport.subsystem("nope").receive(1)
