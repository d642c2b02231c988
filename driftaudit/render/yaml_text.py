"""Texts as YAML, for files that a person is to read and edit."""

import re

from driftaudit.render.printable import is_visible

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@:~+-]*[A-Za-z0-9_./@~+-]|[A-Za-z.]|\.\.?/[A-Za-z0-9_./@~+-]+")
_NOT_TEXT = frozenset(("null", "true", "false"))


def scalar(text: str) -> str:
    """Return a text as YAML: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == " " or is_visible(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
