"""Lays the members of an archive into the model, as GNU tar and unzip do."""

from dataclasses import dataclass

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.tree import File, Folder, Link, Parts, Place, Unseen


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
    links: bool = True  # names of one file become names of one file again


def unpacked(call: Call, start: Parts, members: list[Member], manner: Manner) -> int | None:
    """Lay members below a folder; return 2 where one was refused."""
    status: int | None = 0
    first: dict[int, Parts] = {}  # the path of a file that has more names, by its inode in the archive
    for member in members:
        if not _laid(call, start, member, manner, first):
            status = 2
    return status


def stripped(members: list[Member], count: int) -> list[Member]:
    """Return the members without the first parts of their paths; those that have no more are left out."""
    found = []
    for member in members:
        parts = [part for part in member.path.split("/") if part]
        if len(parts) > count:
            found.append(Member("/".join(parts[count:]), member.node))
    return found


def _laid(call: Call, start: Parts, member: Member, manner: Manner, first: dict[int, Parts]) -> bool:
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
        case File(inode=inode) if inode and manner.links:
            return _lay_name(call, place.parts, member.node, manner, first)
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


def _lay_name(call: Call, parts: Parts, node: File, manner: Manner, first: dict[int, Parts]) -> bool:
    """Lay the first name of a file as a file, and each other one as a name of what lies there."""
    origin = first.setdefault(node.inode, parts)
    is_laid = _lay_file(call, parts, node, manner)
    shared = call.files.get(origin)
    if is_laid and origin != parts and isinstance(shared, File) and call.files.get(parts) == node.alone:
        call.files.link(origin, shared, parts)
    return is_laid


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
