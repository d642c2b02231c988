"""A tree as it lies in the repository, moved to where it lies under the root."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from driftaudit.errors import UsageError
from driftaudit.model.entry import MODE_DIRECTORY, Entry, Kind
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.problem import Problem


def effective_mapping(mapping: PathMapping, paths: Collection[str], tree: str) -> PathMapping:
    """Return the pairs that apply to a tree with these paths.

    Of several FROM for one TO the first that the tree has wins, so that trees from before a restructuring
    still compare. Raises UsageError where the tree has none of them.
    """
    chosen: dict[str, str] = {}
    absent: dict[str, str] = {}
    for source, destination in mapping.pairs:
        if destination in chosen:
            continue
        if not source or source in paths:
            chosen[destination] = source
        else:
            absent.setdefault(destination, source)
    for destination, source in absent.items():
        if destination not in chosen:
            raise UsageError(
                f"there is no {source!r} in {tree}, but it is mapped to {destination or '.'!r}",
                "Correct the `map:` of the target, or --map FROM:TO.",
            )
    return PathMapping(tuple((source, destination) for destination, source in chosen.items()))


def project(entries: Iterable[Entry], mapping: PathMapping, tree: str) -> tuple[Entry, ...]:
    """Return the entries at their places under the root, sorted, with the folders that lead to them.

    Raises UsageError where two pairs bring different entries to one path.
    """
    if mapping == IDENTITY:
        return tuple(sorted(entries, key=lambda entry: entry.path))
    found: dict[str, Entry] = {}
    sources: dict[str, str] = {}
    for entry in entries:
        for path in mapping.all_in_root(entry.path):
            if not path:
                _require_folder(entry, tree)
                continue
            before = found.get(path)
            if before and (before.kind, entry.kind) != (Kind.DIRECTORY, Kind.DIRECTORY):
                raise _conflict(path, tree, (sources[path], entry.path))
            found[path] = replace(entry, path=path) if path != entry.path else entry
            sources[path] = entry.path
    for path in list(found):
        for folder in _folders_above(path):
            above = found.setdefault(folder, Entry(folder, Kind.DIRECTORY, MODE_DIRECTORY))
            if above.kind is not Kind.DIRECTORY:
                raise _conflict(folder, tree, (sources[folder], sources[path]))
    return tuple(found[path] for path in sorted(found))


def project_problems(problems: Iterable[Problem], mapping: PathMapping) -> tuple[Problem, ...]:
    """Return the problems at their places under the root; those of what is not deployed are left out."""
    return tuple(
        replace(problem, path=path) for problem in problems for path in mapping.all_in_root(problem.path)
    )


def _require_folder(entry: Entry, tree: str) -> None:
    """Raise UsageError where a file is mapped to the root itself: it would be lost without a word."""
    if entry.kind is not Kind.DIRECTORY and entry.path:
        name = entry.path.rpartition("/")[2]
        raise UsageError(
            f"{entry.path!r} is a file in {tree}, and is mapped to the root itself",
            f"Name the file there too: {entry.path}:{name}",
        )


def _conflict(path: str, tree: str, sources: tuple[str, str]) -> UsageError:
    return UsageError(
        f"two mappings bring {path!r} from {tree}: {sources[0]!r} and {sources[1]!r}",
        "Let every path under the root come from one place.",
    )


def _folders_above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
