"""Where the links of a live tree lead, followed on paper: by its entries, never on the host."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from driftaudit.model.entry import Entry, Kind
from driftaudit.model.snapshot import SourceFacts

_MOST_LINKS = 40  # followed on one way, as Linux does
_MOST_WAYS = 1000

Parts = tuple[str, ...]

_UNKNOWN: Parts = ("/",)  # a root that no absolute path leads to


class OutOfSightError(Exception):
    """A link leads out of the root, or where it leads was not read."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A place that was reached, as the parts of an absolute path, and what is still to go from there."""

    at: Parts
    rest: Parts
    links: int = 0
    name: str = ""  # what a copy is called in a folder that the way ends at


@dataclass(frozen=True, slots=True)
class LiveTree:
    """A live tree that can be asked for the entry at a path, and for where a link of either tree leads."""

    source: SourceFacts
    entry_at: Callable[[str], Entry | None]
    target_of: Callable[[Entry], str | None] = lambda link: link.link_target


class LiveLinks:
    """Follows links below a root. `coming` are the links that the deploy brings, by path.

    Which of them is there already when another path is written depends on the order in which a program
    copies, so both the live entry and the coming link are followed.
    """

    def __init__(self, live: LiveTree, coming: Mapping[str, Entry]) -> None:
        self._live = live
        self._coming = coming
        named = _named_root(live.source)
        root = live.source.real_root or named
        self._root = _parts(root) if root else _UNKNOWN
        self._named = _parts(named)

    def destinations(self, path: str) -> frozenset[str]:
        """Return the paths under the root that a write to `path` may end at, those without an entry included.

        There is none where every write fails: below a file, or where links go in a circle. At a folder it is
        the place in it that has the name: there a copy of a single file goes. Raises OutOfSightError where a
        write may end outside of the root.
        """
        found: set[str] = set()
        seen: set[_Way] = set()
        ways = [_Way(self._root, _parts(path), name=path.rpartition("/")[2])]
        while ways:
            way = ways.pop()
            if way in seen:
                continue
            seen.add(way)
            if len(seen) > _MOST_WAYS:
                raise OutOfSightError
            ways += self._onward(way, found)
        return frozenset(found)

    def _onward(self, way: _Way, found: set[str]) -> Iterator[_Way]:
        if not way.rest:
            if way.name:
                yield _Way(way.at, (way.name,), way.links)
            return
        part, rest = way.rest[0], way.rest[1:]
        if part == "..":
            yield replace(way, at=way.at[:-1], rest=rest)
            return
        at = (*way.at, part)
        if self._root[: len(at)] == at:
            yield replace(way, at=at, rest=rest)
            return
        if at[: len(self._root)] != self._root:
            raise OutOfSightError
        yield from self._below(replace(way, at=at, rest=rest), found)

    def _below(self, way: _Way, found: set[str]) -> Iterator[_Way]:
        at, rest = way.at, way.rest
        path = "/".join(at[len(self._root) :])
        entry, coming = self._live.entry_at(path), self._coming.get(path)
        for link in (entry, coming):
            if link and link.kind is Kind.SYMLINK and way.links < _MOST_LINKS:
                yield self._followed(link, way)
        if entry is None or entry.pruned or (entry.kind is Kind.FILE and not rest):
            found.add(path)
        elif entry.kind is Kind.DIRECTORY:
            yield way

    def _followed(self, link: Entry, way: _Way) -> _Way:
        text = self._live.target_of(link)
        if not text:
            raise OutOfSightError
        target = _parts(text)
        links, rest = way.links + 1, target + way.rest
        if not text.startswith("/"):
            return replace(way, at=way.at[:-1], rest=rest, links=links)
        for root in (self._root, self._named):
            if root and target[: len(root)] == root:
                return replace(way, at=self._root, rest=rest[len(root) :], links=links)
        return replace(way, at=(), rest=rest, links=links)


def _parts(path: str) -> Parts:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _named_root(source: SourceFacts) -> str:
    """Return the root as the user names it, "" where that is no absolute path."""
    path = unquote(urlsplit(source.url).path, errors="surrogateescape") if "://" in source.url else source.url
    return path if path.startswith("/") and ".." not in path.split("/") else ""
