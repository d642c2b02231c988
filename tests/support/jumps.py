"""What leads to a host by a detour, and who holds the keys on the way."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.programs import program
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually

# what a ProxyCommand does: joins its input and output to a port; it leaves its process id in a file
BRIDGE = """
import os, select, socket, sys
host, port, pid_file = sys.argv[1:]
open(pid_file, "w").write(str(os.getpid()))
stream = socket.create_connection((host, int(port)))
while True:
    for source in select.select([0, stream], [], [])[0]:
        data = os.read(0, 65536) if source == 0 else stream.recv(65536)
        if not data:
            sys.exit()
        stream.sendall(data) if source == 0 else os.write(1, data)
"""


def jumping(first: SSHServer, second: SSHServer, target: SSHServer) -> None:
    """Let `web` be the target, by way of the two others."""
    for name, server, jump in (("a", first, "none"), ("b", second, "none"), ("web", target, "a,b")):
        first.client.configure(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump {jump}\n"
        )


@contextmanager
def running_agent(tmp_path: Path, *keys: Path, confirm: bool = False) -> Iterator[str]:
    """Run an ssh agent with these keys; return its socket."""
    path = str(tmp_path / "agent")
    agent = subprocess.Popen([program("ssh-agent"), "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        eventually(Path(path).exists)
        for key in keys:
            subprocess.run(
                [program("ssh-add"), "-q", *(["-c"] if confirm else []), str(key)],
                env={**os.environ, "SSH_AUTH_SOCK": path},
                check=True,
            )
        yield path
    finally:
        agent.terminate()
        agent.wait(10)
