"""Hosts without Python: a PATH with nothing but shell tools, and a host that is nothing but BusyBox."""

import getpass
import os
import subprocess
from pathlib import Path

from tests.support.programs import program

GNU_TOOLS = ("find", "stat", "cat", "readlink", "date", "dd", "nice", "sha1sum", "sha256sum")


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


def busybox_host(folder: Path, shared: Path) -> str:
    """Make a root file system of BusyBox alone, and return the ForceCommand that runs all commands in it.

    `shared` lies there where it lies here. Nothing else of this machine can be seen, but /dev.
    """
    for name in ("bin", "dev", "etc", "tmp"):
        (folder / name).mkdir(parents=True)
    busybox = Path(program("busybox")).resolve()
    (folder / "bin" / "busybox").write_bytes(busybox.read_bytes())
    (folder / "bin" / "busybox").chmod(0o755)
    applets = subprocess.run([str(busybox), "--list"], check=True, capture_output=True, text=True)
    for name in applets.stdout.split():
        if name != "busybox":
            (folder / "bin" / name).symlink_to("busybox")
    (folder / "etc" / "passwd").write_text(f"{getpass.getuser()}:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n")
    inside = folder / shared.relative_to("/")
    inside.mkdir(parents=True)
    wrapper = folder / "enter"
    wrapper.write_text(
        f"""#!/bin/sh
exec {program("unshare")} --mount {"" if os.getuid() == 0 else "--map-root-user"} /bin/sh -c '
    mount --rbind /dev "$0/dev" && mount --bind "$1" "$0$1" &&
        exec chroot "$0" /bin/busybox sh -c "cd \\"\\$HOME\\" && PATH=/bin \\"\\$@\\"" sh \
/bin/busybox sh -c "$SSH_ORIGINAL_COMMAND"
' '{folder}' '{shared}'
"""
    )
    wrapper.chmod(0o755)
    return str(wrapper)
