"""What a target is locked by: where it lies, whatever it is called."""

import posixpath
from pathlib import Path

from driftaudit.sources.base import Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.host_config import host_config
from driftaudit.sources.ssh.source import SSHSource


def lock_name(source: Source, real_root: str | None = None) -> str:
    """Return one name for a folder of a host, by the ssh configuration, or of this machine.

    `real_root` is where it really lies, once that is known. The login counts only where the folder lies in
    its home. Two host names that the configuration does not bring together remain two hosts. Raises
    SourceError where the configuration is broken, ValueError for what is no live tree.
    """
    match source:
        case DirectorySource(path=path):
            return str(Path(real_root or path).resolve())
        case SSHSource(address=address):
            host = host_config(address.host, address.port, address.user)
            where = f"{host.hostname.lower()}:{host.port}"
            root = posixpath.normpath(real_root or address.root)
            if root.startswith("/"):
                return f"{where}/{root.lstrip('/')}"
            return f"{host.user}@{where}/{root if root.startswith('~') else f'~/{root}'}"
    raise ValueError("no live tree")
