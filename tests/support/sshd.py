"""A real OpenSSH server on loopback, for the length of a test, and the home folder of its client."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.support.programs import program

START_TIMEOUT = 20  # seconds
SESSIONS_END_TIMEOUT = 3  # seconds
_POWERS = "-dac_override,-dac_read_search"


@dataclass
class ClientHome:
    """A home folder with `.ssh`: what $HOME points to during the test."""

    path: Path

    @property
    def ssh(self) -> Path:
        return self.path / ".ssh"

    @property
    def known_hosts(self) -> Path:
        return self.ssh / "known_hosts"

    @property
    def config(self) -> Path:
        return self.ssh / "config"

    def configure(self, text: str) -> None:
        """Add lines to ~/.ssh/config."""
        with self.config.open("a") as file:
            file.write(text + "\n")
        self.config.chmod(0o600)


@dataclass
class SSHServer:
    """A running sshd. `user` may log in with the key in the client's home. `home` is the session's $HOME."""

    port: int
    user: str
    folder: Path
    home: Path
    host_key: str  # type and base64
    client: ClientHome
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """As it stands in known_hosts."""
        return f"[127.0.0.1]:{self.port}"

    @property
    def known_hosts_line(self) -> str:
        return f"{self.name} {self.host_key}\n"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self, root: str | Path, user: str | None = None) -> str:
        return f"ssh://{user or self.user}@127.0.0.1:{self.port}{root}"

    def stop(self) -> None:
        # sessions that outlive it would stay as zombies where nothing adopts them
        deadline = time.monotonic() + SESSIONS_END_TIMEOUT
        while _has_children(self.process.pid) and time.monotonic() < deadline:
            time.sleep(0.005)  # the pause of this poll
        self.process.terminate()
        self.process.wait(10)


StartServer = Callable[..., SSHServer]


def make_key(path: Path, *, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair at `path` and `path`.pub."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public_key(path: Path) -> str:
    """Return type and base64 of the key pair at `path`."""
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


def make_client_home(path: Path, key: Path) -> ClientHome:
    """Make a home folder that holds `key` as its only identity."""
    home = ClientHome(path)
    home.ssh.mkdir(parents=True, mode=0o700)
    for suffix in ("", ".pub"):
        shutil.copy2(f"{key}{suffix}", home.ssh / f"id_ed25519{suffix}")
    return home


@contextmanager
def running_sshd(
    folder: Path,
    client: ClientHome,
    host_key: Path,
    *,
    force_command: str | None = None,
    without_root_powers: bool = False,
    path: str | None = None,
    known: bool = True,
    options: tuple[str, ...] = (),
    sftp: str | None = "internal-sftp",
) -> Iterator[SSHServer]:
    """Run an sshd that lets the client's key in as the user that runs the tests.

    `force_command` runs in place of every command, which it finds in $SSH_ORIGINAL_COMMAND.
    `without_root_powers`: file modes bind even root. `path` is the session's PATH. `known` adds the
    host key to the client's known_hosts. `options` are more lines for sshd_config; the first value of
    an option is what counts, and these come first. `sftp` is the command of that subsystem, None for none.
    """
    folder.mkdir(parents=True)
    home = folder / "home"
    home.mkdir()
    (folder / "authorized_keys").write_text(public_key(client.ssh / "id_ed25519") + "\n")
    # a session home of its own: the real one's .bashrc would decide on PATH and on the time a test takes
    environment = f"SetEnv HOME={home}" + (f" PATH={path}" if path is not None else "")
    lines = [*options, environment, *_base_options(folder, host_key)]
    if sftp:
        lines.append(f"Subsystem sftp {sftp}")
    if force_command:
        lines.append(f"ForceCommand {force_command}")
    process, port = _start(folder, lines, without_root_powers=without_root_powers)
    server = SSHServer(port, getpass.getuser(), folder, home, public_key(host_key), client, process)
    if known:
        with client.known_hosts.open("a") as file:
            file.write(server.known_hosts_line)
    try:
        yield server
    finally:
        server.stop()


def _base_options(folder: Path, host_key: Path) -> list[str]:
    options = [
        "ListenAddress 127.0.0.1",
        f"HostKey {host_key}",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        f"PidFile {folder}/pid",
        "UsePAM no",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin yes",
        "MaxStartups 100",
        "MaxSessions 100",
        "LogLevel VERBOSE",
        "PrintMotd no",
    ]
    if _understands("PerSourcePenalties no"):  # OpenSSH 9.8: else refused keys lock 127.0.0.1 out
        options.append("PerSourcePenalties no")
    return options


def _start(
    folder: Path, lines: list[str], *, without_root_powers: bool
) -> tuple[subprocess.Popen[bytes], int]:
    """Start sshd on a free port. Another program may take the port in between: then on the next one."""
    prefix = []
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # made at boot elsewhere; sshd demands it
        if without_root_powers:
            prefix = [program("setpriv"), f"--bounding-set={_POWERS}", f"--inh-caps={_POWERS}"]
    config = folder / "sshd_config"
    for _attempt in range(5):
        port = free_port()
        config.write_text("\n".join([f"Port {port}", *lines]) + "\n")
        process = subprocess.Popen(
            [*prefix, program("sshd"), "-D", "-f", str(config), "-E", str(folder / "log")]
        )
        if _answers(port, process):
            return process, port
        process.kill()
        process.wait()
        if "in use" not in (folder / "log").read_text():
            break
    pytest.fail(f"sshd does not start: {(folder / 'log').read_text()}")


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Poll until sshd says its banner, ends, or is too slow."""
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START_TIMEOUT) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            time.sleep(0.01)  # the pause of this poll
    return False


def _has_children(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text())
    except OSError:  # not Linux, or ended
        return False


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@cache
def _understands(option: str) -> bool:
    command = [program("sshd"), "-T", "-f", "/dev/null", "-h", "/dev/null", "-o", option]
    answer = subprocess.run(command, capture_output=True, text=True)
    return "Bad configuration option" not in answer.stderr
