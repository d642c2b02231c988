"""driftaudit-waivers.yml as text: accepted builds are added to it, and no other line of it changes."""

import re

from driftaudit.accept.document import HEADER, cannot_be_added, read_text
from driftaudit.config.waivers import FILE_NAME
from driftaudit.errors import ConfigError
from driftaudit.model.build import AcceptedBuild
from driftaudit.render.yaml_text import scalar

_PREFIX = re.compile(r" *-[ ]+")


def with_build(text: str, build: AcceptedBuild, name: str = FILE_NAME) -> str:
    """Return the text of the file with one build more, "" being that of none.

    The same folder with the same content again changes nothing. Raises ConfigError where the text is wrong,
    UsageError where it is YAML of a kind that cannot be added to line by line.
    """
    text = text or HEADER + "  []\n"
    file = read_text(text, name)
    if any(_is_same(each, build) for each in file.builds):
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    if file.builds:
        line, column = file.document.values_at["builds", 0]
        prefix = lines[line - 1][: column - 1]
        if not _PREFIX.fullmatch(prefix):
            raise cannot_be_added(name)
        lines[line - 1 : line - 1] = _item(build, prefix, end)
    else:
        if "builds" in file.document.value:
            raise cannot_be_added(name)
        lines += [f"builds:{end}", *_item(build, "  - ", end)]
    written = "".join(lines)
    try:
        again = read_text(written, name)
    except ConfigError:
        raise cannot_be_added(name) from None
    if set(again.builds) != {*file.builds, build} or again.waivers != file.waivers:
        raise cannot_be_added(name)
    return written


def _is_same(existing: AcceptedBuild, build: AcceptedBuild) -> bool:
    return (existing.path, existing.commit, existing.targets) == (build.path, build.commit, build.targets)


def _item(build: AcceptedBuild, prefix: str, end: str) -> list[str]:
    targets = [scalar(target) for target in build.targets]
    fields = {
        "path": scalar(build.path or "."),
        "commit": f'"{build.commit}"',
        "target": targets[0] if len(targets) == 1 else f"[{', '.join(targets)}]" if targets else "",
        "reason": scalar(build.reason),
        "owner": scalar(build.owner),
        "accepted": build.accepted.isoformat(),
    }
    rows = [f"{key}: {value}" for key, value in fields.items() if value]
    return [(prefix if not number else " " * len(prefix)) + row + end for number, row in enumerate(rows)]
