"""Programs that print: what they print is known as far as it follows from the model."""

import re

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.commands.filters import writes
from driftaudit.deploy.script.contents import EMPTY
from driftaudit.deploy.script.escapes import escapes_read
from driftaudit.deploy.script.options import Grammar, parsed
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import Folder, Link, Node, Place, Unseen


def echo(call: Call) -> int:
    """Print the words."""
    words = list(call.words)
    flags = ""
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags += words.pop(0)[1:]
    text = " ".join(words)
    if "e" in flags:
        text, cut, _rest = text.partition("\\c")
        text = escapes_read(text)
        flags += "n" if cut else ""
    if not call.world.is_bash and ("\\" in text or flags.strip("n")):
        call.print_content(call.session.contents.unknown())  # each shell has its own way with that
        return 0
    call.print(text if "n" in flags else text + "\n")
    return 0


def printf(call: Call) -> int:
    """Print a format; one that is more than texts and numbers gives something unknown."""
    words = list(call.words)
    if words[:1] == ["-v"] and len(words) > 2:
        name, bracket, _index = words[1].partition("[")
        if has_symbols(name):
            call.session.forget_variables(call.world, with_own=True)
            return 0
        text = None if bracket else _formatted(words[2], words[3:])
        call.world.variables[name] = text or call.session.anything("printf")
        return 0
    if words[:1] == ["--"]:
        words.pop(0)
    text = _formatted(words[0], words[1:]) if words else ""
    call.print(call.session.anything("printf") if text is None else text)
    return 0


def _formatted(form: str, words: list[str]) -> str | None:
    pieces = re.split(r"(%[%sdib])", escapes_read(form))
    if any("%" in piece for piece in pieces[::2]):
        return None
    wanted = sum(piece in ("%s", "%d", "%i", "%b") for piece in pieces[1::2])
    rounds = max(1, -(-len(words) // wanted)) if wanted else 1
    rest = iter(words)
    found = []
    for piece in pieces * rounds:
        if piece in ("%s", "%b"):
            text = next(rest, "")
            found.append(escapes_read(text) if piece == "%b" else text)
        elif piece in ("%d", "%i"):
            found.append(next(rest, "0"))
        else:
            found.append("%" if piece == "%%" else piece)
    return "".join(found)


def cat(call: Call) -> int:
    """Print files."""
    status = 0
    for path in [word for word in call.words if not word.startswith("-") or word == "-"] or ["-"]:
        content = call.content_of(path)
        parts = call.place(path).parts if path != "-" else call.world.source
        is_sink = parts is not None and call.world.sink == parts
        if content is None or (is_sink and call.session.contents.text(content) != EMPTY):
            status = 1  # not there, or "input file is output file"
        else:
            call.print_content(content)
    return status


def tee(call: Call) -> int:
    """Print what is read, and write it to files."""
    found = parsed(call.words, Grammar(flags="aip", long={"append": "a", "ignore-interrupts": "i"}))
    status = 0
    sources = [call.place(path).parts for path in found.operands if path]
    if "a" not in found and call.world.source in sources:
        call.world.given = call.session.contents.of_text("")  # it empties what it is to read
    for path in found.operands:
        if path.startswith("/dev/") or not call.may_write(path):
            continue
        content = call.world.given
        before = call.content_of(path)
        if "a" in found and before is not None:
            content = call.session.contents.joined((before, content))
        status |= int(not call.write_file(call.place(path), content))
    call.print_content(call.world.given)
    return status


def pwd(call: Call) -> int:
    """Print the folder where the shell stands."""
    call.print(path_text(call.world.cwd if "-P" in call.words else call.world.logical_cwd) + "\n")
    return 0


def basename(call: Call) -> int:
    """Print the last part of a path."""
    words = [word for word in call.words if word != "--"]
    if not 1 <= len(words) <= 2 or words[0].startswith("-"):
        call.print(call.session.anything("basename") if words and words[0].startswith("-") else "")
        return 1
    name = words[0].rstrip("/").rpartition("/")[2] or "/"
    if len(words) > 1 and name != words[1]:
        name = name.removesuffix(words[1])
    call.print((_vague_name(call, name)) + "\n")
    return 0


def _vague_name(call: Call, name: str) -> str:
    """Return a last part; nobody knows how many parts an unknown text has."""
    return call.session.anything("basename") if call.session.symbols.unknown(name) else name


def dirname(call: Call) -> int:
    """Print a path without its last part."""
    for path in call.words:
        above, slash, _name = path.rstrip("/").rpartition("/")
        text = above.rstrip("/") or ("/" if slash or path.startswith("/") else ".")
        if call.session.symbols.unknown(path):
            text = call.session.anything(f"dirname {path}")
        call.print(text + "\n")
    return 0


def realpath(call: Call) -> int | None:
    """Print where a path leads: `realpath`, `readlink -f`; `readlink` prints the text of a link."""
    flags = {word for word in call.words if word.startswith("-")}
    status: int | None = 0
    for path in [word for word in call.words if not word.startswith("-")]:
        place = call.place(path, follow=call.name == "realpath" or bool(flags & {"-f", "-e", "-m"}))
        if call.is_vague(path) or isinstance(place.node, Unseen):
            call.print(call.session.anything(f"{call.name} {path}") + "\n")
            status = None
        elif call.name == "readlink" and not flags:
            if isinstance(place.node, Link):
                call.print(place.node.target + "\n")
            status = 0 if isinstance(place.node, Link) else 1
        elif place.trouble or (place.node is None and flags & {"-e"}):
            status = 1
        else:
            call.print(path_text(place.parts) + "\n")
    return status


def ls(call: Call) -> int | None:
    """List files and folders; other than plainly, or what was not seen whole, gives something unknown."""
    paths = [word for word in call.words if not word.startswith("-")] or ["."]
    flags = {word for word in call.words if word.startswith("-")} - {"-1"}
    places = {path: _listed(call, path) for path in paths}
    is_known = not any(call.is_vague(path) or _is_unseen(place.node) for path, place in places.items())
    there = [path for path, place in places.items() if place.node is not None and not place.trouble]
    if is_known and len(there) == len(paths) == 1 and isinstance(places[paths[0]].node, Folder) and not flags:
        call.print(_names(places[paths[0]].node))
    elif is_known and not flags:
        files = [path for path in paths if path in there and not isinstance(places[path].node, Folder)]
        folders = [path for path in paths if path in there and path not in files]
        parts = ["".join(f"{path}\n" for path in sorted(files))] if files else []
        parts += [f"{path}:\n{_names(places[path].node)}" for path in sorted(folders)]
        call.print("\n".join(parts))
    elif is_known and flags and all(set(word) <= _ORDERING for word in flags):
        names = _names(places[there[0]].node).splitlines() if len(there) == 1 else there
        call.print_content(call.session.contents.some_of(there if "d" in "".join(flags) else names))
    else:
        call.print(call.session.anything("ls"))
    return (0 if len(there) == len(paths) else 2) if is_known else None


_ORDERING = frozenset("-1dtrSUcuX")  # options of ls that choose no name and write it as it is


def _listed(call: Call, path: str) -> Place:
    """Return what ls shows of a path: a link that leads nowhere is shown itself, one in a circle is not."""
    place = call.place(path)
    is_missing = place.trouble in ("", "no such folder") and place.node is None
    return call.place(path, follow=False) if is_missing and not path.endswith("/") else place


def _is_unseen(node: Node | None) -> bool:
    return isinstance(node, Unseen) or (isinstance(node, Folder) and node.is_open)


def _names(node: Node | None) -> str:
    names = node.names() if isinstance(node, Folder) else []
    return "".join(f"{name}\n" for name in names if not name.startswith("."))


def fresh(call: Call) -> int:
    """Print a time, a name, an id: something that is one new word."""
    call.print(call.session.fresh(" ".join([call.name, *call.words])) + "\n")
    return 0


def anything(call: Call) -> None:
    """Print nobody knows what, and succeed or not."""
    if writes(call.name, call.words):
        detail = f"{call.name}: what it writes, or runs, is not modelled"
        call.problem(Trouble.UNMODELLED, detail, may_touch=call.is_target or "awk" in call.name)
    call.print(call.session.anything(" ".join([call.name, *call.words])))


def choosing(call: Call) -> None:
    """Print some of the lines that are read: which ones hangs on their order, or on what is in them."""
    lines = call.session.contents.lines(call.world.given)
    is_plain = not any(re.fullmatch(r"-[a-z]*[colqs][a-z]*", word) for word in call.words)
    operands = [word for word in call.words if not word.startswith("-")]
    reads_files = call.name in ("sort", "uniq") and bool(operands)
    if lines is None or not is_plain or reads_files or writes(call.name, call.words):
        anything(call)
        return
    contents = call.session.contents
    left = _left_out(call)
    is_none = left is not None and len(lines) <= left
    call.print_content(contents.of_text("") if is_none else contents.some_of(lines))


def _left_out(call: Call) -> int | None:
    """Return how many lines `tail -n +6` and `head -n -5` leave out; None where it is none of them."""
    found = re.fullmatch(r"-n ?([+-])(\d+)", " ".join(call.words))
    if found and (call.name, found[1]) in (("tail", "+"), ("head", "-")):
        return int(found[2]) - (call.name == "tail")
    return None


_FILTERS = """
    awk base64 bc cksum cmp column comm cut df diff dig du egrep envsubst expr fgrep
    file fold free gawk getent grep groups head host id join jq last less locale logger lsblk lsof
    md5sum more nc netstat nl nproc nslookup numfmt od paste pgrep ping printenv ps rev seq sha1sum
    sha256sum sort ss stat strings stty tail tput tr tty type uniq uptime w wc which who xxd yq
""".split()  # noqa: SIM905 # it is read as words

PRINTING: Programs = {
    **dict.fromkeys(_FILTERS, anything),
    **dict.fromkeys(("egrep", "fgrep", "grep", "head", "sort", "tail", "uniq"), choosing),
    **dict.fromkeys(("date", "hostname", "whoami", "uname", "uuidgen", "logname", "arch"), fresh),
    "echo": echo,
    "printf": printf,
    "cat": cat,
    "tee": tee,
    "pwd": pwd,
    "basename": basename,
    "dirname": dirname,
    "realpath": realpath,
    "readlink": realpath,
    "ls": ls,
}
