import os
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from driftaudit.errors import ExitCode, SourceError
from driftaudit.sources.ssh.openssh_channel import OpenSSHChannel
from tests.support.openssh_client import all_of, answer, children, reached
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.ssh_client import eventually
from tests.support.sshd import SSHServer, StartServer


def test_a_known_host_runs_programs(sshd: SSHServer) -> None:
    before = sshd.client.known_hosts.read_bytes()
    with reached(sshd.url("/")) as transport:
        channel = transport.run("cat; echo end >&2; exit 7")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert all_of_open(channel) == b"x" * 5_000_000
        assert channel.finish() == (7, b"end\n")
        assert (channel.bytes_sent, channel.bytes_received) == (5_000_000, 5_000_000)
        again = transport.run("echo again")
        assert (all_of_open(again), again.finish()) == (b"again\n", (0, b""))
        channel.close()
        again.close()
    assert sshd.client.known_hosts.read_bytes() == before


def all_of_open(channel: OpenSSHChannel) -> bytes:
    return b"".join(iter(lambda: channel.receive(1 << 20), b""))


def test_a_subsystem(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.subsystem("sftp")
        channel.send(b"\0\0\0\5\1\0\0\0\3")  # INIT, version 3
        assert channel.receive(9)[4:9] == b"\2\0\0\0\3"
        channel.close()


def test_a_subsystem_that_is_not_there(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.subsystem("nope")
        with pytest.raises(SourceError, match="has no subsystem nope"):
            channel.receive(1)
        channel.close()


def test_an_account_without_programs(start_sshd: StartServer) -> None:
    with reached(start_sshd(options=("MaxSessions 0",)).url("/")) as transport:
        channel = transport.run("true")
        with pytest.raises(SourceError, match="starts no program"):
            channel.receive(1)
        channel.close()


def test_output_comes_in_pieces_of_the_size_asked_for(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.run("printf abcdefg")
        pieces = list(iter(lambda: channel.receive(3), b""))
        channel.close()
    assert b"".join(pieces) == b"abcdefg"
    assert max(len(piece) for piece in pieces) <= 3


def test_a_program_that_does_not_read_its_input(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.run("exit 3")
        channel.send(b"x" * 5_000_000)
        channel.end_input()
        assert channel.receive(1) == b""
        assert channel.finish() == (3, b"")
        channel.close()


@pytest.mark.parametrize("ending", ["kill -9 $$", "exit 255"])
def test_an_end_that_ssh_does_not_tell_from_its_own(sshd: SSHServer, ending: str) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.run(f"echo some; {ending}")
        assert channel.receive(10) == b"some\n"
        assert channel.receive(10) == b""
        assert channel.finish() == (None, b"")
        channel.close()


def test_closing_ends_the_program_and_ssh(sshd: SSHServer) -> None:
    before = children(os.getpid())
    with reached(sshd.url("/")) as transport:
        channel = transport.run("echo $$; exec cat /dev/zero")
        pid = int(channel.receive(100).partition(b"\n")[0])
        os.kill(pid, 0)
        channel.close()
        channel.close()
        eventually(lambda: not Path(f"/proc/{pid}").exists())
        assert children(os.getpid()) == before
        with pytest.raises(SourceError):
            channel.receive(1)
        with pytest.raises(SourceError):
            channel.send(b"x")


def test_closing_the_connection_ends_all(sshd: SSHServer) -> None:
    before, files = children(os.getpid()), len(list(Path("/proc/self/fd").iterdir()))
    with reached(sshd.url("/")) as transport:
        channels = [transport.run("exec cat /dev/zero") for _number in range(2)]
        assert len(children(os.getpid())) == len(before) + 2
    assert children(os.getpid()) == before
    for channel in channels:
        with pytest.raises(SourceError, match="lost"):
            all_of_open(channel)
        channel.close()
    with pytest.raises(SourceError, match="has been ended"):
        transport.run("true")
    assert len(list(Path("/proc/self/fd").iterdir())) == files
    eventually(lambda: not children(sshd.process.pid))


def alias(server: SSHServer, port: int) -> str:
    """Let the address it returns lead to `server` by way of a proxy at `port`."""
    server.client.configure(f"Host web\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {server.name}\n")
    return "ssh://web/"


@pytest.mark.parametrize("cut_after", [20_000, 300_000, 9_000_000])
def test_a_connection_that_is_cut(sshd: SSHServer, cut_after: int, capfd: pytest.CaptureFixture[str]) -> None:
    with (
        running_proxy(sshd.port, cut_after=cut_after) as proxy,
        reached(alias(sshd, proxy.port)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError) as caught:
            all_of_open(channel)
        assert (
            caught.value.message == f"The connection to web:{proxy.port} was lost in the middle of an answer"
        )
        assert caught.value.exit_code is ExitCode.SOURCE
        assert channel.finish()[0] is None
        with pytest.raises(SourceError, match="lost"):
            channel.send(b"x")
        channel.close()
    assert capfd.readouterr().err == ""


def test_a_connection_that_stalls(sshd: SSHServer) -> None:
    with (
        running_proxy(sshd.port, cut_after=300_000, stall=True) as proxy,
        reached(alias(sshd, proxy.port), Timeouts(silence=0.5)) as transport,
    ):
        channel = transport.run("head -c 50000000 /dev/zero")
        with pytest.raises(SourceError, match=r"fell silent .* for 0\.5 seconds"):
            all_of(channel)


def test_a_program_that_says_nothing(sshd: SSHServer) -> None:
    with reached(sshd.url("/"), Timeouts(silence=0.3)) as transport:
        channel = transport.run("exec cat")
        with pytest.raises(SourceError, match="fell silent"):
            channel.receive(1)
        channel.close()


def test_a_program_that_takes_nothing(sshd: SSHServer) -> None:
    with reached(sshd.url("/"), Timeouts(silence=0.3)) as transport:
        channel = transport.run("exec sleep 60")
        with pytest.raises(SourceError, match="fell silent"):
            channel.send(b"x" * 20_000_000)
        channel.close()


def test_much_on_stderr_does_not_hold_up_stdout(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.run("head -c 40000000 /dev/zero | tr '\\0' e >&2; echo done; echo last >&2")
        assert all_of_open(channel) == b"done\n"
        status, errors = channel.finish()
        channel.close()
    assert status == 0
    assert len(errors) == 4096
    assert errors.endswith(b"elast\n")


def test_error_output_of_a_program_is_not_taken_for_what_ssh_says(sshd: SSHServer) -> None:
    with reached(sshd.url("/")) as transport:
        channel = transport.run("echo 'Host key verification failed.' >&2; echo; exit 255")
        assert all_of_open(channel) == b"\n"
        channel.close()


def test_a_host_that_asks_for_new_keys_amid_a_stream(start_sshd: StartServer) -> None:
    server = start_sshd(options=("RekeyLimit 40M",))
    assert len(answer(server.url("/"), "head -c 100000000 /dev/zero")) == 100_000_000


@pytest.mark.parametrize("shell", ["tcsh", "fish"])
def test_other_login_shells(start_sshd: StartServer, shell: str) -> None:
    program(shell)
    server = start_sshd(force_command=f'{shell} -c "$SSH_ORIGINAL_COMMAND"')
    assert answer(server.url("/"), "exec /bin/sh -c 'echo $((1+1))'").endswith(b"2\n")
