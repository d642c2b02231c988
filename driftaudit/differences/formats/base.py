"""The one interface of all formats that are compared by key."""

from collections.abc import Mapping, Sequence
from typing import Protocol

MAX_DEPTH = 50  # as in a configuration

Value = None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"]


class NotReadError(ValueError):
    """Not of the format, or with something in it that is not read; the message says what, on one line."""


class Read(Protocol):
    """Reads a text of one format."""

    def __call__(self, text: str) -> Value:
        """Return the document as plain values. Raises NotReadError."""
        ...


def put(mapping: dict[str, Value], key: str, value: Value) -> None:
    """Add a key. Raises NotReadError where it is there: nobody can tell which of the two counts."""
    if key in mapping:
        raise NotReadError("a key is there twice")
    mapping[key] = value
