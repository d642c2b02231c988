"""A tree as it lies in the repository, moved to where it lies under the root."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from driftaudit.errors import UsageError
from driftaudit.model.entry import MODE_DIRECTORY, Entry, Kind
from driftaudit.model.mapping import IDENTITY, PathMapping, is_within
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
    for entry in entries:
        for path in _destinations(entry.path, mapping):
            before = found.get(path)
            if before and before.kind is not Kind.DIRECTORY and entry.path != path:
                raise UsageError(
                    f"two mappings bring {path!r} from {tree}",
                    "Let every path under the root come from one place.",
                )
            if path:
                found[path] = replace(entry, path=path) if path != entry.path else entry
    for path in list(found):
        for folder in _folders_above(path):
            found.setdefault(folder, Entry(folder, Kind.DIRECTORY, MODE_DIRECTORY))
    return tuple(found[path] for path in sorted(found))


def project_problems(problems: Iterable[Problem], mapping: PathMapping) -> tuple[Problem, ...]:
    """Return the problems at their places under the root; those of what is not deployed are left out."""
    return tuple(
        replace(problem, path=path) for problem in problems for path in _destinations(problem.path, mapping)
    )


def _destinations(path: str, mapping: PathMapping) -> Iterator[str]:
    for source, destination in mapping.pairs:
        if is_within(path, source):
            rest = path[len(source) :].lstrip("/")
            yield "/".join(part for part in (destination, rest) if part)


def _folders_above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
