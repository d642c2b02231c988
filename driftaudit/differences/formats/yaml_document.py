"""YAML by the core schema of version 1.2: no aliases, no tags, no key twice; several documents are a list."""

from collections.abc import Iterator

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from driftaudit.config.yaml_document import plain_value
from driftaudit.differences.formats.base import MAX_DEPTH, NotReadError, Value, put

_AROUND = (StreamStartEvent, StreamEndEvent, DocumentStartEvent, DocumentEndEvent)


def read(text: str) -> Value:
    """Return the document, or the list of them where there are several. Raises NotReadError."""
    try:
        events = iter(yaml.parse(text, Loader=yaml.CLoader))
        found = [_value(event, events, 0) for event in events if not isinstance(event, _AROUND)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotReadError(f"line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise NotReadError("it holds characters that YAML forbids") from error
    return found[0] if len(found) == 1 else found


def _value(event: Event, events: Iterator[Event], depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise NotReadError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(event, AliasEvent):
        raise NotReadError("aliases (*) are not read")
    if getattr(event, "tag", None):
        raise NotReadError("tags (!) are not read")
    match event:
        case ScalarEvent():
            return _scalar(event)
        case SequenceStartEvent():
            return _sequence(events, depth)
        case MappingStartEvent():
            return _mapping(events, depth)
        case _:
            raise NotReadError("it is not read to its end")


def _sequence(events: Iterator[Event], depth: int) -> Value:
    items: list[Value] = []
    while not isinstance(event := next(events), SequenceEndEvent):
        items.append(_value(event, events, depth + 1))
    return items


def _mapping(events: Iterator[Event], depth: int) -> Value:
    mapping: dict[str, Value] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        if not isinstance(event, ScalarEvent):
            raise NotReadError("a key is no plain text")
        put(mapping, event.value, _value(next(events), events, depth + 1))
    return mapping


def _scalar(event: ScalarEvent) -> Value:
    if not event.implicit[0]:  # quoted, or a block of text
        return event.value
    try:
        value = plain_value(event.value)
    except ValueError as error:
        raise NotReadError("a number is too long") from error
    return value if isinstance(value, None | bool | int | float) else str(value)
