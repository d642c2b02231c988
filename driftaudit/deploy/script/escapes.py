"""Backslash escapes, as $'…', `echo -e` and `printf` read them."""

import re

_SIMPLE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "E": "\x1b",
}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|0?[0-7]{1,3}|.)", re.DOTALL)


def escapes_read(text: str) -> str:
    """Return a text with its escapes as the characters that they stand for."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    if escape[0] in "xu" and len(escape) > 1:
        code = int(escape[1:], 16)
    elif escape[0] in "01234567":
        code = int(escape, 8) & 0xFF
    elif escape in _SIMPLE:
        return _SIMPLE[escape]
    else:
        return escape if escape in "\\'\"?" else found[0]
    if code < 0x80 or escape[0] == "u":
        return chr(code)
    return bytes([code]).decode("utf-8", "surrogateescape")
