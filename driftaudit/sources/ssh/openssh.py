"""Hosts by way of the system's own `ssh`: jump hosts, certificates, hardware keys, all of ssh_config.

Each program on the host is one ssh process with a login of its own.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from driftaudit.config.access import Timeouts
from driftaudit.errors import SourceError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.host_config import Options, effective_options, passwd_home
from driftaudit.sources.ssh.openssh_channel import OpenSSHChannel
from driftaudit.sources.ssh.openssh_config import SYSTEM_CONFIG, config_text
from driftaudit.sources.ssh.openssh_keys import require_known
from driftaudit.sources.ssh.openssh_process import SSHProcess
from driftaudit.sources.ssh.openssh_refusal import Attempt, is_about_the_host_key, refusal
from driftaudit.sources.ssh.openssh_stream import OpenSSHStream
from driftaudit.sources.ssh.route import route


class OpenSSHTransport:
    """Implements `Transport`. The login is made with each program that is started.

    `attempt` says as whom and where, as the configuration has it.
    """

    def __init__(self, address: SSHAddress, timeouts: Timeouts) -> None:
        """Read the user's configuration. Raises SourceError where it is broken, or no ssh is installed."""
        self._address = address
        self._timeouts = timeouts
        self._program = _ssh()
        home = Path.home()
        options = effective_options(self._program, home, address.host, address.port, address.user)
        self.attempt = _attempt(address, options, timeouts)
        is_elsewhere = home != passwd_home()  # ssh itself would look for keys and known hosts there
        user_config = home / ".ssh" / "config"
        text = config_text(
            options,
            [user_config] if is_elsewhere else [user_config, SYSTEM_CONFIG],
            route(address) if is_elsewhere else (),
            timeouts.connect,
        )
        self._folder = tempfile.TemporaryDirectory(prefix="driftaudit-", dir=_plain_folder())
        self._config = Path(self._folder.name) / "config"
        self._config.write_bytes(os.fsencode(text))
        self._numbers = count(1)
        self._processes: list[SSHProcess] = []
        self._is_closed = False

    def run(self, command: str) -> OpenSSHChannel:
        """Log in and start `command` under the login shell of the host. Raises SourceError."""
        return self._started(
            (),
            command,
            "starts no program",
            "The login must be allowed to run commands (no sftp-only account, MaxSessions above 0).",
        )

    def subsystem(self, name: str) -> OpenSSHChannel:
        """Log in and start a subsystem of the server. Raises SourceError.

        That there is none of that name is told by the channel, when it is read.
        """
        return self._started(
            ("-s",),
            name,
            f"has no subsystem {name}",
            f"sshd_config on the host needs a line `Subsystem {name} …`, and MaxSessions above 0.",
        )

    def stream(self, host: str, port: int, seconds: float) -> OpenSSHStream:
        """Log in and return a connection from the host to a place. Raises as `Connection` says."""
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        until = time.monotonic() + seconds
        process = self._login(("-W", place), (), "DEBUG2")
        try:
            return OpenSSHStream(process, self.attempt.name, max(1.0, until - time.monotonic()))
        except BaseException:
            process.close()
            raise

    def close(self) -> None:
        """End every ssh. Never raises. May be called while another thread reads, which then sees the end."""
        self._is_closed = True
        for process in self._processes:
            process.end()
        self._folder.cleanup()

    def _started(self, options: Sequence[str], words: str, failing: str, advice: str) -> OpenSSHChannel:
        process = self._login(options, (words,), "VERBOSE")
        return OpenSSHChannel(process, self.attempt.name, self._timeouts.silence, failing, advice)

    def _login(self, options: Sequence[str], words: Sequence[str], level: str) -> SSHProcess:
        """Start an ssh and wait until it is logged in; `level` is how much it logs. Raises SourceError."""
        self._require_open()
        login = ["-p", str(self._address.port)] if self._address.port else []
        login += ["-l", self._address.user] if self._address.user else []
        command = [*self._ssh(), "-T", "-o", f"LogLevel={level}", *options, *login]
        process = SSHProcess(
            [*command, "--", self._address.host, *words], self._config.with_name(f"log-{next(self._numbers)}")
        )
        self._processes.append(process)
        try:
            self._require_open()  # it may have been closed meanwhile, without this process
            self._wait_for_login(process)
        except BaseException:
            process.close()
            raise
        return process

    def _require_open(self) -> None:
        if self._is_closed:
            raise SourceError(f"The connection to {self.attempt.name} has been ended", "Run it again.")

    def _wait_for_login(self, process: SSHProcess) -> None:
        seconds = self.attempt.seconds + self._timeouts.login
        try:
            if process.wait_for_login(seconds):
                return
        except TimeoutError as error:
            raise SourceError(
                f"{self.attempt.name} did not let {self.attempt.user} in within {seconds:g} seconds",
                "Is the host up, and does a key wait to be touched? `ssh -v` to the host shows the steps.",
            ) from error
        told = (process.errors + b"\n" + process.log).decode("utf-8", "replace")
        if is_about_the_host_key(told):
            require_known(self._ssh(), route(self._address), self._config.parent, self.attempt.seconds)
        raise refusal(told, self.attempt)

    def _ssh(self) -> tuple[str, ...]:
        return (self._program, "-F", str(self._config))


def connect(address: SSHAddress, timeouts: Timeouts) -> OpenSSHTransport:
    """Return a way to start programs on the host. Raises SourceError."""
    return OpenSSHTransport(address, timeouts)


def _ssh() -> str:
    program = shutil.which("ssh")
    if program is None:
        raise SourceError(
            "No `ssh` is installed here, and the target asks for it (`transport: openssh`)",
            "Install it (apt-get install openssh-client), or leave `transport` out.",
        )
    return program


def _attempt(address: SSHAddress, options: Options, timeouts: Timeouts) -> Attempt:
    def last(keyword: str, default: str) -> str:
        return options.get(keyword, [default])[-1]

    seconds = last("connecttimeout", "none")
    return Attempt(
        host=address.host,
        user=last("user", address.user or ""),
        port=int(last("port", "22")),
        has_proxy_command=last("proxycommand", "none") != "none" and last("proxyjump", "none") == "none",
        seconds=float(seconds) if seconds.isdecimal() else timeouts.connect,
    )


def _plain_folder() -> str:
    """Return a folder for temporary files whose name ssh can hand on through a shell as it is."""
    folder = tempfile.gettempdir()
    return folder if all(one.isalnum() or one in "/._-+" for one in folder) else "/tmp"  # noqa: S108
