"""The known_hosts files of OpenSSH, read line by line so that one bad line spoils nothing."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_MARKERS = ("@revoked", "@cert-authority")


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key of a host: its type (`ssh-ed25519`, `ssh-rsa`, …) and its blob as on the wire."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -lf` prints it, beginning with `SHA256:`."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest())
        return f"SHA256:{digest.decode().rstrip('=')}"

    @property
    def text(self) -> str:
        """As it stands in a known_hosts line."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that can be understood; `place` is file:line."""

    place: str
    marker: str
    patterns: str
    key: HostKey

    def names(self, name: str) -> bool:
        """Tell whether the line is about `name`: a host, or `[host]:port`."""
        if self.patterns.startswith("|"):
            return _hashed_as(self.patterns, name)
        found = False
        for pattern in self.patterns.lower().split(","):
            if _matches(pattern.removeprefix("!"), name.lower()):
                if pattern.startswith("!"):
                    return False
                found = True
        return found


class Standing(StrEnum):
    """What known_hosts says of a key."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The standing of a key, and the lines that decide it. `authorities`: lines for host certificates."""

    standing: Standing
    lines: tuple[Line, ...] = ()
    authorities: tuple[Line, ...] = ()


def read_lines(files: Iterable[Path]) -> tuple[Line, ...]:
    """Return the lines of all files in order. Absent and unreadable files have none; garbage is skipped."""
    return tuple(line for file in files for line in _lines_of(file))


def judge(lines: Iterable[Line], names: tuple[str, ...], key: HostKey) -> Judgement:
    """Say how `key` stands for a host that goes by `names`.

    Only the first name can make it changed: OpenSSH looks a `[host]:port` up without its port as well,
    but only to find the very key.
    """
    lines = tuple(lines)
    about = [line for line in lines if any(line.names(name) for name in names)]
    revoked = tuple(line for line in about if line.marker == "@revoked" and line.key == key)
    if revoked:
        return Judgement(Standing.REVOKED, revoked)
    plain = [line for line in about if not line.marker]
    same = tuple(line for line in plain if line.key == key)
    if same:
        return Judgement(Standing.KNOWN, same)
    others = tuple(line for line in plain if line.key.type == key.type and line.names(names[0]))
    if others:
        return Judgement(Standing.CHANGED, others)
    authorities = tuple(line for line in about if line.marker == "@cert-authority")
    return Judgement(Standing.UNKNOWN, authorities=authorities)


def key_types(lines: Iterable[Line], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the types of the keys known for `names`, those of the first name first."""
    plain = [line for line in lines if not line.marker]
    return tuple(dict.fromkeys(line.key.type for name in names for line in plain if line.names(name)))


def _lines_of(file: Path) -> Iterator[Line]:
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return
    for number, raw in enumerate(text.split("\n"), 1):
        fields = raw.split()
        marker = fields.pop(0) if fields and fields[0] in _MARKERS else ""
        if len(fields) < 3 or fields[0].startswith(("#", "@")):
            continue
        try:
            blob = base64.b64decode(fields[2], validate=True)
        except (binascii.Error, ValueError):
            continue
        if _type_of(blob) == fields[1]:
            yield Line(f"{file}:{number}", marker, fields[0], HostKey(fields[1], blob))


def _type_of(blob: bytes) -> str:
    """Return the type that a key's blob begins with (RFC 4253, 6.6), or nothing."""
    length = int.from_bytes(blob[:4], "big")
    return blob[4 : 4 + length].decode("ascii", "replace") if 0 < length < 64 else ""


def _hashed_as(pattern: str, name: str) -> bool:
    """Tell whether `|1|salt|hash` is the HMAC-SHA1 of `name`."""
    try:
        _empty, version, salt, digest = pattern.split("|")
        expected = base64.b64decode(digest)
        found = hmac.digest(base64.b64decode(salt), name.lower().encode(), "sha1")
    except ValueError:  # binascii.Error is one
        return False
    return version == "1" and hmac.compare_digest(found, expected)


def _matches(pattern: str, name: str) -> bool:
    """Match `*` and `?` only: brackets, which mean a port here, are themselves."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, name) is not None
