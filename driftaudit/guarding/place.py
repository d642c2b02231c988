"""Where a target lies, in one form: for records, for receipts, and for its lock."""

import posixpath
from pathlib import Path

from driftaudit.sources.base import Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.host_config import host_config
from driftaudit.sources.ssh.source import SSHSource


def place_of(source: Source) -> str | None:
    """Return where a live tree lies, None for what nothing can be deployed to.

    A link that is the root itself stays one: with releases it leads elsewhere after each deploy.
    """
    match source:
        case SSHSource(address=address):
            return address.url
        case DirectorySource(path=path):
            return str(_named(path))
    return None


def _named(folder: Path) -> Path:
    """Return the path of a folder, or of the link to it, with the links above it followed."""
    path = folder.absolute()
    return path.resolve() if path.name in ("", "..") else path.parent.resolve() / path.name


def lock_name(source: Source, real_root: str | None = None) -> str:
    """Return one name for a folder of a host, by the ssh configuration, or of this machine.

    `real_root` is where it really lies, once that is known. The login counts only where the folder lies in
    its home. Two host names that the configuration does not bring together remain two hosts. Raises
    SourceError where the configuration is broken, ValueError for what is no live tree.
    """
    match source:
        case DirectorySource(path=path):
            return real_root or str(_named(path))
        case SSHSource(address=address):
            host = host_config(address.host, address.port, address.user)
            where = f"{host.hostname.lower()}:{host.port}"
            root = posixpath.normpath(real_root or address.root)
            if root.startswith("/"):
                return f"{where}/{root.lstrip('/')}"
            return f"{host.user}@{where}/{root if root.startswith('~') else f'~/{root}'}"
    raise ValueError("no live tree")
