"""Hosts without Python: a PATH with nothing but shell tools, and a host that is nothing but BusyBox."""

import getpass
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support.programs import program

GNU_TOOLS = ("find", "stat", "cat", "readlink", "date", "dd", "nice", "printf", "tee", "sha1sum", "sha256sum")


def gnu_tools(folder: Path) -> str:
    """Make a folder that holds what the script needs of GNU coreutils and findutils; return it as a PATH."""
    folder.mkdir()
    for name in GNU_TOOLS:
        (folder / name).symlink_to(program(name))
    return str(folder)


def busybox_tools(folder: Path) -> str:
    """Make a folder with every applet of BusyBox, and return it as a PATH."""
    folder.mkdir(parents=True)
    busybox = program("busybox")
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True)
    for name in applets.stdout.split():
        (folder / name).symlink_to(busybox)
    return str(folder)


def busybox_host(folder: Path, shared: Path, mounts: Sequence[str] = ("dev", "proc")) -> str:
    """Make a root file system of BusyBox alone, and return the ForceCommand that runs all commands in it.

    `shared` lies there where it lies here. Nothing else of this machine can be seen, but the mounts.
    """
    for name in ("bin", "dev", "etc", "proc", "tmp"):
        (folder / name).mkdir(parents=True)
    busybox = Path(program("busybox")).resolve()
    (folder / "bin" / "busybox").write_bytes(busybox.read_bytes())
    (folder / "bin" / "busybox").chmod(0o755)
    applets = subprocess.run([str(busybox), "--list"], check=True, capture_output=True, text=True)
    for name in applets.stdout.split():
        if name != "busybox":
            (folder / "bin" / name).symlink_to("busybox")
    (folder / "etc" / "passwd").write_text(f"{getpass.getuser()}:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n")
    place = folder / shared.relative_to("/")
    place.mkdir(parents=True)
    unshare = program("unshare")
    as_root, change_root = "", program("chroot")
    if os.getuid() != 0:  # root by name to make the mounts, and then who we are again
        as_root = "--map-root-user"
        change_root = f"{unshare} --user --map-user={os.getuid()} --map-group={os.getgid()} --root"
    _script(folder / "enter", f"exec {unshare} --mount {as_root} '{folder}/within'")
    _script(
        folder / "within",
        *(f"mount --rbind /{name} '{folder}/{name}' || exit" for name in mounts),
        f"mount --bind '{shared}' '{place}' || exit",
        f"exec {change_root} '{folder}'"
        " /bin/sh -c 'PATH=/bin; export PATH; cd; eval \"$SSH_ORIGINAL_COMMAND\"'",
    )
    return str(folder / "enter")


def _script(path: Path, *lines: str) -> None:
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
