"""Paths as words of a shell's line, for the commands that a page gives to copy."""

import re
import shlex

from driftaudit.render.printable import printable

_BLANKS = (" ", "\t")
_PLAIN = re.compile(rb"[ -&(-\[\]-~]")  # what shows as itself within $'…'


def shell_word(path: str) -> str | None:
    """Return a path under the root as one word of a command, None where no command line can name it.

    What does not show is written as an escape within $'…', which bash, zsh and ksh know: the word is safe to
    look at, and to paste.
    """
    if "\n" in path:
        return None
    path = path or "."
    if path.startswith(("-", "~", *_BLANKS)):
        path = f"./{path}"
    if path.endswith(_BLANKS):
        path = f"{path}/."
    if printable(path).replace("\\\\", "\\") == path:
        return shlex.quote(path)
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: no name on a disk has one
        return None
    return "$'" + "".join(_escaped(raw[at : at + 1]) for at in range(len(raw))) + "'"


def _escaped(byte: bytes) -> str:
    # Three octal digits end by themselves; a digit after \x would be taken for one of its own.
    return byte.decode("ascii") if _PLAIN.fullmatch(byte) else f"\\{byte[0]:03o}"
