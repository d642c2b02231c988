"""`.env`: NAME=value, a line each, as shells and the dotenv libraries agree on."""

import re

from driftaudit.differences.formats.base import NotReadError, Value, put

_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*")
_QUOTED = re.compile(r"""(?s)"([^"\\]*(?:\\.[^"\\]*)*)"|'([^']*)'|`([^`]*)`""")
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_COMMENT = re.compile(r"[ \t]#")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?\r?\n|[ \t]*(?:#[^\n]*)?\r?\Z")


def read(text: str) -> Value:
    """Return the values by name; variables in them are not filled in. Raises NotReadError."""
    found: dict[str, Value] = {}
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        name = _NAME.match(text, at)
        if not name:
            raise _error(text, at, "no NAME=value")
        value, at = _value(text, name.end())
        put(found, name[1], value)
    return found


def _value(text: str, at: int) -> tuple[str, int]:
    quoted = _QUOTED.match(text, at)
    if quoted:
        rest = _REST.match(text, quoted.end())
        if rest:
            return next((part for part in quoted.groups() if part is not None), ""), rest.end()
    elif text[at : at + 1] in ("'", '"', "`"):
        raise _error(text, at, "a quote is not closed")
    end = text.find("\n", at) + 1 or len(text)
    line = text[at:end]
    comment = _COMMENT.search(" " + line)
    return (line[: max(comment.start() - 1, 0)] if comment else line).strip(), end


def _error(text: str, at: int, what: str) -> NotReadError:
    line = text.count("\n", 0, at) + 1
    return NotReadError(f"line {line}: {what}")
