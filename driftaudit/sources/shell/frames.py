"""What the script is told: calls of its functions, quoted for the shell."""

import re
from collections.abc import Iterable
from pathlib import Path

from driftaudit.sources.command import shell_command

TOO_BARE = 96  # exit status of the line below where the host cannot even take the script
_BOOTSTRAP = (
    f"for t in dd printf; do command -v $t >/dev/null 2>&1 || exit {TOO_BARE}; done; "
    'read -r n; script=$(dd bs=1 count=$n 2>/dev/null); eval "$script"'
)
_HOME = re.compile(rb"(~[A-Za-z0-9_.-]*)(/.*)?", re.DOTALL)
END = b"0\n"


def remote_command(become: str | None) -> str:
    """Return the line that starts the script that comes over its input."""
    return shell_command(_BOOTSTRAP, become)


def script() -> bytes:
    """Return the script as it is sent."""
    return Path(__file__).with_name("scan.sh").read_bytes()


def frame(code: bytes) -> bytes:
    """Return code with its length in front, as the script takes it."""
    return b"%d\n%b" % (len(code), code)


def call(function: str, *words: bytes) -> bytes:
    """Return a call of one of the script's functions."""
    return b" ".join([function.encode("ascii"), *map(quoted, words)])


def quoted(word: bytes) -> bytes:
    """Return a word that any POSIX shell takes as it is. Raises ValueError for a NUL byte."""
    if b"\0" in word:
        raise ValueError("no name holds a NUL byte")
    return b"'" + word.replace(b"'", rb"'\''") + b"'"


def encoded(path: str) -> bytes:
    """Return a path under the root as the script names it: never like an option."""
    return b"./" + path.encode("utf-8", "surrogateescape")


def start_call(mark: str, algorithm: str, root: str) -> bytes:
    """Return the call that goes to the root: absolute, relative to the home, or with a `~` in front."""
    words = [b"start", quoted(mark.encode("ascii")), quoted(f"{algorithm}sum".encode("ascii"))]
    return b" ".join([*words, _root_word(root.encode("utf-8", "surrogateescape"))])


def _root_word(root: bytes) -> bytes:
    home = _HOME.fullmatch(root)
    if home:
        name, below = home[1], home[2] or b""
        return name + (b"/" + quoted(below[1:]) if below else b"")
    return quoted(root if root.startswith(b"/") else b"./" + root)


def list_call(names: Iterable[str]) -> bytes:
    """Return the call that lists the tree without entering the folders of these names."""
    return call("list", *(name.encode("utf-8", "surrogateescape") for name in names))
