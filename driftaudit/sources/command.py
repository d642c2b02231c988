"""How a script for /bin/sh becomes one line that any login shell hands on as it is."""

import re

_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def shell_command(script: str, become: str | None = None) -> str:
    """Return the line that runs a script, under `sudo -n` as the user `become` if one is named.

    One line without an exclamation mark, so that csh, tcsh and fish hand it on too: the script holds no line
    end, no single quote, and no exclamation mark.
    """
    if any(character in script for character in "\n'!"):
        raise ValueError("not every login shell would hand this on as it is")
    if become is not None and not _USER.fullmatch(become):
        raise ValueError(f"{become!r} is no user name")  # the configuration has refused it
    sudo = f"sudo -n -u {become} -- " if become else ""
    return f"exec {sudo}/bin/sh -c '{script}'"
