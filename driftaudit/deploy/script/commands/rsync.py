"""`rsync`: its options are looked through here, and what they mean is asked of a planner."""

from dataclasses import dataclass, field

from driftaudit.deploy.script.call import Call, Programs, is_below
from driftaudit.deploy.script.commands.remote import End
from driftaudit.deploy.script.session import RsyncRequest, RsyncSource, Trouble
from driftaudit.deploy.script.tree import Folder, Link, Node, Parts, Place, Unseen

_PASSED = frozenset("arlptgoDdmCbcIHAXSWOJx")
_DROPPED = frozenset("vzhqiPy846")  # what is said, and how it travels
_REFUSED = {
    "R": "it makes the folders of the source's path",
    "L": "it follows links",
    "k": "it follows links",
    "K": "it writes through links",
    "u": "it keeps what is newer, and times are not known",
    "F": "it reads rules from the folders",
}
_PASSED_LONG = frozenset(
    """
    archive backup checksum chmod cvs-exclude del delete delete-after delete-before delete-
    delay delete-during delete-excluded devices dirs exclude existing filter force group hard-links
    ignore-errors ignore-existing ignore-non-existing ignore-times include links max-delete
    mkpath no-D no-dirs no-g no-group no-implied-dirs no-l no-links no-o no-owner no-p no-perms no-r
    no-recursive no-t no-times numeric-ids omit-dir-times omit-link-times one-file-system owner
    perms prune-empty-dirs recursive remove-source-files safe-links specials suffix times
    """.split()  # noqa: SIM905 # it is read as words
)
_DROPPED_LONG = frozenset(
    """
    acls block-size bwlimit chown compress compress-choice compress-level contimeout delay-updates
    fsync fuzzy human-readable info inplace ipv4 ipv6 itemize-changes log-file log-file-format no-
    compress no-h no-human-readable no-i-r no-inc-recursive no-motd no-whole-file out-format outbuf
    partial partial-dir password-file port progress protect-args protocol quiet rsh secluded-args
    size-only skip-compress sparse stats temp-dir timeout verbose whole-file xattrs
    """.split()  # noqa: SIM905 # it is read as words
)
_VALUED = frozenset(
    """
    backup-dir block-size bwlimit chmod chown compress-choice compress-level contimeout exclude
    exclude-from files-from filter include include-from info log-file log-file-format max-delete
    out-format outbuf partial-dir password-file port protocol rsh rsync-path skip-compress suffix
    temp-dir timeout
    """.split()  # noqa: SIM905 # it is read as words
)


@dataclass(slots=True)
class _Line:
    """A command line: options for the planner, paths, and what is not modelled."""

    options: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_dry: bool = False


def rsync(call: Call) -> int | None:
    """Bring one tree to another."""
    line = _Line()
    words = list(call.words)
    while words:
        _read(call, words.pop(0), words, line)
    if line.is_dry or len(line.paths) < 2:
        call.print_content(call.session.contents.unknown())
        return 0
    for option in line.refused:
        call.problem(Trouble.UNMODELLED, f"rsync {option}", may_touch=True)
    return _carried_out(call, line)


def _read(call: Call, word: str, words: list[str], line: _Line) -> None:
    if word.startswith("--"):
        _read_long(call, word, words, line)
    elif word.startswith("-") and len(word) > 1:
        _read_short(word[1:], words, line)
    else:
        line.paths.append(word)


def _read_short(letters: str, words: list[str], line: _Line) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in "efMTB@":
            value = letters or (words.pop(0) if words else "")
            if letter == "f":
                _add_filter(value, line)
            return
        if letter == "n":
            line.is_dry = True
        elif letter in _PASSED:
            line.options.append("-" + letter)
        elif letter not in _DROPPED:
            line.refused.append(f"-{letter}: {_REFUSED.get(letter, 'what it does is not modelled')}")


def _read_long(call: Call, word: str, words: list[str], line: _Line) -> None:
    name, equals, value = word[2:].partition("=")
    if name in _VALUED and not equals:
        value = words.pop(0) if words else ""
    if name == "dry-run":
        line.is_dry = True
    elif name == "filter":
        _add_filter(value, line)
    elif name in ("exclude-from", "include-from"):
        _add_rules(call, name, value, line)
    elif name == "backup-dir" and not value.startswith("/") and ".." not in value.split("/"):
        line.options.append(f"--backup-dir={value}")
    elif name == "rsync-path" and value.split()[-1:] == ["rsync"] and not set(value) & set("&;|`$("):
        return
    elif name in _PASSED_LONG:
        line.options.append(f"--{name}={value}" if name in _VALUED or equals else f"--{name}")
    elif name not in _DROPPED_LONG:
        line.refused.append(f"--{name}: what it does is not modelled")


def _add_filter(rule: str, line: _Line) -> None:
    """Pass a rule, but none that reads rules from a file."""
    if rule[:1] in (".", ":") or rule.startswith(("merge", "dir-merge")):
        line.refused.append(f"--filter {rule}: it reads rules from a file")
    else:
        line.options.append(f"--filter={rule}")


def _add_rules(call: Call, name: str, path: str, line: _Line) -> None:
    """Pass the patterns that a file of the model has."""
    content = call.content_of(path)
    text = None if content is None else call.session.contents.text(content)
    if text is None:
        line.refused.append(f"--{name}={path}: what is in that file is not known")
        return
    kind = name.partition("-")[0]
    for pattern in text.splitlines():
        if pattern.strip() and not pattern.startswith(("#", ";")):
            line.options.append(f"--{kind}={pattern}")


def _carried_out(call: Call, line: _Line) -> int | None:
    *sources, last = [End(call, path) for path in line.paths]
    planner = call.session.setting.rsync
    if any(end.is_vague for end in (*sources, last)):
        detail = "rsync from or to a path that is not known"
        call.problem(Trouble.UNKNOWN_DESTINATION, detail, may_touch=True)
        return None
    if planner is None:
        call.problem(Trouble.UNMODELLED, "rsync: there is none to ask what it would do", may_touch=True)
        return None
    place = last.place(last.path.rstrip("/") or "/")
    found = tuple(_source(call, end) for end in sources)
    detail = _not_told(last, place, sources)
    if detail:
        call.problem(Trouble.UNMODELLED, f"rsync {detail}", may_touch=True)
        return None
    editor = call.editor(last.host)
    has_folder = not place.parts or (not place.trouble and call.has_folder(place, editor))
    if not has_folder and "--mkpath" not in line.options:
        return 11  # it makes no more than the last folder
    if sources[0].host != call.world.host and all(source.node is None for source in found):
        return 23
    has_slash = last.path.endswith("/")
    request = RsyncRequest(
        tuple(line.options),
        found,
        place.node,
        has_slash,
        _name(place.parts),
        is_sent=last.host != call.world.host,
        is_fetched=sources[0].host != call.world.host,
    )
    answer = planner(request)
    if isinstance(answer, str):
        call.problem(Trouble.UNMODELLED, f"rsync: {answer}", may_touch=True)
        return None
    if answer.target is not None and answer.target is not place.node:
        editor.put(place.parts, answer.target)
    for name, node in answer.beside.items():
        editor.put((*place.parts[:-1], name), node)
    if "--remove-source-files" in line.options:
        detail = "rsync --remove-source-files: sources are taken to stay"
        is_target = sources[0].host.name == call.session.setting.there.name
        call.problem(Trouble.UNMODELLED, detail, may_touch=is_target)
    return answer.status


def _not_told(last: End, place: Place, sources: list[End]) -> str:
    """Return why it is not told what comes of it, "" where it is."""
    if isinstance(place.node, Unseen):
        return f"to {last.path}: what is there was not seen"
    is_link = isinstance(last.place(last.path.rstrip("/") or "/", follow=False).node, Link)
    if is_link and place.node is None:
        return f"to {last.path}: the link there leads nowhere"
    if any(end.host == last.host and is_below(place.parts, end.place().parts) for end in sources):
        return "brings a folder into itself"
    return ""


def _source(call: Call, end: End) -> RsyncSource:
    """Return one source."""
    has_slash = end.path.endswith("/") or end.path.rpartition("/")[2] in (".", "..")
    place = end.place(follow=has_slash)
    node: Node | None = place.node
    if place.trouble:
        node = None
    if node is None:
        end.note_absent()
    if isinstance(node, Unseen) or (isinstance(node, Folder) and node.is_open):
        detail = f"rsync brings {end.path}, of which not all was seen"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
    above = end.place(end.path.rpartition("/")[0] or ("/" if end.path.startswith("/") else "."))
    has_way = has_slash or isinstance(above.node, Folder | Unseen)
    return RsyncSource(_name(place.parts), node, is_content=has_slash, has_way=has_way)


def _name(parts: Parts) -> str:
    return parts[-1] if parts else "root"


RSYNC: Programs = {"rsync": rsync}
