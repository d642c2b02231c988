"""Whether an object store has what it says: blobs are read whole, and hashed."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from driftaudit.errors import RepositoryError
from driftaudit.plumbing.commands import Git

# In small windows: else a pack is mapped whole, and counts as memory.
_SETTINGS = (
    "-c",
    "core.packedGitWindowSize=16m",
    "-c",
    "core.packedGitLimit=64m",
    "-c",
    "core.bigFileThreshold=32m",
)


def whole_blobs(git: Git, oids: Iterable[str], object_format: str) -> set[str]:
    """Return those of the ids whose blobs are there, and have the content that the id stands for.

    Contents pass through in pieces: none is held whole.
    """
    asked = sorted(set(oids))
    whole = set(_whole(git, asked, object_format))
    rest = [oid for oid in asked if oid not in whole]  # git ends at the first that it cannot unpack
    return whole | {oid for oid in rest if oid in _whole(git, [oid], object_format)}


def _whole(git: Git, oids: Sequence[str], object_format: str) -> Iterator[str]:
    if not oids:
        return
    try:
        for oid, size, content in git.pieces(oids, _SETTINGS):
            digest = hashlib.new(object_format, b"blob %d\0" % size, usedforsecurity=False)
            for piece in content:
                digest.update(piece)
            if digest.hexdigest() == oid:
                yield oid
    except RepositoryError:  # what was read until then is whole
        return
