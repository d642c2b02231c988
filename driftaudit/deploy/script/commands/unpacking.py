"""Lays the members of an archive into the model, as GNU tar and unzip do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import UNSEEN, File, Folder, Link, Parts, Place, Unseen
from driftaudit.model.mapping import is_within


@dataclass(frozen=True, slots=True)
class Manner:
    """How is unpacked. `writes_through`: a file that is there is written to, not replaced.

    `yields`: what lies where a folder must be stays, as with unzip; tar takes it away.
    """

    keeps_existing: bool = False
    fails_on_existing: bool = False  # and what could not be laid there is a failure
    keeps_links: bool = False
    writes_through: bool = False
    yields: bool = False
    names: Mapping[int, str] = field(default_factory=dict)  # the first one of each file that has more


def unpacked(call: Call, start: Parts, members: list[Member], manner: Manner) -> int | None:
    """Lay members below a folder; return 2 where one was refused."""
    status: int | None = 0
    for member in members:
        if not _laid(call, start, member, manner):
            status = 2
    return status


def heed_unseen(
    call: Call, members: Iterable[Member], wanted: list[str], skipped: Callable[[str], bool]
) -> None:
    """Note what of an archive was not seen when it was packed, where that may be among what is wanted.

    `skipped` tells which paths are left out with all that lies below them.
    """
    may_be_any = any(set(name) & set("*?[") for name in wanted)
    for member in members:
        is_seen = not member.node.is_open if isinstance(member.node, Folder) else member.node is not UNSEEN
        if is_seen or skipped(member.path):
            continue
        near = (is_within(member.path, name) or is_within(name, member.path) for name in wanted)
        if not wanted or may_be_any or any(near):
            detail = f"{call.name} unpacks {member.path}, of which not all was seen when it was packed"
            call.problem(Trouble.UNSEEN, detail, may_touch=True)


def first_names(members: Iterable[Member]) -> dict[int, str]:
    """Return the path under which an archive holds each file that has more names: the others lead to it."""
    found: dict[int, str] = {}
    for member in members:
        if isinstance(member.node, File) and member.node.inode:
            found.setdefault(member.node.inode, member.path)
    return found


def stripped(members: list[Member], count: int) -> list[Member]:
    """Return the members without the first parts of their paths; those that have no more are left out."""
    found = [Member(without_parts(member.path, count), member.node) for member in members]
    return [member for member in found if member.path]


def without_parts(path: str, count: int) -> str:
    """Return a path without its first parts, "" where it has no more."""
    return "/".join([part for part in path.split("/") if part][count:])


def _laid(call: Call, start: Parts, member: Member, manner: Manner) -> bool:
    path = member.path.strip("/")
    if ".." in path.split("/"):
        return False
    if path in ("", "."):
        return True
    place = _place_for(call, start, path)
    if place and isinstance(place.node, Link) and _is_replaced(call, place.parts, member, manner):
        call.files.remove(place.parts)
        place = _place_for(call, start, path, makes_folders=not manner.yields)
    if place is None:
        return False
    match member.node:
        case Folder():
            return _lay_folder(call, place.parts, manner)
        case File(inode=inode) if manner.names.get(inode, member.path) != member.path:
            return _lay_name(call, start, place.parts, member.node, manner)
        case File() | Link():
            return _lay_file(call, place.parts, member.node, manner)
        case _:
            return _lay_file(call, place.parts, File(call.session.contents.unknown()), manner)


def _place_for(call: Call, start: Parts, path: str, *, makes_folders: bool = True) -> Place | None:
    """Return where a member goes, None where no way leads there."""
    above = path.rpartition("/")[0]
    if above and makes_folders and not _has_folders(call, start, above):
        return None
    place = call.files.find(start, path, follow=False)
    return None if place.trouble else place


def _is_replaced(call: Call, link: Parts, member: Member, manner: Manner) -> bool:
    """Whether a link gives way to a member: with it goes the way there, where the link is a part of that."""
    if manner.keeps_existing or not isinstance(member.node, Folder):
        return not manner.keeps_existing
    leads_to_folder = isinstance(call.files.find(link[:-1], link[-1]).node, Folder)
    return not manner.yields and not (manner.keeps_links and leads_to_folder)


def _has_folders(call: Call, start: Parts, path: str) -> bool:
    """Make the folders that lead to a member; whether that could be done."""
    parts = path.split("/")
    for n in range(len(parts)):
        place = call.files.find(start, "/".join(parts[: n + 1]))
        if isinstance(place.node, Folder):
            continue
        if place.trouble or not (place.node is None or isinstance(place.node, Unseen)):
            return False
        if isinstance(call.files.find(start, "/".join(parts[: n + 1]), follow=False).node, Link):
            return False
        call.files.put(place.parts, Folder(is_open=isinstance(place.node, Unseen)))
    return True


def _lay_folder(call: Call, parts: Parts, manner: Manner) -> bool:
    there = call.files.get(parts)
    if isinstance(there, Folder):
        return True
    if isinstance(there, Link) and manner.keeps_links:
        return isinstance(call.files.find(parts[:-1], parts[-1]).node, Folder)
    if there is not None and (manner.keeps_existing or manner.yields) and not isinstance(there, Unseen):
        return False
    call.files.put(parts, Folder(is_open=isinstance(there, Unseen)))
    return True


def _lay_name(call: Call, start: Parts, parts: Parts, node: File, manner: Manner) -> bool:
    """Lay one more name of a file whose first one must be there: no archive holds its content twice."""
    first = call.files.find(start, manner.names[node.inode], follow=False)
    if not isinstance(first.node, File) or first.trouble:
        return False  # "Cannot hard link to"
    if not _lay_file(call, parts, node, manner):
        return False
    if call.files.get(parts) == node.alone and first.parts != parts:
        call.files.link(first.parts, first.node, parts)
    return True


def _lay_file(call: Call, parts: Parts, node: File | Link, manner: Manner) -> bool:
    there = call.files.get(parts)
    if isinstance(there, Folder) and (there.names() or there.is_open or manner.writes_through):
        return False
    if there is not None and not isinstance(there, Unseen) and manner.keeps_existing:
        return not manner.fails_on_existing
    if manner.writes_through and isinstance(there, File) and isinstance(node, File):
        call.files.write(parts, node.content)
    else:
        call.files.put(parts, node.alone if isinstance(node, File) else node)
    return True
