"""Whether the paths of a deploy are there: on paper, one that is nowhere destroys nothing."""

from collections.abc import Collection
from difflib import get_close_matches

from driftaudit.deploy.base import Intent, Trees
from driftaudit.errors import UsageError
from driftaudit.model.entry import Kind
from driftaudit.model.mapping import is_within


def check_paths(intent: Intent, trees: Trees) -> None:
    """Raise UsageError for a path below a live link or file, and for one that is in neither tree."""
    for path in filter(None, intent.paths):
        for place in (*_above(path), *([path] if intent.method == "mirror" else [])):
            entry = trees.live(place)
            if entry and entry.kind is Kind.SYMLINK:
                raise _below_link(place, path)
            if entry and entry.kind is not Kind.DIRECTORY and place != path:
                raise UsageError(
                    f"{place!r} is no folder on the target, so a deploy to {path!r} takes its place",
                    f"Deploy {place!r} itself, or move it away first.",
                )
        is_there = trees.desired.has(path) or trees.deployed.has(path)
        if not is_there and not any(is_within(path, place) for place in trees.unseen):
            raise _nowhere(intent.method, path, {*trees.desired.all_paths(), *trees.deployed.all_paths()})


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _below_link(link: str, path: str) -> UsageError:
    return UsageError(
        f"{link!r} is a link on the target, so what a deploy to {path!r} destroys is not seen",
        f"Name where the link leads, or make it the root of the target (…/{link}).",
    )


def _nowhere(method: str, path: str, known: Collection[str]) -> UsageError:
    depth = path.count("/")
    folded = {other.casefold(): other for other in known if other.count("/") <= depth}
    near = get_close_matches(path.casefold(), folded, n=1)
    hint = f"; did you mean {folded[near[0]]!r}?" if near else ""
    return UsageError(
        f"there is no {path!r} to {method}, neither in the desired tree nor live{hint}",
        "The paths of a deploy are relative to the root of the target.",
    )
