"""What is known of contents: the text of what the script writes, the members of the archives it makes."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import Node

EMPTY = ""
FOLDER = "\0folder"  # is given to what reads a folder: nothing, and a failure
_UNKNOWN = "?"
_SYMBOLIC = "~"  # before the id of a text in which something is not known


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive: its path as it is written there, and what it is."""

    path: str
    node: Node


Members: TypeAlias = tuple[Member, ...]


def blob_id(data: bytes) -> str:
    """Return the id that git gives a content in a repository with SHA-1."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_unknown(content: str) -> bool:
    """Whether a content is a mark of its own, of which nothing is known."""
    return content.startswith(_UNKNOWN)


def _nothing(_content: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Reader:
    """How contents that lie in the trees are read. Each returns None for what it has not got."""

    text: Callable[[str], bytes | None] = _nothing
    archive: Callable[[str], Members | None] = _nothing
    digest: Callable[[bytes], str] = blob_id
    revision: Callable[[str], Members | None] = _nothing  # the files of a revision of the repository here


class Contents:
    """All contents of one simulation, by the id that files have."""

    def __init__(self, reader: Reader | None = None) -> None:
        self._reader = reader or Reader()
        self._texts: dict[str, str | None] = {}
        self._archives: dict[str, Members | None] = {}
        self._before: dict[str, str] = {}  # contents before they were packed
        self._lines: dict[str, tuple[str, ...]] = {}
        self._unsure: set[str] = set()
        self._serials = count(1)

    def of_text(self, text: str) -> str:
        """Return the id of a content whose text is known, but for its symbols."""
        raw = text.encode("utf-8", "surrogateescape")
        found = (_SYMBOLIC if has_symbols(text) else "") + self._reader.digest(raw)
        self._texts[found] = text
        return found

    def of_archive(self, members: Iterable[Member]) -> str:
        """Return the id of an archive of these members."""
        found = self.unknown()
        self._archives[found] = tuple(members)
        return found

    def some_of(self, lines: Iterable[str]) -> str:
        """Return the id of a text that is some of these lines, in whichever order."""
        found = self.unknown()
        self._lines[found] = tuple(lines)
        return found

    def lines(self, content: str) -> tuple[str, ...] | None:
        """Return the lines that a content has none but some of, None where they are not known."""
        return self._lines.get(content)

    def unknown(self, *, unsure: bool = False) -> str:
        """Return the id of a content that is not known; `unsure` if it may be what was there before."""
        found = f"{_UNKNOWN}{next(self._serials)}"
        if unsure:
            self._unsure.add(found)
        return found

    def text(self, content: str) -> str | None:
        """Return the text of a content, None where it is not known."""
        if content not in self._texts:
            raw = self._reader.text(content)
            self._texts[content] = None if raw is None else raw.decode("utf-8", "surrogateescape")
        return self._texts[content]

    def archive(self, content: str) -> Members | None:
        """Return the members of an archive, None where they are not known."""
        if content not in self._archives:
            self._archives[content] = self._reader.archive(content)
        return self._archives[content]

    def revision(self, name: str) -> Members | None:
        """Return the files of a revision, by their paths from the top; None where they are not known."""
        return None if has_symbols(name) else self._reader.revision(name)

    def alias(self, content: str, *, unpacks: bool = False) -> str:
        """Return another id for the same archive: packed again, or under another compression.

        What is unpacked is again the content that it was before it was packed.
        """
        if unpacks and content in self._before:
            return self._before[content]
        members = self.archive(content)
        found = self.unknown() if members is None else self.of_archive(members)
        if not unpacks:
            self._before[found] = content
        return found

    def is_unsure(self, content: str) -> bool:
        """Whether a content may be the same as what it replaced."""
        return content in self._unsure or content.startswith(_SYMBOLIC)

    def joined(self, contents: Iterable[str]) -> str:
        """Return the content of several, one after the other."""
        kept = [content for content in contents if self.text(content) != EMPTY]
        if len(kept) == 1:
            return kept[0]
        texts = [self.text(content) for content in kept]
        known = [text for text in texts if text is not None]
        if len(known) == len(texts):
            return self.of_text("".join(known))
        others = [content for content in kept if self.text(content) is None]
        return self.unknown(unsure=all(content in self._unsure for content in others))
