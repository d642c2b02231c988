r"""Names and lines of files made fit for a patch, and for the eye.

In a patch all stays as it is but what could act on a terminal or deceive: control characters other than a tab
and a carriage return at the end, and those that turn the reading direction. In a terminal all that does not
show is written as `printable` writes it, tabs aside.
"""

import re

from driftaudit.render.printable import is_visible, printable

_SUSPECT = re.compile(r"[^\t -~]")
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\udc80-\udc9f]"
)
_NOT_IN_NAME = re.compile(rb'[\x00-\x1f\x7f"\\]')
_SHORT = {b"\n": "\\n", b"\t": "\\t", b'"': '\\"', b"\\": "\\\\"}


def for_the_eye(text: str) -> list[tuple[str, bool]]:
    """Return a line in pieces; what is true of a piece is that it stands for something that does not show."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _SUSPECT.finditer(text):
        if not is_visible(match[0]):
            pieces += [(text[at : match.start()], False), (printable(f"x{match[0]}")[1:], True)]
            at = match.end()
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]


def visible(text: str) -> str:
    """Return a line in which nothing is hidden; a backslash stays one."""
    return "".join(piece for piece, _is_escape in for_the_eye(text))


def is_exact(text: str) -> bool:
    """Whether a patch can hold the line as it is."""
    return not _HARMFUL.search(text.removesuffix("\r"))


def for_a_patch(text: str) -> str:
    """Return the line with what could do harm as visible escapes."""
    body = text.removesuffix("\r")
    return _HARMFUL.sub(lambda match: printable(f"x{match[0]}")[1:], body) + text[len(body) :]


def quoted(name: str) -> str:
    """Return a name as git writes it in a patch: in quotes, with octal escapes, where it is no plain text."""
    raw = name.encode("utf-8", "surrogateescape")
    plain = not _NOT_IN_NAME.search(raw) and all(map(is_visible, name.replace(" ", "")))
    if plain:
        return name
    return '"' + "".join(_escaped(raw[at : at + 1]) for at in range(len(raw))) + '"'


def _escaped(byte: bytes) -> str:
    if byte in _SHORT:
        return _SHORT[byte]
    return byte.decode("ascii") if b" " <= byte <= b"~" else f"\\{byte[0]:03o}"
