"""What a script for `sed` does besides editing: whether it writes other files, or runs commands."""

import re

_SET = r"\[\^?\]?[^\]]*\]"  # a delimiter in brackets ends nothing
_BETWEEN = re.compile(r"[\s;{}0-9$,~+!IM]+")
_FLAGS = re.compile(r"(?:[gpiImM0-9]|[ew])*")
_ONE = frozenset("dDgGhHnNpPxzF=")
_REST_OF_LINE = frozenset("aicrR:btTqQlLv#")
_LABEL = re.compile(r"[^\n;}]*")
_LINE = re.compile(r"(?:\\.|[^\n\\])*", re.DOTALL)


def sed_writes(script: str) -> bool:
    """Whether a script writes to another file or runs a command; true where that cannot be read."""
    at = 0
    while at < len(script):
        if found := _BETWEEN.match(script, at) or _pattern(script, at):
            at = found.end()
            continue
        command, at = script[at], at + 1
        if command in _REST_OF_LINE:
            at = _after_text(script, command, at)
        elif command in "sy":
            end = _after_parts(script, at)
            flags = _FLAGS.match(script, end) if end is not None else None
            if flags is None or set(flags[0]) & set("ew"):
                return True
            at = flags.end()
        elif command not in _ONE:
            return True  # w, W, e; or what no sed knows, or an unknown value in its place
    return False


def _after_text(script: str, command: str, at: int) -> int:
    """Return where the rest of a line ends: of a label at a semicolon as well."""
    found = (_LABEL if command in "btTqQlL:" else _LINE).match(script, at)
    return found.end() if found else at


def _pattern(script: str, at: int) -> re.Match[str] | None:
    r"""Return the address at a place, `/one/` or `\,one,`."""
    if script[at] == "/":
        return re.compile(_part("/") + "/", re.DOTALL).match(script, at)
    if script[at] == "\\" and at + 1 < len(script):
        delimiter = script[at + 1]
        return re.compile(r"\\" + _part(delimiter) + re.escape(delimiter), re.DOTALL).match(script, at)
    return None


def _after_parts(script: str, at: int) -> int | None:
    """Return where `/one/two/` ends, whatever stands for the slash; None where it does not."""
    delimiter = script[at : at + 1]
    if not delimiter:
        return None
    end = re.escape(delimiter)
    parts = _part(delimiter) + rf"{end}(?:\\.|(?!{end})[^\\])*{end}"
    found = re.compile(parts, re.DOTALL).match(script, at)
    return found.end() if found else None


def _part(delimiter: str) -> str:
    end = re.escape(delimiter)
    return rf"{end}(?:\\.|{_SET}|(?!{end})[^\\\[])*"
