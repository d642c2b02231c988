"""From two contents to what of their difference may be shown."""

from collections.abc import Collection
from dataclasses import dataclass

from driftaudit.differences.formats.base import NotReadError
from driftaudit.differences.hunks import text_difference
from driftaudit.differences.names import is_secret_file
from driftaudit.differences.registry import format_of
from driftaudit.differences.structure import key_changes
from driftaudit.lines import is_binary
from driftaudit.model.difference import ContentDifference, ContentState, KeyChange

LARGEST = 2 * 1024 * 1024
"""Bytes of a content of which the differences are shown."""

SECRET = "secret"  # noqa: S105 - the name of a label


def is_secret(path: str, labels: Collection[str]) -> bool:
    """Whether nothing of a content may be shown: by its label, or because it is named like a secret."""
    return SECRET in labels or is_secret_file(path)


def content_difference(
    path: str, live: bytes | None, desired: bytes | None, labels: Collection[str] = ()
) -> ContentDifference:
    """Return in what the live content differs from the desired one; None is a side where there is nothing.

    What the label `secret` marks, or the name of the file, is not looked into. In the rest the values of keys
    that are named as secrets are hidden, and private keys and the like. Of a content over LARGEST, or a
    binary one, it is said that it differs, no more.
    """
    if is_secret(path, labels):
        return ContentDifference(ContentState.SECRET)
    if live == desired:
        return ContentDifference(ContentState.SAME)
    before, after = live or b"", desired or b""
    if max(len(before), len(after)) > LARGEST:
        return ContentDifference(ContentState.TOO_LARGE)
    if is_binary(before) or is_binary(after):
        return ContentDifference(ContentState.BINARY)
    text = text_difference(path, before, after)
    notes = () if text.exact else ("too many lines differ to be compared one by one",)
    keys = _by_key(path, live, desired)
    return ContentDifference(
        ContentState.TEXT,
        text.hunks,
        text.added,
        text.removed,
        masked=text.masked or any(change.hidden for change in keys.changes),
        document=keys.document,
        keys=keys.changes,
        notes=(*notes, *keys.notes),
    )


@dataclass(frozen=True, slots=True)
class _ByKey:
    document: str | None = None
    changes: tuple[KeyChange, ...] = ()
    notes: tuple[str, ...] = ()


def _by_key(path: str, live: bytes | None, desired: bytes | None) -> _ByKey:
    """Compare by key where both sides are documents; where one is not read, say why."""
    title = format_of(path)
    if not title or live is None or desired is None:
        return _ByKey()
    try:
        return _ByKey(title, key_changes(title, live, desired))
    except NotReadError as error:
        return _ByKey(notes=(f"not compared by key as {title}: {error}",))
