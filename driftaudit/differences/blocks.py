"""Values that go on in the lines after the one that they begin in."""

import re
from dataclasses import dataclass
from typing import Protocol

_QUOTES = "\"'`"
# The last may stay open. Not possessive: before 3.11.5 Python repeats alternatives wrongly so.
_QUOTED = re.compile("(?s)" + "|".join(rf"{q}[^{q}\\]*(?:\\.[^{q}\\]*)*(?:({q})|\\?\Z)" for q in _QUOTES))
_LONG_QUOTES = ('"""', "'''", "```")
_BLOCK_SCALAR = re.compile(r"\s*(?:[&!]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?")
_GOES_ON = ("\\", "+", ".", "||", "&&", "??", "=>", "=", ":", "(", ",", "|", "|-", ">", ">-")
_OPENING, _CLOSING = "([{", ")]}"


class Block(Protocol):
    """A value that goes on."""

    def covers(self, line: str) -> bool:
        """Whether the next line belongs to it. Is asked line by line, until it says no."""
        ...


@dataclass
class Until:
    """All up to the line that has a closing mark, that line too, and what is quoted from there on."""

    mark: str
    over: bool = False

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self.over:
            return False
        _inside, closed, rest = line.replace("\\" + self.mark, "").partition(self.mark)
        if closed:
            following = _unquoted(rest)[1] if self.mark in _QUOTES else ""
            self.mark, self.over = following, not following
        return True


@dataclass
class Nested:
    """What lies in brackets that are open, and all that is indented more than their line."""

    indent: int
    depth: int
    quote: str = ""  # that is open at the end of the line before

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self.depth <= 0 and not self.quote and line.strip() and indent_of(line) <= self.indent:
            return False
        if self.quote:
            _inside, closed, line = line.replace("\\" + self.quote, "").partition(self.quote)
            if not closed:
                return True
        depth, self.quote = _nesting(line)
        self.depth += depth
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


class Next:
    """The next line that is not blank, and all that belongs to the value that begins in it."""

    def __init__(self, *, is_code: bool) -> None:
        self._is_code = is_code
        self._begun = False
        self._rest: list[Block] = []

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the value."""
        if self._begun:
            self._rest = [block for block in self._rest if block.covers(line)]
            return bool(self._rest)
        if line.strip():
            self._begun = True
            value = line.strip().removeprefix("- ")
            self._rest = blocks_after(value, indent_of(line), is_code=self._is_code)
        return True


class Everything:
    """All the rest."""

    def covers(self, line: str) -> bool:  # noqa: ARG002 - whatever it is
        """Whether the line belongs to it."""
        return True


class Section:
    """All up to the next header of an INI or TOML file."""

    def covers(self, line: str) -> bool:
        """Whether the line belongs to the section."""
        return not line.lstrip().startswith("[")


def indent_of(line: str) -> int:
    """Return how far a line is indented; the dash of a list item counts as blank."""
    return len(line) - len(line.lstrip(" \t"))


def blocks_after(value: str, indent: int, *, is_code: bool) -> list[Block]:
    """Return what may belong to a value in the lines after its own, of which it has the end."""
    rest = value.strip()
    bare, open_quote = _unquoted(rest)
    depth, _quote = _nesting(rest)
    blocks: list[Block] = [] if is_code else [Indented(indent)]
    long = next((mark for mark in _LONG_QUOTES if rest.count(mark) % 2), None)
    if long or open_quote:
        blocks.append(Until(long or open_quote))
    if depth > 0:
        blocks.append(Nested(indent, depth, open_quote))
    elif not rest or _BLOCK_SCALAR.fullmatch(rest):
        blocks.append(Indented(indent, items=True))
        blocks += [Continued()] if is_code else []
    elif bare.endswith(_GOES_ON) and not bare.endswith(","):
        blocks += [Continued(), Indented(indent)]
    return blocks


def _nesting(text: str) -> tuple[int, str]:
    """Return how many brackets a text opens more than it closes, and the quote that is open at its end."""
    bare, open_quote = _unquoted(text)
    opened = sum(bare.count(mark) for mark in _OPENING)
    return opened - sum(bare.count(mark) for mark in _CLOSING), open_quote


def _unquoted(text: str) -> tuple[str, str]:
    """Return the text without what is quoted, and the quote that is open at its end, or ""."""
    found = [match for match in _QUOTED.finditer(text) if not match.lastindex]
    mark = found[0][0][0] if found else ""
    is_apostrophe = mark == "'" and text[: found[0].start()][-1:].isalnum()
    return _QUOTED.sub("", text), "" if is_apostrophe else mark
