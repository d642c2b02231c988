"""`tar`, `zip`, `gzip`: what they put into archives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.patterns import translated
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Gone, Link, Node, Parts, Place, find


def excludes(patterns: list[str]) -> re.Pattern[str] | None:
    """Return what the patterns of tar's --exclude fit: a path, or its end after a slash."""
    if not patterns:
        return None
    source = "|".join(translated(pattern.rstrip("/")) for pattern in patterns)
    return re.compile(rf"(?:.*/)?(?:{source})", re.DOTALL)


_MOST_MEMBERS = 2_000  # of a folder with links in circles


def packed(
    call: Call, start: Parts, path: str, skipped: re.Pattern[str] | None, *, follows: bool = False
) -> list[Member] | None:
    """Return the members that a path becomes, None where it is not there."""
    is_taken_at_its_word = call.name == "zip"  # tar drops the slash at the end before it looks
    path = path if is_taken_at_its_word else path.rstrip("/") or "/"
    if skipped and is_skipped(path, skipped):
        return []
    place = find(call.files.root, start, path, follow=follows)
    path = path.rstrip("/") or "/"
    if place.node is None or place.trouble:
        return None
    name = re.sub(r"^(?:.*/)?\.\.(?:/|$)", "", path).lstrip("/") or "."  # "Removing leading ../"
    circles: list[str] = []
    walk = _Walk(call, start, skipped, follows=follows, circles=circles)
    members = []
    for member in walk.members(place, path, name):
        members.append(member)
        if circles and len(members) >= _MOST_MEMBERS:
            detail = f"{call.name} packs {path}, in which {circles[0]} leads in a circle"
            call.problem(Trouble.UNMODELLED, detail, may_touch=True)
            break
    return members


def is_skipped(path: str, skipped: re.Pattern[str]) -> bool:
    """Whether a path, or a folder that leads to it, fits what is left out."""
    parts = path.split("/")
    return any(skipped.fullmatch("/".join(parts[: n + 1])) for n in range(len(parts)))


@dataclass(frozen=True, slots=True)
class _Walk:
    """What lies below an operand, by the path that leads there from where the program was told to start.

    `circles` gets the links that are followed to a folder that they lie in.
    """

    call: Call
    start: Parts
    skipped: re.Pattern[str] | None
    follows: bool
    circles: list[str]

    def members(self, place: Place, path: str, name: str) -> Iterator[Member]:
        node: Node | None = place.node
        if node is None or isinstance(node, Gone) or (self.skipped and self.skipped.fullmatch(name)):
            return
        if not isinstance(node, Folder):
            yield Member(name, node)
            return
        yield Member(name, Folder(is_open=node.is_open))
        for below in node.names():
            found = Place((*place.parts, below), node.children[below])
            if self.follows and isinstance(found.node, Link):
                # By its whole path: in a circle of links it is not found any more in the end.
                found = find(self.call.files.root, self.start, f"{path}/{below}")
                if place.parts[: len(found.parts)] == found.parts:
                    self.circles.append(f"{path}/{below}")
            yield from self.members(found, f"{path}/{below}", f"{name}/{below}")


_UNPACKING = ("gunzip", "bunzip2", "zcat", "bzcat", "xzcat")


def packed_alone(call: Call) -> int | None:
    """`gzip`, `gunzip` and their kind: an archive stays what it is, any other content becomes unknown."""
    flags = "".join(word.lstrip("-") for word in call.words if word.startswith("-") and word[:2] != "--")
    to_output = "c" in flags or "--stdout" in call.words or call.name in ("zcat", "bzcat", "xzcat")
    paths = [word for word in call.words if not word.startswith("-")]
    unpacks = "d" in flags or call.name.startswith("un") or call.name in _UNPACKING
    if set(flags) & set("rS") or {"--recursive", "--suffix"} & {
        word.partition("=")[0] for word in call.words
    }:
        detail = f"{call.name} -{flags}: which files it packs is not modelled"
        call.problem(Trouble.UNMODELLED, detail, may_touch=True)
    if not paths:
        call.print_content(call.session.contents.alias(call.world.given, unpacks=unpacks))
        return 0
    status: int | None = 0
    for path in paths:
        content = call.content_of(path)
        is_link = isinstance(call.place(path, follow=False).node, Link)
        if content is None or (is_link and not to_output and "f" not in flags):
            status = 1
        elif to_output:
            call.print_content(call.session.contents.alias(content, unpacks=unpacks))
        elif not _replaced(call, path, content, unpacks=unpacks, flags=flags):
            status = 1
    return status


_ENDS = {"gzip": ".gz", "gunzip": ".gz", "bzip2": ".bz2", "bunzip2": ".bz2", "xz": ".xz", "unxz": ".xz"}


def _replaced(call: Call, path: str, content: str, *, unpacks: bool, flags: str) -> bool:
    end = _ENDS.get(call.name, ".zst")
    if path.endswith(end) != unpacks:
        return False
    place = call.place(path)
    takes_any = "f" in flags or end == ".zst" or (end == ".xz" and "k" in flags)
    node = place.node
    if not takes_any and isinstance(node, File) and len(call.files.names_of(place.parts, node)) > 1:
        return False  # "has 1 other link -- file ignored"
    target = path.removesuffix(end) if unpacks else path + end
    if not call.may_write(target):
        return True
    if call.place(target, follow=False).node is not None and "f" not in flags:
        detail = f"{call.name} {path}: {target} is there, and at a terminal it asks whether to write over it"
        call.problem(Trouble.UNMODELLED, detail, may_touch=call.is_target)
    if not call.write_file(call.place(target), call.session.contents.alias(content, unpacks=unpacks)):
        return False
    if "k" not in flags and end != ".zst":
        call.files.remove(call.place(path, follow=False).parts)
    return True
