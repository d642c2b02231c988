"""Whether a host is the one that the user knows. Nothing is ever written, and nobody is asked."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import SourceError
from driftaudit.sources.ssh.host_config import HostConfig
from driftaudit.sources.ssh.known_hosts import (
    HostKey,
    Judgement,
    Line,
    Standing,
    judge,
    key_types,
    read_lines,
)

_RSA_ALGORITHMS = ("rsa-sha2-512", "rsa-sha2-256")


@dataclass(frozen=True, slots=True)
class KnownHost:
    """What is known of one host. `names`: as it stands in known_hosts, and without its port."""

    names: tuple[str, ...]
    lines: tuple[Line, ...]
    file: Path | None  # where a new key belongs; None where the configuration names no such file

    @classmethod
    def of(cls, config: HostConfig) -> "KnownHost":
        """Read the user's and the machine's known hosts. `StrictHostKeyChecking no` changes nothing."""
        files = [file for file in config.user_known_hosts if file != Path("/dev/null")]
        return cls(
            names=_names(config),
            lines=read_lines([*files, *config.global_known_hosts]),
            file=files[0] if files else None,
        )

    def preferred(self, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        """Return the host key algorithms with those of known keys first, or a known host may look unknown."""
        known: list[str] = []
        for kind in key_types(self.lines, self.names):
            known += _RSA_ALGORITHMS if kind == "ssh-rsa" else (kind,)
        first = [algorithm for algorithm in known if algorithm in algorithms]
        return tuple(dict.fromkeys([*first, *algorithms]))

    def require(self, key: HostKey) -> None:
        """Return if `key` is known. Raises SourceError where it is unknown, changed or revoked."""
        judgement = judge(self.lines, self.names, key)
        name = self.names[0]
        if judgement.standing is Standing.UNKNOWN:
            raise self._unknown(name, key, judgement)
        if judgement.standing is Standing.REVOKED:
            raise SourceError(
                f"The host key of {name} is revoked ({_shown(key)}, {judgement.lines[0].place})",
                "Do not connect: whoever holds that key can pose as the host. Ask who runs it.",
            )
        if judgement.standing is Standing.CHANGED:
            raise self._changed(name, key, judgement)

    def _unknown(self, name: str, key: HostKey, judgement: Judgement) -> SourceError:
        message = f"The host key of {name} is not known ({_shown(key)})"
        if judgement.authorities:
            place = judgement.authorities[0].place
            message += f"; host certificates (@cert-authority, {place}) are not checked here"
        if self.file is None:
            return SourceError(message, "Name a file in UserKnownHostsFile that the key can be added to.")
        adding = self._adding(name, key)
        return SourceError(message, f"Check the fingerprint with who runs the host, then: {adding}")

    def _changed(self, name: str, key: HostKey, judgement: Judgement) -> SourceError:
        place = judgement.lines[0].place
        file = place.rpartition(":")[0]
        removing = f"ssh-keygen -R {shlex.quote(name)} -f {_shell_path(Path(file))}"
        return SourceError(
            f"The host key of {name} has changed: it is {_shown(key)}, and {place} has another. "
            "This may be an attack",
            "If whoever runs the host confirms the new fingerprint: "
            + removing
            + (f" && {self._adding(name, key)}" if self.file else ""),
        )

    def _adding(self, name: str, key: HostKey) -> str:
        """Return the shell command that makes the key known."""
        file = self.file or Path("~/.ssh/known_hosts")
        line = shlex.quote(f"{name} {key.text}")
        folder = "" if file.parent.is_dir() else f"mkdir -p -m 700 {_shell_path(file.parent)} && "
        # after a last line without its line feed, the new one would be glued to it
        echo = rf"printf '\n%s\n' {line}" if _lacks_line_feed(file) else f"echo {line}"
        return f"{folder}{echo} >> {_shell_path(file)}"


def _names(config: HostConfig) -> tuple[str, ...]:
    if config.host_key_alias:
        return (config.host_key_alias,)
    host = config.hostname.lower()
    return (host,) if config.port == 22 else (f"[{host}]:{config.port}", host)


def _shown(key: HostKey) -> str:
    return f"{key.type} {key.fingerprint}"


def _shell_path(path: Path) -> str:
    home = Path.home()
    if path.is_relative_to(home):
        return "~/" + shlex.quote(str(path.relative_to(home)))
    return shlex.quote(str(path))


def _lacks_line_feed(file: Path) -> bool:
    try:
        content = file.read_bytes()
    except OSError:
        return False
    return bool(content) and not content.endswith(b"\n")
