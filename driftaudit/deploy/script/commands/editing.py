"""`sed`: with -i it makes something unknown of a file."""

from driftaudit.deploy.script.call import Call, Programs, worst
from driftaudit.deploy.script.commands.sed_scripts import sed_writes
from driftaudit.deploy.script.options import Grammar, Options, options_of
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Place, Unseen

_SED = Grammar(
    "nErsuzF",
    "efl",
    {
        "expression": "e",
        "quiet": "n",
        "silent": "n",
        "file": "f",
        "follow-symlinks": "F",
        "regexp-extended": "E",
        "line-length": "l",
        "separate": "s",
        "unbuffered": "u",
        "null-data": "z",
        **dict.fromkeys(("posix", "debug", "sandbox", "zero-terminated"), ""),
    },
)


def sed(call: Call) -> int | None:
    """Print, or with -i write, what nobody works out here."""
    in_place = [word for word in call.words if word.startswith("--in-place") or _is_in_place(word)]
    words = [word for word in call.words if word not in in_place]
    options = options_of(call, _SED, words)
    paths = options.operands if options.values.get("e") or options.values.get("f") else options.operands[1:]
    _note_writing(call, options)
    if not in_place:
        call.print_content(call.session.contents.unknown())
        return worst(0 if call.content_of(path) is not None else 1 for path in paths)
    first = in_place[0]
    suffix = first.partition("=")[2] if first.startswith("--") else first.partition("i")[2]
    return worst(_edited(call, path, suffix, follows="F" in options) for path in paths)


def _note_writing(call: Call, options: Options) -> None:
    scripts = options.values.get("e") or options.operands[:1]
    if "f" in options or sed_writes("\n".join(scripts)):
        detail = f"{call.name}: what its script writes, or runs, is not modelled"
        call.problem(Trouble.UNMODELLED, detail, may_touch=True)
    elif call.session.symbols.unknown("".join(scripts)):
        detail = f"{call.name}: what a variable puts into its script is taken for plain text"
        call.problem(Trouble.UNMODELLED, detail, may_touch=False)


def _is_in_place(word: str) -> bool:
    letters = word.partition("i")[0]
    return (
        word.startswith("-") and "i" in word and set(letters) <= set("-nErsuz") and not word.startswith("--")
    )


def _edited(call: Call, path: str, suffix: str, *, follows: bool) -> int | None:
    if not call.may_write(path):
        return None
    place = call.place(path, follow=follows)
    target = call.place(path)
    if isinstance(target.node, Unseen):
        call.files.put(place.parts, File(call.session.contents.unknown()))
        return None
    if not isinstance(target.node, File) or place.trouble:
        return 1
    if suffix:
        backup = path + suffix if "*" not in suffix else suffix.replace("*", path.rpartition("/")[2])
        _keep(call, call.place(backup, follow=False), target.node)
    content = call.session.contents.unknown(unsure=True)
    call.files.put(place.parts, File(content, target.node.executable))
    return 0


def _keep(call: Call, place: Place, node: File) -> None:
    if not place.trouble and call.has_folder(place):
        call.files.put(place.parts, node)


EDITING: Programs = {"sed": sed, "gsed": sed}
