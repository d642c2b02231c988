"""What only our own SSH connection has to show of its channels."""

from pathlib import Path

from tests.support.sshd import SSHServer, StartServer
from tests.support.transports import PARAMIKO, read_all


def test_more_than_512_mib_over_one_connection(sshd: SSHServer) -> None:
    size = 600_000_000
    with PARAMIKO.connected(sshd.url("/")) as transport:
        channel = transport.run(f"head -c {size} /dev/zero")
        received = 0
        while data := channel.receive(1 << 20):
            received += len(data)
        assert received == size
        assert channel.finish() == (0, b"")
        assert channel.bytes_received > size
        assert PARAMIKO.output(sshd.url("/"), "echo in") == b"in\n"


def test_the_server_of_the_tests_can_be_bound_by_file_modes(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(without_root_powers=True, path="/usr/bin:/bin")
    closed = tmp_path / "closed"
    closed.write_text("text")
    closed.chmod(0)
    with PARAMIKO.connected(server.url("/")) as transport:
        channel = transport.run(f"echo $PATH; echo $HOME; cat {closed}")
        assert read_all(channel) == f"/usr/bin:/bin\n{server.home}\n".encode()
        assert channel.finish()[0] == 1
