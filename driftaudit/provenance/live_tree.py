"""What is live, in the words of a history: by which contents its files are known there. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from driftaudit.model.change import Change
from driftaudit.model.entry import LINK, MODE_SUBMODULE, MODE_SYMLINK
from driftaudit.model.listing import Listing

Contents = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownTree:
    """By path under the root, as bytes, what a live content may be known by (see Entry.contents).

    Nothing where nothing is known of it. `expected` are the paths that do not count: logs, secrets, and what
    can be rebuilt say nothing of the commit.
    """

    contents: Mapping[bytes, Contents]
    expected: Collection[bytes] = frozenset()


def known_contents(
    changes: Iterable[Change], desired: Listing, deployed: Listing, pointers: Mapping[str, str]
) -> dict[bytes, Contents]:
    """Return what each live file may be known by.

    One that is in sync is known as the desired one, be it converted by check-out or filled in by LFS: there
    `pointers` maps the contents of older versions to their pointers.
    """
    found = dict(_rows(deployed.rows, deployed))
    if deployed is not desired:
        converted = set(desired.rows).difference(deployed.rows)
        found.update((path, known) for path, known in _rows(converted, desired) if path in found)
    for change in changes:
        path = change.path.encode("utf-8", "surrogateescape")
        if path in found and change.deployed:
            contents = change.deployed.contents
            found[path] = (*contents, *(pointers[known] for known in contents if known in pointers))
    return found


def _rows(rows: Iterable[bytes], listing: Listing) -> Iterator[tuple[bytes, Contents]]:
    end = 12 + listing.width
    for row in rows:
        mode, oid = row[:6], row[12:end]
        if mode == MODE_SUBMODULE.encode():
            continue
        known = oid.decode("ascii")
        contents = (LINK + known if mode == MODE_SYMLINK.encode() else known,)
        yield row[end + 1 :], () if known.startswith("-") else contents
