"""What is live, in the words of a history: by which contents its files are known there. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from driftaudit.model.change import Change
from driftaudit.model.entry import LINK, MODE_SUBMODULE, MODE_SYMLINK
from driftaudit.model.listing import Listing


@dataclass(frozen=True, slots=True)
class KnownTree:
    """By path under the root, as bytes, what a live content is known by (see Entry.contents).

    It is empty where nothing is known of it; `also` has other names of some. `expected` are the paths that do
    not count: logs, secrets, and what can be rebuilt say nothing of the commit.
    """

    contents: Mapping[bytes, bytes]
    also: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    expected: Collection[bytes] = frozenset()


def known_tree(
    changes: Iterable[Change],
    desired: Listing,
    deployed: Listing,
    pointers: Mapping[str, str],
    expected: Collection[bytes],
) -> KnownTree:
    """Return what each live file is known by.

    One that is in sync is known as the desired one, be it converted by check-out or filled in by LFS: there
    `pointers` maps the contents of older versions to their pointers.
    """
    found = _contents(deployed.rows, deployed)
    if deployed is not desired:
        converted = _contents(set(desired.rows).difference(deployed.rows), desired)
        found.update((path, content) for path, content in converted.items() if path in found)
    also: dict[bytes, tuple[bytes, ...]] = {}
    for change in changes:
        path = change.path.encode("utf-8", "surrogateescape")
        if path in found and change.deployed:
            contents = change.deployed.contents
            names = (*contents, *(pointers[known] for known in contents if known in pointers))
            also[path] = tuple(name.encode("ascii") for name in names)
            found[path] = also[path][0] if names else b""
    return KnownTree(found, also, expected)


def _contents(rows: Iterable[bytes], listing: Listing) -> dict[bytes, bytes]:
    end = 12 + listing.width
    found = {row[end + 1 :]: row[12:end] for row in rows}
    link, submodule = MODE_SYMLINK.encode(), MODE_SUBMODULE.encode()
    odd = [row for row in rows if row.startswith((link, submodule)) or row[12:13] == b"-"]
    for row in odd:
        path = row[end + 1 :]
        if row.startswith(submodule):
            del found[path]
        else:
            is_known = row[12:13] != b"-"
            found[path] = (LINK.encode() + found[path]) if is_known and row.startswith(link) else b""
    return found
