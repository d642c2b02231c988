"""The names that this product gives to its refs in a repository."""

import hashlib
import re
from datetime import UTC, datetime

_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60  # characters of a name that is made safe, its digest not counted


def slug_of(target: str) -> str:
    """Return a target's name as one part of a ref's name, and of a file's.

    What git does not take in a ref becomes a dash; a digest then keeps distinct names apart.
    """
    if _SAFE.fullmatch(target) and ".." not in target and not target.endswith(".lock"):
        return target
    digest = hashlib.sha256(target.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    words = _UNSAFE.sub("-", target)[:_LONGEST].strip("-_")
    return f"{words}-{digest}" if words else digest


def live_ref(slug: str) -> str:
    """Return the ref of what was live at a target when it was last reconciled."""
    return f"refs/driftaudit/live/{slug}"


def rescue_refs(slug: str) -> str:
    """Return what the names of all rescues of a target begin with, a slash at its end."""
    return f"refs/driftaudit/rescue/{slug}/"


def stamp(moment: datetime) -> str:
    """Return a moment in UTC, to the second, as a part of a name: 20251103T184000Z."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def read_stamp(text: str) -> datetime:
    """Return the moment that a stamp says. Raises ValueError for what is none."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
