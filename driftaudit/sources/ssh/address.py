"""The addresses of trees on SSH hosts: `ssh://user@host:port/root`, `user@host:/root`, `host:app`."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote

from driftaudit.errors import UsageError

FORMS = "Write ssh://user@host:port/root, user@host:/root, or host:~/folder."

# What a shell would act on: ssh hands names to ProxyCommand and to `Match exec`, which shells run.
_UNFIT_IN_HOST = frozenset("'`\"$\\;&<>|(){}[]@/*?!#, ")
_UNFIT_IN_USER = frozenset("'`\"$;&<>|(){}/ ")
_OTHER_SCHEMES = ("git:", "worktree:")


@dataclass(frozen=True, slots=True)
class SSHAddress:
    """Where a tree is. `root` is absolute, or relative to the login's home (`~/app`, `app`).

    `host` may be an alias of the ssh configuration, which also supplies what is None here.
    """

    host: str
    port: int | None
    user: str | None
    root: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that `text` names. Raises UsageError; its message never holds a password."""
        user, host, port, root = _split_url(text) if text.startswith("ssh://") else _split_short(text)
        if not root:
            raise UsageError(f"{host} names a host and no folder", FORMS)
        if _has_control_characters(root):
            raise UsageError("a folder name with control characters cannot be asked for", FORMS)
        return cls(checked_host(host), _checked_port(port), checked_user(user), root)

    @property
    def url(self) -> str:
        """The address in one form, fit to be shown and to be parsed again."""
        host = f"[{self.host.replace('%', '%25')}]" if ":" in self.host else self.host
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        root = self.root if self.root.startswith(("/", "~")) else f"~/{self.root}"
        path = quote(root.encode("utf-8", "surrogateescape"), safe="/~@:+,=")
        return f"ssh://{user}{host}{port}{'' if path.startswith('/') else '/'}{path}"


def looks_like_ssh(text: str) -> bool:
    """Tell whether `text` is meant as a place on a host: as with scp, a colon before the first slash."""
    if text.startswith("ssh://"):
        return True
    if "://" in text or text.startswith(_OTHER_SCHEMES):
        return False
    if re.match(r"[^/\[]*\[[^]/]*]:", text):
        return True
    head, colon, _rest = text.partition(":")
    return bool(colon) and bool(head) and "/" not in head


def split_authority(authority: str) -> tuple[str | None, str, str | None]:
    """Split `user@host:port` into user, host and port, unchecked; IPv6 stands in brackets, others may.

    Raises UsageError where it holds a password, or no IPv6 address where one stands.
    """
    login, at, place = authority.rpartition("@")
    if ":" in login:
        raise _password_refused(place)
    bracketed = re.fullmatch(r"\[([^]]*)](?::(.*))?", place)
    if bracketed:
        host, port = bracketed[1].replace("%25", "%"), bracketed[2]  # the scope of fe80::1%eth0
        if ":" in host and not _is_ipv6(host):
            raise UsageError("brackets in an address hold an IPv6 address", FORMS)
    else:
        host, colon, rest = place.partition(":")
        port = rest if colon else None
    return unquote(login) if at else None, host, port


def checked_host(host: str) -> str:
    """Return `host`, or raise UsageError where it is empty, an option, or nothing that names a host."""
    if not host:
        raise UsageError("the address names no host", FORMS)
    if host.startswith("-"):
        raise UsageError(f"a host name cannot begin with '-': {_shown(host)}", FORMS)
    if _has_control_characters(host) or _UNFIT_IN_HOST & set(host) or ("%" in host and ":" not in host):
        raise UsageError(f"{_shown(host)} is no host name", FORMS)
    return host


def checked_user(user: str | None) -> str | None:
    """Return `user`, or raise UsageError where it is empty, an option, or nothing that names a login."""
    if user is None:
        return None
    if not user or user.startswith("-") or user.endswith("\\"):
        raise UsageError(f"{_shown(user)} is no user name", FORMS)
    if _has_control_characters(user) or _UNFIT_IN_USER & set(user):
        raise UsageError(f"{_shown(user)} is no user name", FORMS)
    return user


def _split_url(text: str) -> tuple[str | None, str, str | None, str]:
    authority, slash, path = text.removeprefix("ssh://").partition("/")
    user, host, port = split_authority(authority)
    root = unquote(slash + path, errors="surrogateescape")
    return user, host, port, root[1:] if root.startswith("/~") else root


def _split_short(text: str) -> tuple[str | None, str, None, str]:
    match = re.fullmatch(r"([^/\[:]*\[[^]/]*]|[^/:]*):(.*)", text, re.DOTALL)
    if match is None:
        raise UsageError("this names no place on a host", FORMS)
    authority, root = match[1], match[2]
    if "@" not in authority and "@" in root.partition("/")[0]:
        raise _password_refused(root.partition("@")[2].partition(":")[0])
    user, host, _port = split_authority(authority)
    port = re.match(r"(\d+)/", root)
    if port:
        raise UsageError(
            f"{host}:{root} would be a folder named {port[1]} in the home folder",
            f"For port {port[1]} write ssh://{authority}:{root}, for the folder {host}:./{root}.",
        )
    return user, host, None, root


def _checked_port(port: str | None) -> int | None:
    if port is None:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise UsageError(f"{_shown(port)} is no port", "A port is a number from 1 to 65535.")
    return int(port)


def _password_refused(host: str) -> UsageError:
    return UsageError(
        f"the address of {_shown(host)} holds a password, which is not used",
        "Passwords in addresses end up in logs: use a key, or an agent (ssh-add).",
    )


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _has_control_characters(text: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in text)


def _shown(text: str) -> str:
    return ascii(text)
