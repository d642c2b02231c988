"""Which packages lie in the `node_modules` of a live tree, which its scan counts and does not look into."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from driftaudit.cache import Cache
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.sources.base import ScanRequest, Source

_NAME = "node_modules"
_MOST = 5  # such folders that are listed
_SPECIAL = re.compile(r"([*?\[\]\\!# ])")


@dataclass(frozen=True, slots=True)
class Installed:
    """The names of packages by their `node_modules`; a problem for each that could not be asked for."""

    packages: Mapping[str, frozenset[str]]
    problems: tuple[Problem, ...] = ()


def installed_packages(
    source: Source, pruned: Iterable[str], files: Iterable[str], object_format: str, cache: Cache
) -> Installed:
    """Return which packages are installed, in folders beside a package.json.

    What the host does not let be listed, or is no folder, has no row: then nothing is known of it. One look
    suffices; no file is read and no package looked into.
    """
    names = set(files)
    places = [path for path in sorted(pruned) if path.rpartition("/")[2] == _NAME]
    places = [path for path in places if f"{path[: -len(_NAME)]}package.json" in names][:_MOST]
    if not places:
        return Installed({})
    patterns = tuple(pattern for path in places for pattern in _patterns(_SPECIAL.sub(r"\\\1", path)))
    request = ScanRequest(
        prune=("/*", *patterns), read_contents=False, object_format=object_format, cache=cache
    )
    try:
        seen = source.snapshot(request)
    except SourceError as error:
        return Installed({}, tuple(Problem(path, ProblemKind.CUT_OFF, error.message) for path in places))
    unseen = {problem.path for problem in seen.problems}
    folders = {entry.path: entry for entry in seen.entries}
    packages = {
        place: _packages(place, seen.entries)
        for place in places
        if place in folders
        and not folders[place].pruned
        and not any(path == "" or path == place or path.startswith(place + "/") for path in unseen)
    }
    return Installed(packages)


def _patterns(place: str) -> Iterable[str]:
    """Yield what lets a look into a folder and into the scopes in it, and no further."""
    parts = place.split("/")
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        yield from (f"!/{above}/", f"/{above}/*")
    yield from (f"!/{place}/", f"/{place}/*", f"!/{place}/@*/", f"/{place}/@*/*")


def _packages(place: str, entries: Iterable[Entry]) -> frozenset[str]:
    start = place + "/"
    below = (entry for entry in entries if entry.path.startswith(start))
    return frozenset(
        entry.path[len(start) :] for entry in below if entry.kind in (Kind.DIRECTORY, Kind.SYMLINK)
    )
