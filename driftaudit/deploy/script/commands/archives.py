"""`tar`, and all the programs of archives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.commands.packing import excludes, is_skipped, packed, packed_alone
from driftaudit.deploy.script.commands.unpacking import (
    Manner,
    first_names,
    heed_unseen,
    stripped,
    unpacked,
    without_parts,
)
from driftaudit.deploy.script.commands.zips import ZIPS
from driftaudit.deploy.script.contents import Member
from driftaudit.deploy.script.patterns import compiled
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import Folder, Parts, Unseen

_FLAGS = "cxtruzjJavpkmhOoUSlwWdA"
_VALUED = "fCTXIbgKNVHL"
_LONG = {
    **dict.fromkeys(["create", "extract", "get", "list", "append", "update"], ""),
    **dict.fromkeys(("gzip", "ungzip", "bzip2", "xz", "zstd", "auto-compress", "verbose"), ""),
    **dict.fromkeys(("preserve-permissions", "same-permissions", "same-owner", "no-same-owner"), ""),
    **dict.fromkeys(
        ("no-same-permissions", "touch", "numeric-owner", "totals", "checkpoint", "anchored"), ""
    ),
}
_LONG_VALUED = frozenset(("warning", "owner", "group", "sort", "mtime", "mode", "format"))
_SWITCHES = frozenset(
    ("overwrite", "keep-old-files", "skip-old-files", "keep-directory-symlink", "dereference", "wildcards")
)
_SMALLEST = 20  # bytes; what is shorter is no archive, in whatever way it was packed
_MODES = {"create": "c", "extract": "x", "get": "x", "list": "t", "append": "r", "update": "u"}


@dataclass(slots=True)
class _Line:
    """A tar command line. `operands` are paths with the folder that -C named for each."""

    mode: str = ""
    archive: str = "-"
    flags: set[str] = field(default_factory=set)
    operands: list[tuple[Parts | None, str]] = field(default_factory=list)
    patterns: list[int] = field(default_factory=list)  # how many excludes stood before each operand
    folder: Parts | None = None
    excludes: list[str] = field(default_factory=list)
    strip: int | None = 0
    unknown: str = ""


def tar(call: Call) -> int | None:
    """Pack or unpack."""
    line = _read_line(call)
    if line.folder is None:
        return _given_up(call, line)
    if line.unknown:
        call.problem(Trouble.UNMODELLED, f"tar {line.unknown}", may_touch=True)
    match line.mode:
        case "c":
            return _create(call, line)
        case "x":
            return _extract(call, line)
        case "t":
            call.print_content(call.session.contents.unknown())
            return 0 if call.content_of(line.archive) is not None else 2
        case _:
            call.problem(Trouble.UNMODELLED, f"tar -{line.mode}", may_touch=call.is_target)
            if line.archive != "-" and call.may_write(line.archive):
                call.write_file(call.place(line.archive), call.session.contents.unknown())
            return None


def _read_line(call: Call) -> _Line:
    """Return what a command line says; without a folder where a -C names none."""
    line = _Line(folder=call.world.cwd)
    words = list(call.words)
    if words and not words[0].startswith("-"):
        words = _old_style(words)
    is_lost = False
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            _long(call, word, words, line)
        elif word.startswith("-") and len(word) > 1:
            _short(call, word[1:], words, line)
        else:
            line.operands.append((line.folder, word))
            line.patterns.append(len(line.excludes))
        is_lost = is_lost or line.folder is None
    line.folder = None if is_lost else line.folder
    return line


def _given_up(call: Call, line: _Line) -> int:
    """Leave the archive that was begun before -C failed; where nothing is unpacked it is not missed."""
    content = call.content_of(line.archive) if line.mode == "x" else None
    if content is not None and call.session.contents.archive(content) == () and not line.operands:
        return 0
    if line.mode == "c" and line.archive != "-" and call.may_write(line.archive):
        call.write_file(call.place(line.archive), call.session.contents.of_text(""))
    return 2


def _old_style(words: list[str]) -> list[str]:
    """Return `xzfC FILE DIR` as `-x -z -f FILE -C DIR`."""
    rest = words[1:]
    found = []
    for letter in words[0]:
        found.append("-" + letter)
        if letter in _VALUED and rest:
            found.append(rest.pop(0))
    return [*found, *rest]


def _long(call: Call, word: str, words: list[str], line: _Line) -> None:
    name, equals, text = word[2:].partition("=")
    if name in _MODES:
        line.mode = _MODES[name]
    elif name in ("exclude", "strip-components", "strip", "file", "directory"):
        _with_value(call, name, text if equals or not words else words.pop(0), line)
    elif name == "exclude-vcs":
        line.excludes += [".git", ".gitignore", ".svn", ".hg"]
    elif name in _SWITCHES:
        line.flags.add({"keep-old-files": "k", "dereference": "h"}.get(name, name))
    elif name in _LONG_VALUED and not equals and words:
        words.pop(0)
    elif name not in _LONG and name not in _LONG_VALUED:
        line.unknown = word


def _with_value(call: Call, name: str, text: str, line: _Line) -> None:
    if name == "exclude":
        line.excludes.append(text)
    elif name == "file":
        line.archive = text
    elif name == "directory":
        line.folder = _entered(call, line.folder, text)
    else:
        line.strip = int(text) if text.isdigit() else None


def _short(call: Call, letters: str, words: list[str], line: _Line) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in _VALUED:
            text = letters or (words.pop(0) if words else "")
            letters = ""
            if letter == "f":
                line.archive = text
            elif letter == "C":
                line.folder = _entered(call, line.folder, text)
            elif letter not in "Ib":
                line.unknown = f"-{letter}"
        elif letter in "cxtruA":
            line.mode = letter
        elif letter in _FLAGS:
            line.flags.add(letter)
        else:
            line.unknown = f"-{letter}"


def _entered(call: Call, start: Parts | None, path: str) -> Parts | None:
    """Return the folder that -C names; None where there is none."""
    if call.is_vague(path):
        return (call.session.anything(path),)
    place = call.files.find(start or call.world.cwd, path)
    return place.parts if isinstance(place.node, Folder | Unseen) and not place.trouble else None


def _create(call: Call, line: _Line) -> int | None:
    status: int | None = 0
    if line.patterns and line.excludes[line.patterns[-1] :]:
        detail = "tar --exclude after the paths: newer ones of GNU leave nothing out then, and fail"
        call.problem(Trouble.UNMODELLED, detail, may_touch=False)
        status = None
    found = []
    archive = None if line.archive == "-" else call.place(line.archive)
    for (start, path), count in zip(line.operands, line.patterns, strict=True):
        skipped = excludes(line.excludes[:count])
        if call.is_vague(path):
            call.problem(Trouble.UNSEEN, f"tar packs {path}, and what that is is not known", may_touch=True)
            status = None
            continue
        if archive and start is not None and call.files.find(start, path).parts == archive.parts:
            continue  # "file is the archive; not dumped"
        packed_here = packed(call, start or call.world.cwd, path, skipped, follows="h" in line.flags)
        if packed_here is None:
            status = 2
            if not call.is_target:
                call.note_absent(path, start=start)
        found.append(tuple(packed_here or ()))
    content = call.session.contents.of_archive(chain.from_iterable(found))
    if archive is None:
        call.print_content(content)
        return status
    if call.may_write(line.archive) and not call.write_file(archive, content):
        return 2
    return status


def _extract(call: Call, line: _Line) -> int | None:
    content = call.content_of(line.archive)
    places = _by_folder(call, line)
    if any(call.session.symbols.unknown("/".join(target)) for target in places):
        detail = "tar unpacks into a folder that is not known"
        call.problem(Trouble.UNKNOWN_DESTINATION, detail, may_touch=call.is_target)
        return None
    if content is None:
        call.note_absent(line.archive)
        return 2
    members = call.session.contents.archive(content)
    text = call.session.contents.text(content)
    if members is None and text is not None and len(text) < _SMALLEST:
        detail = f"tar {line.archive}: that is empty, or too short for an archive"
        call.problem(Trouble.NOTHING_TO_BRING, detail, may_touch=True)
        return 2
    if members is None or line.strip is None:
        detail = f"tar unpacks {line.archive}, and what is in it is not known"
        call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target)
        return None
    if "O" in line.flags:
        call.print_content(call.session.contents.unknown())
        return 0
    manner = Manner(
        keeps_existing=bool(line.flags & {"k", "skip-old-files"}),
        fails_on_existing="k" in line.flags,
        keeps_links="keep-directory-symlink" in line.flags,
        writes_through="overwrite" in line.flags,
        names={inode: without_parts(path, line.strip) for inode, path in first_names(members).items()},
    )
    skipped = excludes(line.excludes)
    named = [path for names in places.values() for path in names]
    heed_unseen(call, members, named, lambda path: bool(skipped and is_skipped(path, skipped)))
    rest = [each for each in members if not (skipped and is_skipped(each.path, skipped))]
    status: int | None = 0
    for target, names in places.items():
        wanted = _names_in(members, names) if "wildcards" in line.flags else names
        chosen = [each for each in rest if _is_wanted(each.path, wanted)]
        taken = {each.path for each in chosen} if len(places) > 1 else set()
        rest = [each for each in rest if each.path not in taken]
        if any(not any(_is_wanted(each.path, [name]) for each in members) for name in wanted):
            status = 2  # "Not found in archive"
        result = unpacked(call, target, stripped(chosen, line.strip) if line.strip else chosen, manner)
        status = status or result
    return status


def _by_folder(call: Call, line: _Line) -> dict[Parts, list[str]]:
    """Return what is wanted in which folder; nothing named is all. A -C after the last name is for none."""
    if not line.operands:
        return {line.folder or call.world.cwd: []}
    found: dict[Parts, list[str]] = {}
    for start, path in line.operands:
        found.setdefault(start or call.world.cwd, []).append(path.rstrip("/"))
    return found


def _names_in(members: Sequence[Member], patterns: list[str]) -> list[str]:
    """Return the paths that patterns stand for, or the patterns themselves where they stand for none."""
    fitting = [_first_that_fits(each.path, patterns) for each in members]
    return [each for each in fitting if each] or patterns


def _first_that_fits(path: str, patterns: list[str]) -> str | None:
    """Return the path or the folder above it that fits one of the patterns, where `*` fits slashes."""
    parts = path.split("/")
    ways = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    return next((way for way in ways if any(compiled(each).fullmatch(way) for each in patterns)), None)


def _is_wanted(path: str, wanted: list[str]) -> bool:
    return not wanted or any(path == each or path.startswith(each + "/") for each in wanted)


ARCHIVES: Programs = {
    "tar": tar,
    "gtar": tar,
    "bsdtar": tar,
    **ZIPS,
    **dict.fromkeys(
        ("gzip", "gunzip", "zcat", "bzip2", "bunzip2", "bzcat", "xz", "unxz", "xzcat", "zstd", "unzstd"),
        packed_alone,
    ),
}
