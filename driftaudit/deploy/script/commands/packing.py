"""`tar`, `zip`, `gzip`: what they put into archives."""

import re
from collections.abc import Iterator

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.patterns import translated
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import Folder, Gone, Link, Node, Parts, Place, Unseen, find


def excludes(patterns: list[str]) -> re.Pattern[str] | None:
    """Return what the patterns of tar's --exclude fit: a path, or its end after a slash."""
    if not patterns:
        return None
    source = "|".join(translated(pattern.rstrip("/")) for pattern in patterns)
    return re.compile(rf"(?:.*/)?(?:{source})", re.DOTALL)


def packed(
    call: Call, start: Parts, path: str, skipped: re.Pattern[str] | None, *, follows: bool = False
) -> list[Member] | None:
    """Return the members that a path becomes, None where it is not there."""
    path = path.rstrip("/") or "/"
    place = find(call.files.root, start, path, follow=follows)
    if place.node is None or place.trouble:
        return None
    name = re.sub(r"^(?:.*/)?\.\.(?:/|$)", "", path).lstrip("/") or "."  # "Removing leading ../"
    return list(_walk(call, place, name, skipped, follows=follows))


def _walk(
    call: Call, place: Place, name: str, skipped: re.Pattern[str] | None, *, follows: bool
) -> Iterator[Member]:
    node: Node | None = place.node
    if node is None or isinstance(node, Gone) or (skipped and skipped.fullmatch(name)):
        return
    if isinstance(node, Unseen) or (isinstance(node, Folder) and node.is_open):
        detail = f"{call.name} packs {name}, of which not all was seen"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
    if not isinstance(node, Folder):
        yield Member(name, node)
        return
    yield Member(name, Folder())
    for below in node.names():
        parts = (*place.parts, below)
        child: Node | None = node.children[below]
        if follows and isinstance(child, Link):
            found = find(call.files.root, place.parts, below)
            parts, child = found.parts, found.node
        yield from _walk(call, Place(parts, child), f"{name}/{below}", skipped, follows=follows)


def packed_alone(call: Call) -> int | None:
    """`gzip`, `gunzip` and their kind: an archive stays what it is, any other content becomes unknown."""
    flags = "".join(word.lstrip("-") for word in call.words if word.startswith("-") and word[:2] != "--")
    to_output = "c" in flags or "--stdout" in call.words or call.name in ("zcat", "bzcat", "xzcat")
    paths = [word for word in call.words if not word.startswith("-")]
    unpacks = "d" in flags or call.name.startswith("un") or call.name in ("gunzip", "bunzip2")
    if not paths:
        call.print_content(call.session.contents.alias(call.world.given))
        return 0
    status: int | None = 0
    for path in paths:
        content = call.content_of(path)
        if content is None:
            status = 1
        elif to_output:
            call.print_content(call.session.contents.alias(content))
        elif not _replaced(call, path, content, unpacks=unpacks, keeps="k" in flags):
            status = 1
    return status


_ENDS = {"gzip": ".gz", "gunzip": ".gz", "bzip2": ".bz2", "bunzip2": ".bz2", "xz": ".xz", "unxz": ".xz"}


def _replaced(call: Call, path: str, content: str, *, unpacks: bool, keeps: bool) -> bool:
    end = _ENDS.get(call.name, ".zst")
    if path.endswith(end) != unpacks:
        return False
    target = path.removesuffix(end) if unpacks else path + end
    if not call.may_write(target):
        return True
    if not call.write_file(call.place(target), call.session.contents.alias(content)):
        return False
    if not keeps and end != ".zst":
        call.files.remove(call.place(path).parts)
    return True
