"""One path of a tree, and what was seen of it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a path is."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    SPECIAL = "special"  # socket, FIFO or device: listed, never opened


MODE_FILE = "100644"
MODE_EXECUTABLE = "100755"
MODE_SYMLINK = "120000"
MODE_DIRECTORY = "040000"
MODE_SUBMODULE = "160000"
LINK = "link "  # in front of the digest of a link's target


@dataclass(frozen=True, slots=True)
class Entry:
    """A path relative to the root ("/" between the parts, undecodable bytes as surrogate escapes).

    `mode` is the mode that git would record, six octal digits. `digest` is the git blob id of the
    content (of the target's text for a link); None where there is no content, or where it was not read.
    `text_digest` is the blob id after CRLF became LF, set only where that makes a difference.
    `size` is in bytes, `modified_ns` in nanoseconds since the epoch by the source's own clock,
    `permissions` the twelve lowest bits of st_mode. `pruned` marks a folder that was not looked into.
    """

    path: str
    kind: Kind
    mode: str
    size: int | None = None
    digest: str | None = None
    text_digest: str | None = None
    link_target: str | None = None
    modified_ns: int | None = None
    owner: str | None = None
    permissions: int | None = None
    pruned: bool = False

    @property
    def has_content(self) -> bool:
        """Whether losing the path loses content. A folder's content is its entries; a socket has none."""
        return self.kind in (Kind.FILE, Kind.SYMLINK)

    def without_content(self) -> Self:
        """Return the entry as it may be shown where it is a secret: nothing to guess its content by."""
        return replace(self, digest=None, text_digest=None, link_target=None)

    @property
    def contents(self) -> tuple[str, ...]:
        """Return what the content is known by in a history: its digests, a link's told from a file's.

        The text of a link's target is a blob like any other, and may be that of a file.
        """
        if self.kind is Kind.SYMLINK:
            return (LINK + self.digest,) if self.digest else ()
        return tuple(digest for digest in (self.digest, self.text_digest) if digest)
