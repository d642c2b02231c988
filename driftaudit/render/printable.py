r"""Names from a host made fit to be shown.

A name can hold anything but NUL: terminal commands, newlines, characters that turn the reading
direction, bytes that are no text. What does not show as itself is written as a visible escape, in
Python's notation: `\n`, `\x1b`, `\u202e`. A byte that is not UTF-8 is `\x80` to `\xff`, and so the
characters U+0080 to U+00FF that need one are written `\u0080`. A backslash is always doubled and a
space at either end is `\x20`: two names never look the same because of the escapes.
"""

import re

_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Letters and marks to Unicode, and so "printable" to Python, though nothing shows.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SUSPECT = re.compile(r"\A | \Z|[^ !-\[\]-~]")


def is_visible(character: str) -> bool:
    """Whether a character shows as itself: no control, no format, no blank but the plain space."""
    return character.isprintable() and not _BLANK.match(character)


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that it could not decode
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if is_visible(character):
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str) -> str:
    """Return `text` on one line with nothing hidden in it; distinct texts stay distinct."""
    return _SUSPECT.sub(_shown, text)


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters: its beginning and its end."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half + 1 :]}"
