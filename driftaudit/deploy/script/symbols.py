"""Values that are not known, as characters: a text that holds one is joined, cut and compared like any."""

import re
from dataclasses import dataclass
from enum import Enum, auto

_FIRST = 0xF0000  # a plane for private use: no script has a character of it, or it is refused
_LAST = 0xFFFFD
_SYMBOL = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


class Knowledge(Enum):
    """What is known of a value that is not known."""

    FRESH = (
        auto()
    )  # a time, a commit, a process id: not empty, without a slash, no name that is there already
    OTHERS = auto()  # the names in a folder that nobody saw
    NOTHING = auto()  # it may even be empty


@dataclass(frozen=True, slots=True)
class Symbol:
    """One value that is not known, and how the script calls it."""

    name: str
    knowledge: Knowledge


class Symbols:
    """All symbols of one simulation. A text holds a symbol as one character."""

    def __init__(self) -> None:
        self._all: list[Symbol] = []

    def new(self, name: str, knowledge: Knowledge = Knowledge.NOTHING) -> str:
        """Return the character of a new symbol."""
        if len(self._all) >= _LAST - _FIRST:
            return chr(_FIRST + self._all.index(self._all[-1]))
        self._all.append(Symbol(name, knowledge))
        return chr(_FIRST + len(self._all) - 1)

    def within(self, text: str) -> list[Symbol]:
        """Return the symbols that a text holds."""
        return [self._all[ord(found) - _FIRST] for found in _SYMBOL.findall(text)]

    def unknown(self, text: str) -> Symbol | None:
        """Return the first symbol of which nothing is known, None where each is at least some name."""
        return next((each for each in self.within(text) if each.knowledge is Knowledge.NOTHING), None)

    def may_be_empty(self, text: str) -> bool | None:
        """Whether a text is empty; None where that is not known."""
        if not text:
            return True
        rest = [each for each in self.within(text) if each.knowledge is Knowledge.NOTHING]
        return None if len(rest) == len(text) else False

    def shown(self, text: str) -> str:
        """Return a text for people: a symbol by its name."""
        return _SYMBOL.sub(lambda found: self._all[ord(found[0]) - _FIRST].name, text)


def has_symbols(text: str) -> bool:
    """Whether a text is not wholly known."""
    return _SYMBOL.search(text) is not None
