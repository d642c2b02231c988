"""Labels: what the patterns of packs and project say a path is."""

import re
from collections.abc import Iterable, Mapping, Sequence

import re2

from driftaudit.config.patterns import PathPatterns

_UNSURE = re.compile(r"\\.|\[[!^]?\]?[^]]*\]")  # stands for more than itself
_PLAIN = re.compile(r"[^*?\[\]\\/! ]+")


class Labels:
    """Patterns by label. Within a label the last pattern that matches decides, so `!pattern` takes back."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._rows = {label: tuple(rows) for label, rows in patterns.items()}
        self._matchers = {label: PathPatterns(rows) for label, rows in self._rows.items()}
        # Most paths have no label: one look tells that, whatever the number of labels.
        every = [row for rows in self._rows.values() for row in rows if not row.startswith("!")]
        self._any = PathPatterns(every)
        self._texts = [max(_PLAIN.findall(_UNSURE.sub("*", row)), key=len, default="") for row in every]

    def names(self) -> tuple[str, ...]:
        """Return every label, in the order in which they were first said."""
        return tuple(self._rows)

    def patterns(self, label: str) -> tuple[str, ...]:
        """Return the patterns of a label, the last of which decides."""
        return self._rows.get(label, ())

    def any_of(self, path: str, is_directory: bool = False) -> bool:
        """Whether a path may have a label: False is certain."""
        return self._any.match(path, is_directory)

    def among(self, paths: bytes) -> frozenset[str]:
        """Return those of the paths, joined by NUL, that may have a label.

        Each pattern holds some plain text that its paths hold too: looking for those texts in all paths at
        once is many times quicker than asking every path.
        """
        if all(self._texts):
            expression = re2.compile("|".join(re2.escape(text) for text in self._texts))
            found = (match.start() for match in expression.finditer(paths))
            rows = {_row_around(paths, at) for at in found}
        else:
            rows = set(paths.split(b"\0"))
        names = (row.decode("utf-8", "surrogateescape") for row in rows if row)
        return frozenset(name for name in names if self.any_of(name))

    def paths_with(self, label: str, paths: Iterable[str]) -> frozenset[str]:
        """Return those of the paths, none of which is a folder, that have a label."""
        joined = "\0".join(set(paths)).encode("utf-8", "surrogateescape")
        return frozenset(path for path in self.among(joined) if label in self.of(path))

    def of(self, path: str, is_directory: bool = False) -> tuple[str, ...]:
        """Return the labels of a path, those of the folders above it included."""
        if not self.any_of(path, is_directory):
            return ()
        return tuple(label for label, rows in self._matchers.items() if rows.match(path, is_directory))


def _row_around(rows: bytes, at: int) -> bytes:
    """Return the NUL-separated row that a position lies in."""
    end = rows.find(b"\0", at)
    return rows[rows.rfind(b"\0", 0, at) + 1 : end if end >= 0 else len(rows)]


def merged(layers: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """Return the patterns of all layers by label, a later layer's after an earlier one's."""
    rows: dict[str, tuple[str, ...]] = {}
    for layer in layers:
        for label, patterns in layer.items():
            rows[label] = (*rows.get(label, ()), *patterns)
    return rows
