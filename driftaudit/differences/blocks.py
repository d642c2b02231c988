"""Values that go on in the lines after the one that they begin in."""

import re
from dataclasses import dataclass
from typing import Protocol

_QUOTED = re.compile(r"""(?s)(["'`])(?:\\.|(?!\1)[^\\])*+(?:(\1)|\\?\Z)""")  # the last may stay open
_LONG_QUOTES = ('"""', "'''", "```")
_BLOCK_SCALAR = re.compile(r"\s*(?:[&!]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?")
_GOES_ON = ("\\", "+", ".", "||", "&&", "??", "=>", "=", ":", "(", ",")
_OPENING, _CLOSING = "([{", ")]}"


class Block(Protocol):
    """A value that goes on."""

    def covers(self, line: str) -> bool:
        """Whether the next line belongs to it. Is asked line by line, until it says no."""
        ...


@dataclass
class Until:
    """All up to the line that has a closing mark, that line too."""

    mark: str
    over: bool = False

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self.over:
            return False
        self.over = self.mark in line.replace("\\" + self.mark, "")
        return True


@dataclass
class Nested:
    """What lies in brackets that are open, and all that is indented more than their line."""

    indent: int
    depth: int

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self.depth <= 0 and line.strip() and indent_of(line) <= self.indent:
            return False
        self.depth += _depth(line)
        return True


@dataclass
class Indented:
    """All that is indented more; with `items` list items of the same indentation too, and the next line."""

    indent: int
    items: bool = False

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if not line.strip():
            return True
        depth = indent_of(line)
        return depth > self.indent or (self.items and depth == self.indent and line.lstrip()[:1] in "-\"'`")


@dataclass
class Continued:
    """The next line, and those after it for as long as a line says that it goes on, or a blank one comes."""

    over: bool = False

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self.over:
            return False
        text = line.rstrip()
        self.over = bool(text) and not text.endswith(_GOES_ON)
        return True


@dataclass
class Either:
    """What one of two blocks covers."""

    one: Block
    other: Block

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        answers = self.one.covers(line), self.other.covers(line)
        return any(answers)


class Section:
    """All up to the next header of an INI or TOML file."""

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the section."""
        return not line.lstrip().startswith("[")


def indent_of(line: str) -> int:
    """Return how far a line is indented; the dash of a list item counts as blank."""
    return len(line) - len(line.lstrip(" \t"))


def block_after(value: str, indent: int, *, is_code: bool) -> Block | None:
    """Return what belongs to a value in the lines after its own, of which it has the end."""
    rest = value.strip()
    long = next((mark for mark in _LONG_QUOTES if rest.count(mark) % 2), None)
    if long:
        return Until(long)
    bare, open_quote = _unquoted(rest)
    if open_quote and not bare.strip("=>:([{, fbru"):
        return Until(open_quote)
    if _depth(rest) > 0:
        return Nested(indent, _depth(rest))
    if not rest or _BLOCK_SCALAR.fullmatch(rest):
        return Either(Indented(indent, items=True), Continued()) if is_code else Indented(indent, items=True)
    if bare.endswith(_GOES_ON) and not bare.endswith(","):
        return Either(Continued(), Indented(indent))
    return None if is_code else Indented(indent)


def _depth(text: str) -> int:
    bare, _open_quote = _unquoted(text)
    return sum(bare.count(mark) for mark in _OPENING) - sum(bare.count(mark) for mark in _CLOSING)


def _unquoted(text: str) -> tuple[str, str]:
    """Return the text without what is quoted, and the quote that is open at its end, or ""."""
    found = [match for match in _QUOTED.finditer(text) if not match[2]]
    return _QUOTED.sub("", text), found[-1][1] if found else ""
