"""A YAML file as plain data that remembers where each value stands."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from driftaudit.config.paths import shown_path
from driftaudit.errors import ConfigError

Location = tuple[str | int, ...]
"""The keys and list positions that lead to a value: ("targets", "production", "url")."""

Position = tuple[int, int]
"""Line and column, both counted from 1."""

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50  # libyaml itself overflows the stack some thousand levels down


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, and what would be right. `on_key` points at the key, not the value."""

    location: Location
    text: str
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping read from a file. `name` is the file as a reader would write it."""

    name: str
    value: Mapping[str, object]
    values_at: Mapping[Location, Position]
    keys_at: Mapping[Location, Position]

    def mark(self, location: Location, *, on_key: bool = False) -> str:
        """Return `file:line:column` of a value or its key, or of the nearest thing above that was written."""
        return _mark(self.name, self._position(location, on_key=on_key))

    def line(self, location: Location, *, on_key: bool = False) -> str:
        """Return `file:line` of the same."""
        return f"{self.name}:{self._position(location, on_key=on_key)[0]}"

    def error(self, faults: Iterable[Fault]) -> ConfigError:
        """Return one error that lists the faults in the order of the file, a line each."""
        ordered = sorted(faults, key=lambda fault: self._position(fault.location, on_key=fault.on_key))
        return ConfigError("\n".join(dict.fromkeys(map(self._sentence, ordered))))

    def _sentence(self, fault: Fault) -> str:
        path = fault.location[:-1] if fault.on_key else self._written(fault.location)
        where = f" ({', '.join(map(str, path))})" if path else ""
        return f"{self.mark(fault.location, on_key=fault.on_key)}{where} {fault.text}"

    def _position(self, location: Location, *, on_key: bool) -> Position:
        if on_key and location in self.keys_at:
            return self.keys_at[location]
        return self.values_at[self._written(location)]

    def _written(self, location: Location) -> Location:
        """Return the location, or the nearest above it: a value can stand where a list was expected."""
        while location not in self.values_at:
            location = location[:-1]
        return location


def load_document(path: Path, limit: int = MAX_BYTES) -> Document:
    """Read a YAML file whose top level is a mapping. Raises ConfigError, with file, line and column.

    A file of more than `limit` bytes is refused.
    """
    name = shown_path(path)
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror or error}") from error
    return parse_document(data, name, limit)


def parse_document(data: bytes, name: str, limit: int = MAX_BYTES) -> Document:
    """Read YAML from bytes; `name` is what messages call the file. Raises ConfigError."""
    if len(data) > limit:
        raise ConfigError(f"{name}: larger than {limit // 1024} KiB, which no configuration is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError(f"{_mark(name, (line, column))} not UTF-8: save the file as UTF-8") from error
    return _Builder(name, text).document()


def _mark(name: str, position: Position) -> str:
    return f"{name}:{position[0]}:{position[1]}"


class _Builder:
    """Builds plain data from parser events: no tags, no aliases, no duplicate keys, bounded depth."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.events = self._parse()
        self.values_at: dict[Location, Position] = {}
        self.keys_at: dict[Location, Position] = {}

    def document(self) -> Document:
        event = next(self.events)
        while isinstance(event, StreamStartEvent | DocumentStartEvent):
            event = next(self.events)
        if not isinstance(event, MappingStartEvent):
            found = "the file is empty" if _is_nothing(event) else "the top level is no mapping"
            raise self._error(event, f"{found}: 'key: value' lines are needed")
        value = self._mapping(event, ())
        next(self.events)  # the end of the document
        extra = next(self.events)
        if isinstance(extra, DocumentStartEvent):
            raise self._error(extra, "a second document: one file holds one document")
        return Document(self.name, value, self.values_at, self.keys_at)

    def _parse(self) -> Iterator[Event]:
        try:
            yield from yaml.parse(self.text, Loader=yaml.CLoader)
        except yaml.MarkedYAMLError as error:
            position = _position(error.problem_mark)
            said = ", ".join(part for part in (error.context, error.problem) if part)
            raise ConfigError(f"{_mark(self.name, position)} not YAML: {said}") from error
        except yaml.reader.ReaderError as error:
            before = self.text.encode()[: error.position].decode(errors="ignore")  # libyaml counts bytes
            position = (before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise ConfigError(f"{_mark(self.name, position)} not YAML: {error.reason}") from error

    def _value(self, event: Event, location: Location) -> object:
        self.values_at[location] = _position(event.start_mark)
        if len(location) > MAX_DEPTH:
            raise self._error(event, f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._error(event, "anchors and aliases (& and *) are not read: write the value out")
        if getattr(event, "tag", None):
            raise self._error(event, "tags (!) are not read: write a plain value")
        match event:
            case ScalarEvent():
                return self._scalar(event)
            case SequenceStartEvent():
                return self._sequence(location)
            case _:
                return self._mapping(event, location)

    def _sequence(self, location: Location) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._value(event, (*location, len(items))))
        return items

    def _mapping(self, start: Event, location: Location) -> dict[str, object]:
        self.values_at.setdefault(location, _position(start.start_mark))
        mapping: dict[str, object] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or not event.value or event.anchor or event.tag:
                raise self._error(event, "a key is plain text")
            key = event.value
            here = (*location, key)
            if key in mapping:
                first = self.keys_at[here][0]
                raise self._error(event, f"duplicate key {key!r}, which is in line {first} already")
            self.keys_at[here] = _position(event.start_mark)
            mapping[key] = self._value(next(self.events), here)
        return mapping

    def _scalar(self, event: ScalarEvent) -> object:
        if not event.implicit[0]:  # quoted, or a block of text
            return event.value
        try:
            return plain_value(event.value)
        except ValueError as error:
            raise self._error(event, "this number is too long") from error

    def _error(self, event: Event, text: str) -> ConfigError:
        return ConfigError(f"{_mark(self.name, _position(event.start_mark))} {text}")


def _position(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> Position:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _is_nothing(event: Event) -> bool:
    return not isinstance(event, ScalarEvent | SequenceStartEvent | AliasEvent) or (
        isinstance(event, ScalarEvent) and not event.value
    )


_WORDS = {"": None, "~": None} | {
    spelled: value
    for word, value in {"null": None, "true": True, "false": False}.items()
    for spelled in (word, word.capitalize(), word.upper())
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain_value(text: str) -> object:
    """Resolve a plain scalar by YAML 1.2's core schema (section 10.3.2): `no` and `22:22` are text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "", 1)) if _SPECIAL_FLOAT.fullmatch(text) else text
