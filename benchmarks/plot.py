"""The plot of cost against tree size and against drift: which lines it has."""

from benchmarks.drawing import Line, Panel, drawn
from benchmarks.peers import BY_NAME, COLD, DELAYED, RSYNC, WARM
from benchmarks.results import Key, Results

_USUAL = 80_000  # files
_LOOKS = {COLD: "own cold", WARM: "own warm", RSYNC: "bar"}
_LEFT_OUT = (DELAYED,)  # the same work, further away


def plot(results: Results) -> str:
    """Return the plot as SVG: seconds against the size at no drift, and against drift at the usual size."""
    sizes = sorted({key.files for key in results})
    usual = _USUAL if _USUAL in sizes else sizes[-1]
    drifts = sorted({key.drift for key in results if key.files == usual})
    by_size = Panel(
        f"By size of the tree, {drifts[0] or 'no'} files edited (logarithmic scale)",
        "files",
        tuple(f"{files:,}" for files in sizes),
        _lines(results, [Key(files, drifts[0], "") for files in sizes]),
    )
    by_drift = Panel(
        f"By drift, a tree of {usual:,} files (logarithmic scale)",
        "files edited",
        tuple(f"{drift:,}" for drift in drifts),
        _lines(results, [Key(usual, drift, "") for drift in drifts]),
    )
    return drawn([by_size, by_drift])


def _lines(results: Results, places: list[Key]) -> tuple[Line, ...]:
    lines = []
    for name, contender in BY_NAME.items():
        series = [results.get(Key(place.files, place.drift, name)) for place in places]
        seconds = tuple(one.seconds if one else None for one in series)
        if name not in _LEFT_OUT and any(seconds):
            lines.append(Line(contender.title, seconds, _LOOKS.get(name, "peer")))
    return tuple(lines)
