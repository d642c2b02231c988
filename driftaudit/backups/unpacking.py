"""The commands that unpack a recovered archive where it belongs, with every name quoted for the shell."""

import shlex
from dataclasses import dataclass

_SKIP = "--skip-old-files"  # GNU: what is there is passed over
_KEEP = "-k"  # BusyBox and bsdtar; BusyBox stops at the first that is there


@dataclass(frozen=True, slots=True)
class UnpackPlace:
    """Where an archive is unpacked: a folder of this machine, or one on a host by ssh."""

    root: str
    login: str | None = None  # user@host, or host
    port: int | None = None
    become: str | None = None
    is_absent: bool = False  # the root has to be made first


def unpacking(place: UnpackPlace, archive: str, *, replaces: bool) -> tuple[tuple[str, str], ...]:
    """Return (what it is for, the command). Without `replaces` nothing that is there is touched.

    The archive goes over the connection itself: no copy of it lies on the host. Raises ValueError for a name
    that a command line cannot show.
    """
    if not (place.root + archive).isprintable():
        raise ValueError("a name cannot be shown")
    flags = (("GNU tar", ""),) if replaces else (("GNU tar", f" {_SKIP}"), ("BusyBox or bsdtar", f" {_KEEP}"))
    return tuple((name, _command(place, archive, flag)) for name, flag in flags)


def _command(place: UnpackPlace, archive: str, flag: str) -> str:
    folder = _folder(place.root)
    make = f"mkdir -p {folder} && " if place.is_absent else ""
    sudo = f"sudo -u {shlex.quote(place.become)} " if place.become else ""
    inner = f"{make}cd {folder} && {sudo}tar -xzpf -{flag}"
    if place.login is None:
        return f"({inner}) < {shlex.quote(archive)}"
    port = f" -p {place.port}" if place.port else ""
    return f"ssh{port} {shlex.quote(place.login)} {shlex.quote(inner)} < {shlex.quote(archive)}"


def _folder(root: str) -> str:
    """Return a folder quoted, with the home that it begins with left to the shell."""
    if root == "~":
        return "~"
    if root.startswith("~/"):
        return "~/" + shlex.quote(root[2:])
    quoted = shlex.quote(root)
    return f"./{quoted}" if root.startswith("-") else quoted
