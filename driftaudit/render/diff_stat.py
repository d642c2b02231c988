"""How much differs in each file, as `git diff --stat` shows it."""

from collections.abc import Iterator, Sequence

from driftaudit.model.difference import ContentDiff, ContentState, PathDifference
from driftaudit.render.base import RenderOptions
from driftaudit.render.diff_wording import summary_lines
from driftaudit.render.patch_text import quoted

_WIDTH = 80  # columns, where nothing says how many there are
_NARROWEST = 10  # columns of a graph


def render(diff: ContentDiff, options: RenderOptions) -> str:
    """Return a line for each path with its lines added and removed, then the sums."""
    lines = list(_table(diff.differences, options.width or _WIDTH))
    lines += [f"# {line}" for line in summary_lines(diff)]
    return "".join(f"{line}\n" for line in lines)


def _table(differences: Sequence[PathDifference], width: int) -> Iterator[str]:
    if not differences:
        return
    rows = [(quoted(each.path), each) for each in differences]
    names = max(len(name) for name, _each in rows)
    most = max(each.content.added + each.content.removed for each in differences)
    digits = max(
        len(str(most)), 3 if any(each.content.state is not ContentState.TEXT for each in differences) else 0
    )
    room = max(width - names - digits - len(" |  ") - 1, _NARROWEST)
    for name, each in rows:
        yield f" {name:<{names}} | {_amount(each, digits, most, room)}".rstrip()
    yield _sums(differences)


def _amount(difference: PathDifference, digits: int, most: int, room: int) -> str:
    content = difference.content
    if content.state not in (ContentState.TEXT, ContentState.SAME):
        return "Bin" if content.state is ContentState.BINARY else content.state.value
    total = content.added + content.removed
    return f"{total:>{digits}} {_graph(content.added, content.removed, most, room)}"


def _graph(added: int, removed: int, most: int, room: int) -> str:
    if most <= room:
        return "+" * added + "-" * removed
    total = _scaled(added + removed, most, room)
    if added and removed:
        total = max(total, 2)
    if added < removed:
        plus = _scaled(added, most, room)
        return "+" * plus + "-" * (total - plus)
    minus = _scaled(removed, most, room)
    return "+" * (total - minus) + "-" * minus


def _scaled(number: int, most: int, room: int) -> int:
    """Return a share of the room, at least 1 where there is anything."""
    return 1 + number * (room - 1) // most if number else 0


def _sums(differences: Sequence[PathDifference]) -> str:
    count = len(differences)
    added = sum(each.content.added for each in differences)
    removed = sum(each.content.removed for each in differences)
    said = [f" {count} {'file' if count == 1 else 'files'} changed"]
    if added or not removed:
        said.append(f"{added} {'insertion' if added == 1 else 'insertions'}(+)")
    if removed or not added:
        said.append(f"{removed} {'deletion' if removed == 1 else 'deletions'}(-)")
    return ", ".join(said)
