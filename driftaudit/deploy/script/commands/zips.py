"""`zip` and `unzip`."""

import re
from collections.abc import Iterator

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.commands.packing import packed
from driftaudit.deploy.script.commands.unpacking import Manner, heed_unseen, unpacked
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.options import Grammar, Options, options_of
from driftaudit.deploy.script.patterns import compiled
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import Folder

_ZIP = Grammar("rqyjTv9876543210oDX", "", {"recurse-paths": "r", "quiet": "q", "symlinks": "y"})
_UNZIP = Grammar("oqnjltvpaZ", "dP")


def zip_program(call: Call) -> int | None:
    """Pack, or add to an archive that is there."""
    words, patterns = _without_list(call.words, "x", "exclude")
    options = options_of(call, _ZIP, words)
    if not options.operands:
        return 1
    path, *sources = options.operands
    path = path if "." in path.rpartition("/")[2] else path + ".zip"
    if not call.may_write(path):
        return None
    before = call.content_of(path)
    had = () if before is None else call.session.contents.archive(before)
    members = {member.path: member for member in had or ()}
    found = _chosen(list(_packed(call, list(dict.fromkeys(sources)), options)), options, [], patterns)
    if len({member.path for member in found}) < len(found) and "j" in options:
        return 16  # "cannot repeat names in zip file"
    for member in found:
        members[member.path] = member
    if not found:
        return 12  # "Nothing to do!"
    contents = call.session.contents
    content = contents.unknown() if had is None else contents.of_archive(members.values())
    return int(not call.write_file(call.place(path), content))


def _packed(call: Call, sources: list[str], options: Options) -> Iterator[Member]:
    """Yield what sources become; without -r of a folder nothing but itself."""
    for source in sources:
        members = packed(call, call.world.cwd, source, None, follows="y" not in options) or []
        yield from members if "r" in options else members[:1]


def unzip(call: Call) -> int | None:
    """Unpack; what a question would decide is taken for answered with yes."""
    words, patterns = _without_list(call.words, "x", "")
    options = options_of(call, _UNZIP, words)
    if not options.operands or options.flags & set("ltvpZ"):
        call.print_content(call.session.contents.unknown())
        return 0
    path, *wanted = options.operands
    content = call.content_of(path) or call.content_of(f"{path}.zip")
    folder = options.value("d") or "."
    if content is None:
        call.note_absent(path)
        return 9
    if not call.may_write(folder):
        return None
    members = call.session.contents.archive(content)
    if members is None:
        detail = f"unzip unpacks {path}, and what is in it is not known"
        call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target)
        return None
    place = call.place(folder)
    if place.node is None:
        in_way = call.place(folder.rstrip("/") or "/", follow=False).node
        if in_way is not None or not call.has_folder(place):
            return 2  # "cannot create extraction directory"
        call.files.put(place.parts, Folder())
    heed_unseen(call, members, wanted, lambda _path: False)
    chosen = _chosen(list(members), options, wanted, patterns)
    manner = Manner(keeps_existing="n" in options, keeps_links=True, yields=True)
    status = unpacked(call, place.parts, chosen, manner)
    return status if chosen or not wanted else 11  # "filename not matched"


def _without_list(words: list[str], letter: str, long: str) -> tuple[list[str], list[str]]:
    """Return the words without the patterns after -x, which go on to the next option, and those."""
    rest: list[str] = []
    patterns: list[str] = []
    is_listed = False
    for word in words:
        attached = re.fullmatch(rf"-{letter}(.*)", word)
        if attached or (long and word == f"--{long}"):
            is_listed = True
            patterns += [attached[1]] if attached and attached[1] else []
        elif is_listed and not word.startswith("-") and word != "@":
            patterns.append(word)
        else:
            is_listed = False
            rest += [word] if word != "@" else []
    return rest, patterns


def _chosen(members: list[Member], options: Options, wanted: list[str], unwanted: list[str]) -> list[Member]:
    """Return the members that are asked for; with -j they have no folders any more."""
    found = [
        member for member in members if (not wanted or _fits(member, wanted)) and not _fits(member, unwanted)
    ]
    if "j" not in options:
        return found
    files = [member for member in found if not isinstance(member.node, Folder) or member.node.is_open]
    return [Member(member.path.rpartition("/")[2], member.node) for member in files]


def _fits(member: Member, patterns: list[str]) -> bool:
    name = member.path.removeprefix("./") + "/" * isinstance(member.node, Folder)
    return any(compiled(pattern.removeprefix("./")).fullmatch(name) for pattern in patterns)


ZIPS: Programs = {"zip": zip_program, "unzip": unzip}
