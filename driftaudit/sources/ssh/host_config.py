"""What the user's ssh configuration says of a host."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import SourceError

DEFAULT_KEYS = ("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa")
_DEFAULT_KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_DEFAULT_GLOBAL_KNOWN_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
_TIMEOUT = 20  # seconds; `Match exec` may run programs of the user's

Options = dict[str, list[str]]
"""Keyword in lower case -> its values, in order."""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The effective configuration. Paths are expanded, `proxy_command` is ready for a shell.

    `connect_timeout` is in seconds. `identity_agent` is a socket's path, "none", or None for SSH_AUTH_SOCK.
    """

    hostname: str
    port: int
    user: str
    identity_files: tuple[Path, ...] = ()
    identities_only: bool = False
    identity_agent: str | None = None
    user_known_hosts: tuple[Path, ...] = ()
    global_known_hosts: tuple[Path, ...] = ()
    proxy_jump: str | None = None
    proxy_command: str | None = None
    host_key_alias: str | None = None
    connect_timeout: float | None = None


def host_config(host: str, port: int | None = None, user: str | None = None) -> HostConfig:
    """Return what `$HOME/.ssh/config` says of `host`; `port` and `user`, where given, win.

    Raises SourceError, naming the file, where the configuration is broken.
    """
    home = Path.home()  # $HOME first; OpenSSH itself asks only the password database
    program = shutil.which("ssh")
    if program:
        options = effective_options(program, home, host, port, user)
    else:
        from driftaudit.sources.ssh.plain_config import plain_options

        options = plain_options(home / ".ssh" / "config", host)
    try:
        return _from_options(options, home, host, port, user)
    except (ValueError, RuntimeError) as error:  # a number that is none, a ~login that is none
        raise _broken(home / ".ssh" / "config", str(error)) from error


def effective_options(program: str, home: Path, host: str, port: int | None, user: str | None) -> Options:
    """Return what the ssh at `program` makes of the configuration in `home`: every keyword that it knows.

    Raises SourceError, naming the file, where the configuration is broken.
    """
    config = home / ".ssh" / "config"
    command = [program, "-G"]
    if home != passwd_home():
        command += ["-F", str(config) if config.exists() else "none"]
    if port:
        command += ["-p", str(port)]
    if user:
        command += ["-l", user]
    try:
        answer = subprocess.run(  # noqa: S603 - the user's own ssh; `--` keeps the host from being an option
            [*command, "--", host],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            f"The ssh configuration of {host} could not be read in {_TIMEOUT} seconds",
            f"Look at the `Match exec` lines of {config}.",
        ) from error
    if answer.returncode:
        raise _broken(config, answer.stderr.decode("utf-8", "replace"))
    options: Options = {}
    for line in os.fsdecode(answer.stdout).splitlines():
        keyword, _space, value = line.partition(" ")
        options.setdefault(keyword, []).append(value)
    return options


def _from_options(options: Options, home: Path, host: str, port: int | None, user: str | None) -> HostConfig:
    def last(keyword: str) -> str | None:
        value = options.get(keyword, [""])[-1]
        return None if value.lower() in ("", "none") else value

    hostname = last("hostname") or host.lower()
    port = port or int(last("port") or 22)
    user = user or last("user") or _login_name()
    tokens = {
        "h": hostname,
        "n": host,
        "p": str(port),
        "r": user,
        "d": str(home),
        "u": _login_name(),
        "%": "%",
    }

    def path(value: str) -> Path:
        return _expanded_path(value, tokens, home)

    def paths(keyword: str, default: tuple[str, ...]) -> tuple[Path, ...]:
        values = [part for value in options.get(keyword, []) for part in _split_paths(value)] or default
        return tuple(path(value) for value in values if value.lower() != "none")

    proxy_jump, proxy_command = last("proxyjump"), last("proxycommand")
    default_keys = [f"~/.ssh/{name}" for name in DEFAULT_KEYS]
    identities = [value for value in options.get("identityfile", default_keys) if value.lower() != "none"]
    timeout = last("connecttimeout")
    return HostConfig(
        hostname=hostname,
        port=port,
        user=user,
        identity_files=tuple(path(value) for value in identities),
        identities_only=last("identitiesonly") in ("yes", "true"),
        identity_agent=_agent(options.get("identityagent", [""])[-1], tokens, home),
        user_known_hosts=paths("userknownhostsfile", _DEFAULT_KNOWN_HOSTS),
        global_known_hosts=paths("globalknownhostsfile", _DEFAULT_GLOBAL_KNOWN_HOSTS),
        proxy_jump=_expanded(proxy_jump, tokens) if proxy_jump else None,
        proxy_command=_expanded(proxy_command, tokens) if proxy_command and not proxy_jump else None,
        host_key_alias=last("hostkeyalias"),
        connect_timeout=float(timeout) if timeout else None,
    )


def _agent(value: str, tokens: dict[str, str], home: Path) -> str | None:
    if value in ("", "SSH_AUTH_SOCK"):
        return None
    if value.lower() == "none":
        return "none"
    if value.startswith("$") and not value.startswith("${"):
        return os.environ.get(value[1:]) or "none"
    return str(_expanded_path(value, tokens, home))


def _expanded_path(value: str, tokens: dict[str, str], home: Path) -> Path:
    value = re.sub(r"\$\{(\w+)}", lambda match: os.environ.get(match[1], ""), value)
    path = Path(_expanded(value, tokens))
    if path.parts[:1] == ("~",):
        return home.joinpath(*path.parts[1:])
    if value.startswith("~"):
        return path.expanduser()
    other = passwd_home()
    if other not in (home, Path("/")) and path.is_relative_to(other):
        # ssh has already put the password database's home where `~` stood
        return home / path.relative_to(other)
    return path


def _expanded(text: str, tokens: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in tokens:
            raise SourceError(
                f"The ssh configuration uses {match[0]} in {text!a}, which is not supported here",
                "Write what it stands for; supported are %h %n %p %r %d %u %%.",
            )
        return tokens[match[1]]

    return re.sub(r"%(.)", value, text)


def _split_paths(value: str) -> list[str]:
    """Split a list of paths that ssh prints unquoted: a part that begins like no path belongs to the last."""
    parts: list[str] = []
    for part in value.split(" "):
        if parts and not part.startswith(("/", "~", "%", "$")):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def _broken(config: Path, stderr: str) -> SourceError:
    lines = [line for line in stderr.splitlines() if "Pseudo-terminal" not in line]
    return SourceError(
        f"The ssh configuration is broken: {lines[0] if lines else config}",
        f"Mend {config}; `ssh -G HOST` shows what ssh makes of it.",
    )


def passwd_home() -> Path:
    """Return the home folder that ssh goes by: the password database's, whatever $HOME says."""
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a container's user without an entry
        return Path.home()


def _login_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return os.environ.get("USER", "root")
