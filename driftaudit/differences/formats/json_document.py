"""JSON by RFC 8259: no comments, no NaN, no key twice."""

import json

from driftaudit.differences.formats.base import NotReadError, Value, put


def read(text: str) -> Value:
    """Return the document. Raises NotReadError."""
    try:
        value: Value = json.loads(text, object_pairs_hook=_mapping, parse_constant=_refused)
    except NotReadError:
        raise
    except json.JSONDecodeError as error:
        raise NotReadError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise NotReadError("a number is too long") from error
    return value


def _mapping(pairs: list[tuple[str, Value]]) -> Value:
    mapping: dict[str, Value] = {}
    for key, value in pairs:
        put(mapping, key, value)
    return mapping


def _refused(_word: str) -> Value:
    raise NotReadError("NaN and Infinity are no JSON")
