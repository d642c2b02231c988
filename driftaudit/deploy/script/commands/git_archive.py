"""`git archive`: an archive of a revision, whose files the repository here knows."""

import re

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.options import Grammar, parsed
from driftaudit.deploy.script.tree import Folder, Parts

_ARCHIVE = Grammar("v0123456789", "oFP", {"output": "o", "format": "F", "prefix": "P", "verbose": "v"})


def archive(call: Call, start: Parts, words: list[str]) -> int | None:
    """Pack a revision; where its files are not known, the archive is one of which nothing is."""
    options = parsed([word for word in words if word != "--worktree-attributes"], _ARCHIVE)
    members = None if options.unknown else _members(call, start, options.operands)
    contents = call.session.contents
    if members is None:
        content = contents.unknown()
    elif not members and len(options.operands) > 1:
        return 128
    else:
        prefix = options.value("P") or ""
        content = contents.of_archive(Member(prefix + each.path, each.node) for each in members)
    path = options.value("o")
    if path is None:
        call.print_content(content)
    elif call.may_write(path):
        return int(not call.write_file(call.files.find(start, path), content))
    return None if members is None else 0


def _members(call: Call, start: Parts, operands: list[str]) -> list[Member] | None:
    """Return the files of a revision below the folder where git runs, None where they are not known."""
    setting = call.session.setting
    top = setting.work_tree
    is_here = call.world.host.name == setting.here.name
    if not operands or top is None or not is_here or start[: len(top)] != top:
        return None
    revision, _colon, folder = operands[0].partition(":")
    paths = [path.rstrip("/") for path in operands[1:] if path != "--"]
    if any(re.search(r"[*?\[:\\]|\.\.", path) for path in paths):
        return None
    found = call.session.contents.revision(revision)
    below = folder.strip("/") or "/".join(start[len(top) :])
    if found is None:
        return None
    inside = [
        Member(each.path[len(below) :].lstrip("/"), each.node) for each in found if _is_in(each.path, below)
    ]
    if not all(any(_is_wanted(each, [path]) for each in inside) for path in paths):
        return []  # "pathspec did not match any files"
    return [each for each in inside if each.path and _is_wanted(each, paths)]


def _is_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _is_wanted(member: Member, paths: list[str]) -> bool:
    """Whether paths name a member, or a folder that it lies in, or something in the folder that it is."""
    if not paths or any(path == "." or _is_in(f"{member.path}/", path) for path in paths):
        return True
    return isinstance(member.node, Folder) and any(_is_in(path, member.path) for path in paths)
