"""The small words of the command line: METHOD:PATH, FROM:TO, and what looks like a path."""

from collections.abc import Callable, Sequence

from driftaudit.config.paths import deploy_path, relative_path
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import METHODS, WORST_CASE
from driftaudit.errors import UsageError
from driftaudit.model.mapping import PathMapping


def is_path(text: str) -> bool:
    """Whether a word says by its beginning that it is a path."""
    return text in (".", "..") or text.startswith(("./", "../", "/"))


def _below_root(text: str, option: str, read: Callable[[str], str] = relative_path) -> str:
    try:
        return read(text)
    except ValueError as error:
        raise UsageError(
            f"{option}: {text!r} does not lie under the root: {error}",
            "Write the path relative to it, such as src",
        ) from None


def path_mapping(maps: Sequence[str]) -> PathMapping:
    """Return the pairs of all --map options. Raises UsageError where one is not FROM:TO."""
    pairs = []
    for text in maps:
        source, separator, destination = text.partition(":")
        if not separator or not source or not destination:
            raise UsageError(f"--map {text!r} is not FROM:TO", "Write, for example, --map api/src:src")
        pairs.append((_below_root(source, "--map"), _below_root(destination, "--map")))
    return PathMapping(tuple(pairs))


def deploy_intent(text: str) -> Intent:
    """Return the intent of a --deploy option. Raises UsageError for an unknown method or a bad path."""
    method, _separator, rest = text.partition(":")
    known = [name for name in METHODS if name != WORST_CASE]
    if method == "script":
        raise UsageError(
            "this version does not read deploy scripts", f"Say what the script does: {', '.join(known)}."
        )
    if method not in known:
        from difflib import get_close_matches

        near = get_close_matches(method, known, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"there is no deploy method {method!r}", f"{hint}Known are {', '.join(known)}.")
    paths = tuple(_below_root(word, "--deploy", deploy_path) for word in rest.split(",") if word)
    if method == "release":
        return Intent(method, shared=tuple(filter(None, paths)))
    return Intent(method, () if "" in paths else paths)


def path_under_root(text: str) -> str:
    """Return a PATH of the command line as it lies under the root. Raises UsageError for one outside."""
    try:
        return relative_path(text)
    except ValueError as error:
        raise UsageError(f"PATH: {error}", "Write it as it lies under the target's root.") from None
