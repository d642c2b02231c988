"""The variables of this process, as a script that is started from here would find them."""

import re
from collections.abc import Mapping

from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.differences.masking import masked
from driftaudit.differences.names import is_secret_name
from driftaudit.model.script import Environment

# A shell sets these itself, or goes by them: they are what they are in the model.
_OF_THE_SHELL = frozenset(
    [
        *("BASH", "BASHOPTS", "BASH_ENV", "BASH_REMATCH", "BASH_SUBSHELL", "BASH_VERSINFO", "BASH_VERSION"),
        *("CDPATH", "COLUMNS", "COPROC", "DIRSTACK", "ENV", "EPOCHREALTIME", "EUID", "FUNCNAME"),
        *("GLOBIGNORE", "GROUPS", "HOME", "HOSTNAME", "HOSTTYPE", "IFS", "LINENO", "LINES", "MACHTYPE"),
        *("MAPFILE", "OLDPWD", "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PATH", "PIPESTATUS", "PPID"),
        *("POSIXLY_CORRECT", "PS4", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELLOPTS", "SHLVL"),
        *("SSH_AGENT_PID", "SSH_AUTH_SOCK", "SUDO_COMMAND", "SUDO_GID", "SUDO_UID", "SUDO_USER"),
        *("TERM", "UID", "_"),
    ]
)

# A value is told in reports: what has such a name is not, whether a secret or only near to one.
_NEAR_SECRETS = re.compile(
    r"pass|(?:^|_)pat(?:_|$)|pwd|cookie|session|basic|kube|key|cert|auth|login|cred", re.IGNORECASE
)


def environment_of(variables: Mapping[str, str]) -> Environment:
    """Return what a script may be told of variables: a value that may be a secret would end up in reports."""
    names = {name for name in variables if name.isidentifier()}
    told = {
        name: variables[name] for name in sorted(names - _OF_THE_SHELL) if _is_plain(name, variables[name])
    }
    return Environment(told, frozenset((names | _OF_THE_SHELL) - told.keys()))


def _is_plain(name: str, value: str) -> bool:
    if is_secret_name(name) or _NEAR_SECRETS.search(name) or "\n" in value or has_symbols(value):
        return False
    line = f"{name}={value}"
    return masked([line], "deploy.sh") == [line]
