"""What a diff says in words."""

from collections.abc import Iterator

from driftaudit.model.difference import ContentDiff, ContentState, KeyChange, PathDifference
from driftaudit.model.entry import Entry
from driftaudit.render.patch_text import visible
from driftaudit.render.printable import printable
from driftaudit.render.wording import PROBLEM_ADVICE, count_of, size_of

_STATES = {
    ContentState.SECRET: "secret: content not shown",
    ContentState.TOO_LARGE: "too large: content not shown",
    ContentState.NOT_FETCHED: "runtime: not fetched unless the path is named",
    ContentState.SPECIAL: "a socket, a FIFO or a device: never opened",
    ContentState.UNREAD: "NOT READ",
    ContentState.BINARY: "binary: content not shown",
}


def state_words(difference: PathDifference) -> str:
    """Return why nothing is shown of a path, with sizes where they are known."""
    sizes = [f"{name} {_size(entry)}" for name, entry in _sides(difference)]
    return f"{_STATES[difference.content.state]} ({', '.join(sizes)})"


def _sides(difference: PathDifference) -> Iterator[tuple[str, Entry | None]]:
    yield "live", difference.live
    yield "desired", difference.desired


def _size(entry: Entry | None) -> str:
    if entry is None:
        return "absent"
    return "there" if entry.size is None else size_of(entry.size)


def said_of(difference: PathDifference) -> Iterator[str]:
    """Yield what there is to say of a path beside its lines, printable."""
    if difference.action == "keep" and difference.desired is None:
        yield "the deploy leaves it where it is"
    for note in difference.content.notes:
        yield printable(note)
    content = difference.content
    if content.document:
        if not content.keys:
            yield f"{content.document}: no key differs, only order, blanks or comments"
            return
        yield f"{content.document}: {count_of(len(content.keys), 'key differs', 'keys differ')}"
        yield from map(key_line, content.keys)


def key_line(change: KeyChange) -> str:
    """Return a change of a key on one line, from what is live to what is desired."""
    name = key_name(change)
    match change.kind:
        case "added":
            value = visible(change.desired or "")
        case "removed":
            value = visible(change.live or "")
        case _:
            value = f"{visible(change.live or '')} -> {visible(change.desired or '')}"
    return f"  {change.kind:<7}  {name}  {value}"


def key_name(change: KeyChange) -> str:
    """Return a key as people write it: `scripts.build`, `ports[0]`, `["a.b"]`."""
    name = ""
    for key in change.keys:
        if isinstance(key, int):
            name += f"[{key}]"
        elif key.replace("_", "").replace("-", "").isalnum():
            name += f".{key}" if name else key
        else:
            name += f'["{visible(key)}"]'
    return name or "(all of it)"


def summary_lines(diff: ContentDiff) -> Iterator[str]:
    """Yield what there is to say of the diff as a whole, printable."""
    for path in diff.same:
        yield f"{printable(path) or '.'} is the same on both sides"
    for problem in diff.problems:
        path = printable(problem.path) or "(the whole tree)"
        yield f"{problem.kind.value}  {path}  {printable(problem.detail)}"
    for kind in dict.fromkeys(problem.kind for problem in diff.problems):
        yield f"{kind.value}: {PROBLEM_ADVICE[kind]}"
    yield from map(printable, diff.notes)
