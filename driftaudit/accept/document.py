"""driftaudit-waivers.yml as text. Waivers are added and renewed in it; no other line of it changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from driftaudit.config.waivers import DESTROY, FILE_NAME, MAX_BYTES, NEVER, WaiverFile, overlapping
from driftaudit.config.yaml_document import parse_document
from driftaudit.errors import ConfigError, UsageError
from driftaudit.model.waiver import Waiver
from driftaudit.policy.waivers import order
from driftaudit.render.yaml_text import scalar

HEADER = """\
# Differences that were accepted. Each holds until the content changes, or its last day (in UTC) has passed.
# Written by `driftaudit accept`, and yours to edit. Only `permits: destroy` lets a deploy destroy something.
version: 1
waivers:
"""

_LINE = re.compile(r".*?(?:\r\n|[\n\r\x85\u2028\u2029]|\Z)", re.DOTALL)  # as libyaml counts lines
_PREFIX = re.compile(r" *-[ ]+")
_EMPTY_LIST = re.compile(r"waivers:\s*\[\s*\]")


def with_waivers(text: str, waivers: Sequence[Waiver], name: str = FILE_NAME) -> str:
    """Return the text of the file with some waivers more, "" being that of none.

    A waiver for the same path and the same targets is renewed, and the same waiver again changes nothing.
    Raises ConfigError where the text is wrong, UsageError where a waiver for other targets too is in the way
    or the text is YAML of a kind that cannot be added to line by line.
    """
    file = read_text(text or HEADER + "  []\n", name)
    renewed, added = _sorted_out(file.waivers, waivers)
    if not renewed and not added:
        return text
    if not text:
        return HEADER + "".join(line for each in added for line in _item(each, "  - ", "\n"))
    expected = [*(renewed.get(index, each) for index, each in enumerate(file.waivers)), *added]
    written = _Editor(file, text).edited(renewed, added)
    try:
        again = read_text(written, name)
    except ConfigError:
        raise cannot_be_added(name) from None
    others = ({k: v for k, v in each.document.value.items() if k != "waivers"} for each in (file, again))
    if sorted(again.waivers, key=order) != sorted(expected, key=order) or next(others) != next(others):
        raise cannot_be_added(name)
    return written


def read_text(text: str, name: str) -> WaiverFile:
    """Return what a text of the file says. Raises ConfigError."""
    from driftaudit.config.waivers_schema import checked_waivers  # pydantic costs 70 ms

    return checked_waivers(parse_document(text.encode("utf-8"), name, MAX_BYTES))


def cannot_be_added(name: str) -> UsageError:
    """Return the error for a file in a form that no line can be added to."""
    return UsageError(
        f"{name} is not written in a way that lines can be added to",
        "Let each waiver begin with a line of its own, `- path: …`, and its other keys stand below.",
    )


def _sorted_out(
    existing: Sequence[Waiver], waivers: Sequence[Waiver]
) -> tuple[dict[int, Waiver], list[Waiver]]:
    """Return the waivers that take the place of one in the file, by its position, and those that are new."""
    places: dict[str, list[int]] = {}
    for index, waiver in enumerate(existing):
        places.setdefault(waiver.path, []).append(index)
    renewed: dict[int, Waiver] = {}
    added: list[Waiver] = []
    for waiver in waivers:
        at = places.get(waiver.path, [])
        if any(_covers(existing[index], waiver) for index in at):
            continue
        place = _place(waiver, existing, at)
        if place is None:
            added.append(waiver)
        else:
            renewed[place] = waiver
    return renewed, sorted(added, key=order)


def _covers(existing: Waiver, waiver: Waiver) -> bool:
    return overlapping(existing, waiver) and replace(waiver, targets=existing.targets) == existing


def _place(waiver: Waiver, existing: Sequence[Waiver], places: Sequence[int]) -> int | None:
    """Return which of those for the same path it takes the place of: that of the same targets, if any."""
    for index in places:
        other = existing[index]
        if overlapping(other, waiver) and other.targets != waiver.targets:
            raise UsageError(
                f"{other.where} waives the same content for other targets too, on other terms",
                "Edit it there, or let it name the other targets alone.",
            )
    own = [index for index in places if existing[index].targets == waiver.targets]
    same = [index for index in own if existing[index].content == waiver.content]
    return next(iter(same or own), None)


def _fields(waiver: Waiver) -> dict[str, str]:
    """Return the keys of a waiver with their values as YAML, in the order in which they are written."""
    targets = [scalar(target) for target in waiver.targets]
    fields = {
        "path": scalar(waiver.path),
        "digest": f'"{waiver.content}"',  # without quotes some would be numbers
        "target": targets[0] if len(targets) == 1 else f"[{', '.join(targets)}]" if targets else "",
        "reason": scalar(waiver.reason),
        "owner": scalar(waiver.owner),
        "expires": waiver.expires.isoformat() if waiver.expires else NEVER,
        "permits": DESTROY if waiver.permits_destroy else "",
    }
    return {key: value for key, value in fields.items() if value}


def _item(waiver: Waiver, prefix: str, end: str) -> Iterator[str]:
    """Yield the lines of a waiver; `prefix` leads to the first key."""
    for number, (key, value) in enumerate(_fields(waiver).items()):
        yield f"{' ' * len(prefix) if number else prefix}{key}: {value}{end}"


class _Editor:
    """Puts lines into the text of a file, by the places that the document remembers."""

    def __init__(self, file: WaiverFile, text: str) -> None:
        self._document, self._waivers = file.document, file.waivers
        self._orders = [order(waiver) for waiver in file.waivers]
        self._lines = [match[0] for match in _LINE.finditer(text) if match[0]]
        self._end = "\r\n" if "\r\n" in text else "\n"
        if self._lines and not self._lines[-1].endswith(("\n", "\r")):
            self._lines[-1] += self._end

    def edited(self, renewed: Mapping[int, Waiver], added: Sequence[Waiver]) -> str:
        """Return the text with these waivers in place of those at a position, and with those besides."""
        spans = [self._span(index) for index in range(len(self._waivers))]
        prefix = self._prefix(0) if spans else "  - "
        self._open_list()
        inserted: dict[int, list[str]] = {}
        for waiver in added:
            at = self._insertion(waiver, spans)
            inserted.setdefault(at, []).extend(_item(waiver, prefix, self._end))
        lines = list(self._lines)
        for index, waiver in renewed.items():
            first, end = spans[index]
            lines[first:end] = ["".join(self._renewed(index, waiver, end)), *[""] * (end - first - 1)]
        for at in sorted(inserted, reverse=True):
            lines[at:at] = inserted[at]
        return "".join(lines)

    def _line_of(self, *location: str | int) -> int:
        """Return the index of the line of a key or an item."""
        places = self._document.keys_at if isinstance(location[-1], str) else self._document.values_at
        return places[location][0] - 1

    def _prefix(self, index: int) -> str:
        """Return what stands before the first key of an item. Raises UsageError where it is no `- `."""
        line, column = self._document.values_at["waivers", index]
        prefix = self._lines[line - 1][: column - 1]
        if not _PREFIX.fullmatch(prefix):
            raise cannot_be_added(self._document.name)
        return prefix

    def _span(self, index: int) -> tuple[int, int]:
        """Return where the lines of an item begin and end, comments and blank lines behind it left out."""
        self._prefix(index)
        first = self._line_of("waivers", index)
        is_last = index + 1 == len(self._waivers)
        end = self._end_of_list() if is_last else self._line_of("waivers", index + 1)
        while end > first + 1 and _says_nothing(self._lines[end - 1]):
            end -= 1
        return first, end

    def _end_of_list(self) -> int:
        start = self._line_of("waivers")
        keys = (self._line_of(key) for key in self._document.value)
        return min((line for line in keys if line > start), default=len(self._lines))

    def _open_list(self) -> None:
        """Make room for a first waiver where the file has none."""
        if self._waivers:
            return
        if "waivers" not in self._document.value:
            self._lines.append(f"waivers:{self._end}")
            return
        line = self._line_of("waivers")
        self._lines[line] = _EMPTY_LIST.sub("waivers:", self._lines[line])

    def _insertion(self, waiver: Waiver, spans: Sequence[tuple[int, int]]) -> int:
        """Return before which line a waiver goes: behind the last one that comes before it by the order."""
        if not spans:
            is_listed = "waivers" in self._document.value
            return self._line_of("waivers") + 1 if is_listed else len(self._lines)
        key = order(waiver)
        after = (index for index, other in enumerate(self._orders) if other > key)
        position = next(after, len(spans))
        return spans[position - 1][1] if position else self._line_of("waivers") + 1

    def _renewed(self, index: int, waiver: Waiver, end: int) -> Iterator[str]:
        """Yield an item's lines: those of what stays as they are, comments too, and the rest anew."""
        old, new = _fields(self._waivers[index]), _fields(waiver)
        written = [key for key in old if ("waivers", index, key) in self._document.keys_at]
        starts = sorted((self._line_of("waivers", index, key), key) for key in written)
        prefix = self._prefix(index)
        ends = [*(line for line, _key in starts[1:]), end]
        for (line, key), stop in zip(starts, ends, strict=True):
            if new.get(key) == old[key]:
                yield from self._lines[line:stop]
                continue
            if key in new:
                lead = prefix if line == starts[0][0] else " " * len(prefix)
                yield f"{lead}{key}: {new[key]}{self._end}"
            yield from (text for text in self._lines[line + 1 : stop] if _says_nothing(text))
        yield from (f"{' ' * len(prefix)}{key}: {new[key]}{self._end}" for key in new if key not in old)


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
