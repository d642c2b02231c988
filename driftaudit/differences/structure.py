"""Documents compared by key, whatever the order, the blanks and the comments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftaudit.differences.formats.base import MAX_DEPTH, NotReadError, Value
from driftaudit.differences.masking import without_secrets
from driftaudit.differences.names import is_secret_name
from driftaudit.differences.registry import FORMATS
from driftaudit.model.difference import HIDDEN, KeyChange

LARGEST = 512 * 1024  # bytes of a document
MOST_VALUES = 5_000  # of a document: deepdiff takes some 0.2 ms for each

Keys = tuple[str | int, ...]
_TITLES = ("name", "key", "id", "variable", "env")


@dataclass(frozen=True, slots=True)
class _Document:
    """A document with each value as its JSON text, so that 1, 1.0, true and "1" are all different.

    `secret` are the places whose values may not be shown, with all that is below.
    """

    leaves: object
    secret: frozenset[Keys]

    def hides(self, keys: Keys) -> bool:
        return any(keys[:depth] in self.secret for depth in range(1, len(keys) + 1))


def key_changes(title: str, live: bytes, desired: bytes) -> tuple[KeyChange, ...]:
    """Return on which keys two documents of one format differ, secrets hidden, in the order of the keys.

    Raises NotReadError where one of them is not read, or too large; the message says which.
    """
    before, after = _read(title, live, "live"), _read(title, desired, "desired")
    found = [_change(keys, old, new, before, after) for keys, old, new in _differences(before, after)]
    return tuple(sorted(found, key=lambda change: [(isinstance(key, str), key) for key in change.keys]))


def _read(title: str, content: bytes, side: str) -> _Document:
    try:
        value = _small(title, content)
    except NotReadError as error:
        raise NotReadError(f"{side}: {error}") from error
    except UnicodeDecodeError as error:
        raise NotReadError(f"{side}: not UTF-8") from error
    except RecursionError as error:
        raise NotReadError(f"{side}: nested too deeply") from error
    return _Document(_leaves(value), frozenset(_secret(value, ())))


def _small(title: str, content: bytes) -> Value:
    """Return a document that is small enough: the time of deepdiff grows faster than the values."""
    if len(content) > LARGEST:
        raise NotReadError(f"over {LARGEST // 1024} KiB")
    value = FORMATS[title].read(content.decode("utf-8-sig"))
    if _count(value) > MOST_VALUES:
        raise NotReadError(f"over {MOST_VALUES:,} values")
    return value


def _count(value: Value, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        raise NotReadError(f"nested more than {MAX_DEPTH} deep")
    match value:
        case str():
            return 1
        case Mapping():
            return 1 + sum(_count(each, depth + 1) for each in value.values())
        case Sequence():
            return 1 + sum(_count(each, depth + 1) for each in value)
    return 1


def _leaves(value: Value) -> object:
    match value:
        case Mapping():
            return {key: _leaves(each) for key, each in value.items()}
        case list():
            return [_leaves(each) for each in value]
    return json.dumps(value, ensure_ascii=False)


def _secret(value: Value, keys: Keys) -> Iterator[Keys]:
    """Yield the places below a value that hold secrets, by their names or by what stands beside them."""
    match value:
        case Mapping():
            titled = any(
                isinstance(value.get(each), str) and is_secret_name(str(value[each])) for each in _TITLES
            )
            for key, each in value.items():
                if is_secret_name(key) or (titled and key.lower() not in _TITLES):
                    yield (*keys, key)
                yield from _secret(each, (*keys, key))
        case list():
            for index, each in enumerate(value):
                before = value[index - 1] if index else None
                if isinstance(before, str) and len(before) < 100 and is_secret_name(before):
                    yield (*keys, index)
                yield from _secret(each, (*keys, index))


def _differences(before: _Document, after: _Document) -> Iterator[tuple[Keys, object, object]]:
    """Yield where the documents differ, with what stands there as leaves, None where nothing does."""
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent, notpresent

    found = DeepDiff(before.leaves, after.leaves, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    for levels in found.values():
        for level in levels:
            sides = [
                None if isinstance(side, NotPresent) or side is notpresent else side
                for side in (level.t1, level.t2)
            ]
            yield tuple(level.path(output_format="list")), sides[0], sides[1]


def _change(keys: Keys, old: object, new: object, before: _Document, after: _Document) -> KeyChange:
    hidden = before.hides(keys) or after.hides(keys)
    sides = [
        None if leaves is None else HIDDEN if hidden else _shown(leaves, keys, (before, after))
        for leaves in (old, new)
    ]
    shown = tuple(without_secrets(key) if isinstance(key, str) else key for key in keys)
    return KeyChange(shown, sides[0], sides[1], hidden or any(HIDDEN in side for side in sides if side))


def _shown(leaves: object, keys: Keys, documents: Sequence[_Document]) -> str:
    """Return a value as JSON, with the secrets in it hidden."""
    return json.dumps(_without_secrets(leaves, keys, documents), ensure_ascii=False)


def _without_secrets(leaves: object, keys: Keys, documents: Sequence[_Document]) -> object:
    if any(document.hides(keys) for document in documents):
        return HIDDEN
    match leaves:
        case dict():
            return {
                without_secrets(key): _without_secrets(each, (*keys, key), documents)
                for key, each in leaves.items()
            }
        case list():
            return [_without_secrets(each, (*keys, index), documents) for index, each in enumerate(leaves)]
    value = json.loads(str(leaves))
    return without_secrets(value) if isinstance(value, str) else value
