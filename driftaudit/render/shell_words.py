"""Names from a host as words of a command that can be copied: nothing is hidden in them."""

import shlex

from driftaudit.render.printable import is_visible


def shell_word(text: str) -> str:
    """Return one line of visible characters that bash, zsh, ksh and BusyBox's sh read as exactly `text`.

    A name that does not show as itself is written with the escapes of `$'...'`, byte by byte.
    """
    if all(map(is_visible, text)):
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def path_word(path: str) -> str:
    """Return a path under the root as such a word, which no command takes for an option."""
    return shell_word(f"./{path}" if path.startswith("-") else path)


def _escaped(character: str) -> str:
    if is_visible(character) and character not in "\\'":
        return character
    is_byte = "\udc80" <= character <= "\udcff"  # how Python carries one that it could not decode
    encoded = character.encode("utf-8", "surrogateescape" if is_byte else "surrogatepass")
    return "".join(f"\\{byte:03o}" for byte in encoded)
