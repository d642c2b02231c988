"""What the last scan of a place saw, folder by folder, kept on this side for the next one."""

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from driftaudit.sources.base import ScanRequest

_KIND = "scan"
_VERSION = "1"  # of what is kept, and of what the program makes a state of
_STATE = 16  # bytes


class Facts(NamedTuple):
    """What lies directly in a folder: entries, bytes of the files, and how many files have a digest."""

    entries: int
    bytes: int
    hashed: int


class KeptFolder(NamedTuple):
    """A folder as it was seen. `state` is the program's digest of the state of all that lies in it.

    `rows` is JSON, in the program's form; empty where the folder was the one of git's tree `tree`.
    """

    state: bytes
    facts: Facts
    tree: str = ""
    rows: bytes = b""


@dataclass(frozen=True, slots=True)
class Memory:
    """The folders that were seen whole, by path. `kept_at` is the host's time in nanoseconds."""

    folders: Mapping[str, KeptFolder] = field(default_factory=dict)
    owners: Mapping[int, str] = field(default_factory=dict)
    kept_at: int | None = None

    @property
    def entries(self) -> int | None:
        """How many entries there were, None where nothing is known."""
        return sum(kept.facts.entries for kept in self.folders.values()) or None

    def states(self, trees: Mapping[str, str]) -> dict[str, bytes]:
        """Return the states by which the program may recognise a folder, and leave it unread.

        A folder of which no rows were kept is worth nothing unless its tree is desired again.
        """
        return {
            path: kept.state
            for path, kept in self.folders.items()
            if not kept.tree or trees.get(path) == kept.tree
        }


NOTHING_KEPT = Memory()


def memory_key(url: str, reader: str, root: str, request: ScanRequest) -> tuple[str, ...]:
    """Return what a memory is valid for: the place, who reads it, and what is left unread there."""
    asked = [
        sorted(request.known),
        request.prune,
        request.unread,
        request.max_file_bytes,
        request.object_format,
    ]
    scope = hashlib.sha256(json.dumps(asked).encode("ascii")).hexdigest()
    return (_VERSION, url, reader, root, scope)


def recall(request: ScanRequest, key: tuple[str, ...]) -> Memory:
    """Return what is kept for a key, nothing where it is absent or cannot be understood."""
    content = request.cache.kept(_KIND, key)
    if content is None:
        return NOTHING_KEPT
    try:
        return _decoded(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return NOTHING_KEPT


def remember(request: ScanRequest, key: tuple[str, ...], memory: Memory) -> None:
    """Keep what was seen for the next scan with this key."""
    request.cache.keep(_KIND, key, _encoded(memory))


def _encoded(memory: Memory) -> bytes:
    """Return a line of JSON, then columns: paths, states, trees, facts and lengths of rows, rows."""
    folders = memory.folders.values()
    columns = [
        "\0".join(memory.folders).encode("utf-8", "surrogateescape"),
        b"".join(kept.state for kept in folders),
        "\0".join(kept.tree for kept in folders).encode("ascii"),
        array("q", [number for kept in folders for number in (*kept.facts, len(kept.rows))]).tobytes(),
        b"".join(kept.rows for kept in folders),
    ]
    head = {
        "kept_at": memory.kept_at,
        "owners": dict(memory.owners),
        "folders": len(folders),
        "columns": [len(column) for column in columns],
    }
    return b"".join((json.dumps(head).encode("ascii"), b"\n", *columns))


def _decoded(content: bytes) -> Memory:
    """Return what was encoded. Raises one of the errors that recall knows where it was something else."""
    line, _end, rest = content.partition(b"\n")
    head = json.loads(line)
    paths, states, trees, numbers, rows = _cut(rest, head["columns"])
    figures = array("q")
    figures.frombytes(numbers)
    folders: dict[str, KeptFolder] = {}
    at = 0
    names = paths.decode("utf-8", "surrogateescape").split("\0") if head["folders"] else []
    columns = zip(names, trees.decode("ascii").split("\0"), _by_four(figures), strict=True)
    for number, (path, tree, (entries, size, hashed, length)) in enumerate(columns):
        state = states[number * _STATE : (number + 1) * _STATE]
        folders[path] = KeptFolder(state, Facts(entries, size, hashed), tree, rows[at : at + length])
        at += length
    if (len(folders), len(states), len(rows)) != (head["folders"], _STATE * len(folders), at):
        raise ValueError("the columns do not belong together")
    owners = {int(uid): str(name) for uid, name in head["owners"].items()}
    return Memory(folders, owners, int(head["kept_at"]))


def _cut(content: bytes, lengths: Iterable[int]) -> Iterator[bytes]:
    at = 0
    for length in lengths:
        yield content[at : at + length]
        at += length


def _by_four(numbers: "array[int]") -> Iterator[tuple[int, int, int, int]]:
    four = iter(numbers)
    return zip(four, four, four, four, strict=True)
