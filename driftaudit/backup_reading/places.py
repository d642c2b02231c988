"""Where backups are looked for: words of the configuration and the command line become places."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from driftaudit.config.access import Access
from driftaudit.errors import UsageError
from driftaudit.sources.ssh.address import SSHAddress, looks_like_ssh

LOCAL = "local:"  # in front of a path of this machine
HOST = "host:"  # in front of a path on the target's host
_HERE = ("./", "../")


@dataclass(frozen=True, slots=True)
class BackupPlace:
    """A pattern of paths, such as a shell has, and where it holds: on the host of `address`, or here.

    The root of the address says nothing. `word` is what was written.
    """

    word: str
    pattern: str
    address: SSHAddress | None = None
    access: Access = field(default_factory=Access)

    def at(self, path: str) -> SSHAddress:
        """Return the address of a path on the host."""
        if self.address is None:
            raise ValueError("a place on this machine has no address")
        return replace(self.address, root=path)


@dataclass(frozen=True, slots=True)
class TargetHost:
    """The host of a target: no `address` where the target lies on this machine."""

    address: SSHAddress | None = None
    access: Access = field(default_factory=Access)


def configured_places(words: Iterable[str], host: TargetHost, folder: Path) -> Iterator[BackupPlace]:
    """Yield the places of `backups:`, of which plain paths are ones on the target's host.

    `./x`, `../x` and `local:x` are on this machine, from the configuration's `folder` on.
    """
    for word in words:
        is_here = host.address is None or word.startswith(_HERE)
        yield _marked(word, host, folder) or (
            _here(word, word, folder) if is_here else _there(word, word, host)
        )


def named_places(words: Iterable[str], host: TargetHost, folder: Path) -> Iterator[BackupPlace]:
    """Yield the places that a command line names: plain paths are ones of this machine."""
    for word in words:
        yield _marked(word, host, folder) or _here(word, word, folder)


def _marked(word: str, host: TargetHost, folder: Path) -> BackupPlace | None:
    """Return the place of a word that says where it is, None for a plain path."""
    if word.startswith(LOCAL):
        return _here(word, word.removeprefix(LOCAL), folder)
    if word.startswith(HOST):
        path = word.removeprefix(HOST)
        return _there(word, path, host) if host.address else _here(word, path, folder)
    if looks_like_ssh(word) and not (folder / word).exists():
        address = SSHAddress.parse(word)
        same = host.address and (address.host, address.port) == (host.address.host, host.address.port)
        return BackupPlace(word, _from_home(address.root), address, host.access if same else Access())
    return None


def _here(word: str, path: str, folder: Path) -> BackupPlace:
    _require_path(word, path)
    if path.startswith("~/"):
        return BackupPlace(word, str(Path.home() / path[2:]))
    above = folder.resolve()
    while path.startswith(_HERE):
        first, _slash, path = path.partition("/")
        above = above.parent if first == ".." else above
    return BackupPlace(word, str(above / path))


def _there(word: str, path: str, host: TargetHost) -> BackupPlace:
    _require_path(word, path)
    return BackupPlace(word, _from_home(path), host.address, host.access)


def _from_home(path: str) -> str:
    return path if path.startswith(("/", "~")) else f"~/{path}"


def _require_path(word: str, path: str) -> None:
    if not path or "\0" in path:
        raise UsageError(f"{word!r} names no backup", "Write a path, such as /backups/site-*.tar.gz")
