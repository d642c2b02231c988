"""Draws panels of lines as SVG, readable on light and on dark, and without a font to fetch."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 340  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 190, 44, 48  # what is around its lines
_LABEL = 16  # the least distance of two labels
_STEPS = (1, 2, 5)

_STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #57606a; }
.title { font-weight: 600; font-size: 15px; fill: #1f2328; }
.ground { fill: #ffffff; }
.grid { stroke: #d8dee4; stroke-width: 1; }
.tie { stroke: #afb8c1; stroke-width: 1; }
polyline { fill: none; stroke-width: 1.5; stroke: #8c959f; }
circle { fill: #8c959f; }
.cold polyline { stroke: #0969da; }
.cold circle, .cold text { fill: #0969da; }
.warm polyline { stroke: #1a7f37; }
.warm circle, .warm text { fill: #1a7f37; }
.bar polyline { stroke: #9a6700; }
.bar circle, .bar text { fill: #9a6700; }
.own polyline { stroke-width: 3; }
.own text { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1; }
  .title { fill: #f0f6fc; }
  .ground { fill: #0d1117; }
  .grid { stroke: #2a313c; }
  .tie { stroke: #57606a; }
  polyline { stroke: #818b98; }
  circle { fill: #818b98; }
  .cold polyline { stroke: #58a6ff; }
  .cold circle, .cold text { fill: #58a6ff; }
  .warm polyline { stroke: #3fb950; }
  .warm circle, .warm text { fill: #3fb950; }
  .bar polyline { stroke: #d29922; }
  .bar circle, .bar text { fill: #d29922; }
}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A value above zero for each position of the panel, or None; `look` is its classes in the style."""

    title: str
    values: tuple[float | None, ...]
    look: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines over positions that stand equally far apart; the upright scale is logarithmic."""

    title: str
    across: str
    positions: tuple[str, ...]
    lines: tuple[Line, ...]


def drawn(panels: Sequence[Panel]) -> str:
    """Return the panels as SVG, one below the other."""
    height = _HEIGHT * len(panels)
    body = [text for number, panel in enumerate(panels) for text in _panel(panel, number * _HEIGHT)]
    return "\n".join(
        [
            f'<svg viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg" role="img">',
            f"<style>\n{_STYLE}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="6"/>',
            *body,
            "</svg>\n",
        ]
    )


def ticks(low: float, high: float) -> list[float]:
    """Return the steps of 1, 2 and 5 that hold all from low to high between them."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = [step * 10.0**power for power in range(first - 1, last + 1) for step in _STEPS]
    lowest = max(step for step in steps if step <= low)
    highest = min(step for step in steps if step >= high)
    return [step for step in steps if lowest <= step <= highest]


def spread(wanted: Sequence[float], distance: float) -> list[float]:
    """Return places in the order of `wanted`, near them, but no two nearer than `distance`.

    Those that are too near share a group around the middle of what they wanted.
    """
    groups: list[list[float]] = []
    for place in sorted(wanted):
        groups.append([place])
        while len(groups) > 1 and _first(groups[-1], distance) - _last(groups[-2], distance) < distance:
            groups[-2:] = [groups[-2] + groups[-1]]
    places = iter([_first(group, distance) + n * distance for group in groups for n in range(len(group))])
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    by_index = dict(zip(order, places, strict=True))
    return [by_index[index] for index in range(len(wanted))]


def _first(group: Sequence[float], distance: float) -> float:
    return sum(group) / len(group) - (len(group) - 1) * distance / 2


def _last(group: Sequence[float], distance: float) -> float:
    return _first(group, distance) + (len(group) - 1) * distance


def _panel(panel: Panel, top: float) -> Iterator[str]:
    values = [value for line in panel.lines for value in line.values if value]
    if not values:
        return
    steps = ticks(min(values), max(values))
    yield f'<g transform="translate(0 {top})">'
    yield _text(_LEFT, 24, panel.title, "title")
    for step in steps:
        height = _height(step, steps)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>'
        yield _text(_LEFT - 8, height + 4, f"{step:g} s", anchor="end")
    for number, position in enumerate(panel.positions):
        yield _text(_across(number, panel), _HEIGHT - _BOTTOM + 20, position, anchor="middle")
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, panel.across, anchor="middle")
    yield from _lines(panel, steps)
    yield "</g>"


def _lines(panel: Panel, steps: Sequence[float]) -> Iterator[str]:
    points = [
        [(_across(n, panel), _height(value, steps)) for n, value in enumerate(line.values) if value]
        for line in panel.lines
    ]
    labels = spread([place[-1][1] for place in points], _LABEL)
    # what is our own lies on top
    for line, place, label in sorted(
        zip(panel.lines, points, labels, strict=True), key=lambda one: "own" in one[0].look
    ):
        yield f'<g class="{line.look}">'
        yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in place)}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in place)
        x, y = place[-1]
        end = _WIDTH - _RIGHT + 18
        yield f'<line class="tie" x1="{x + 6:.1f}" x2="{end}" y1="{y:.1f}" y2="{label:.1f}"/>'
        yield _text(end + 4, label + 4, line.title)
        yield "</g>"


def _across(number: int, panel: Panel) -> float:
    inner = _WIDTH - _LEFT - _RIGHT - 40
    return _LEFT + 20 + inner * (number / (len(panel.positions) - 1) if len(panel.positions) > 1 else 0.5)


def _height(value: float, steps: Sequence[float]) -> float:
    low, high = math.log(steps[0]), math.log(steps[-1])
    part = (math.log(value) - low) / (high - low) if high > low else 0.5
    return _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)


def _text(x: float, y: float, text: str, look: str = "", anchor: str = "start") -> str:
    kind = f' class="{look}"' if look else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(text)}</text>'
