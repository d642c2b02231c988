"""All modelled commands by name. A new one is one function and one line in its file."""

from collections.abc import Callable

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.commands.archives import ARCHIVES
from driftaudit.deploy.script.commands.builtins import BUILTINS, cd, popd, pushd
from driftaudit.deploy.script.commands.copying import COPYING
from driftaudit.deploy.script.commands.editing import EDITING
from driftaudit.deploy.script.commands.finding import find
from driftaudit.deploy.script.commands.git import GIT
from driftaudit.deploy.script.commands.making import MAKING
from driftaudit.deploy.script.commands.printing import PRINTING
from driftaudit.deploy.script.commands.remote import REMOTE, ssh
from driftaudit.deploy.script.commands.removal import REMOVAL
from driftaudit.deploy.script.commands.rsync import RSYNC
from driftaudit.deploy.script.commands.sftp import SFTP
from driftaudit.deploy.script.commands.shells import bash, evaluate, source
from driftaudit.deploy.script.commands.traps import TRAPS
from driftaudit.deploy.script.commands.wrappers import Named, wrapping
from driftaudit.deploy.script.commands.xargs import xargs
from driftaudit.deploy.script.world import World

PROGRAMS: Programs = {
    **BUILTINS,
    **PRINTING,
    **REMOVAL,
    **MAKING,
    **COPYING,
    **ARCHIVES,
    **REMOTE,
    **EDITING,
    **GIT,
    **RSYNC,
    **SFTP,
    **TRAPS,
}
"""Those that take a world to one other world."""


def shell_commands(named: Named) -> dict[str, Callable[[Call], list[World]]]:
    """Return those that run other commands, or may lead to several worlds; `named` runs a command."""
    return {
        "cd": cd,
        "ssh": ssh,
        "pushd": pushd,
        "popd": popd,
        "eval": evaluate,
        "source": source,
        ".": source,
        "find": lambda call: find(call, named),
        "xargs": lambda call: xargs(call, named),
        **dict.fromkeys(("sh", "bash", "dash", "ash"), bash),
        **wrapping(named),
    }
