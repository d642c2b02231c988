"""What only the system's ssh has to show of its channels."""

import os
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from tests.support.processes import children
from tests.support.sshd import SSHServer
from tests.support.transports import OPENSSH, read_all
from tests.support.waiting import eventually


def test_an_end_that_ssh_does_not_tell_from_its_own(sshd: SSHServer) -> None:
    with OPENSSH.connected(sshd.url("/")) as transport:
        channel = transport.run("echo some; exit 255")
        assert channel.receive(10) == b"some\n"
        assert channel.receive(10) == b""
        assert channel.finish() == (None, b"")
        channel.close()


def test_closing_ends_ssh(sshd: SSHServer) -> None:
    before = children(os.getpid())
    with OPENSSH.connected(sshd.url("/")) as transport:
        channel = transport.run("exec cat /dev/zero")
        assert children(os.getpid()) != before
        channel.close()
        assert children(os.getpid()) == before
        with pytest.raises(SourceError):
            channel.receive(1)
        with pytest.raises(SourceError):
            channel.send(b"x")


def test_closing_the_connection_ends_all(sshd: SSHServer) -> None:
    before, files = children(os.getpid()), len(list(Path("/proc/self/fd").iterdir()))
    with OPENSSH.connected(sshd.url("/")) as transport:
        channels = [transport.run("exec cat /dev/zero") for _number in range(2)]
        assert len(children(os.getpid())) == len(before) + 2
    assert children(os.getpid()) == before
    for channel in channels:
        with pytest.raises(SourceError, match="lost"):
            read_all(channel)
        channel.close()
    with pytest.raises(SourceError, match="has been ended"):
        transport.run("true")
    assert len(list(Path("/proc/self/fd").iterdir())) == files
    eventually(lambda: not children(sshd.process.pid))


def test_error_output_of_a_program_is_not_taken_for_what_ssh_says(sshd: SSHServer) -> None:
    with OPENSSH.connected(sshd.url("/")) as transport:
        channel = transport.run("echo 'Host key verification failed.' >&2; echo; exit 255")
        assert read_all(channel) == b"\n"
        channel.close()
