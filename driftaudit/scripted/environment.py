"""The variables of this process, as a script that is started from here would find them."""

from collections.abc import Mapping

from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.differences.masking import masked
from driftaudit.differences.names import is_secret_name
from driftaudit.model.script import Environment

# A shell sets these itself, or goes by them: they are what they are in the model.
_OF_THE_SHELL = frozenset(
    [
        *("BASHOPTS", "BASH_ENV", "CDPATH", "COLUMNS", "ENV", "GLOBIGNORE", "HOME", "IFS", "LINES", "OLDPWD"),
        *("PATH", "POSIXLY_CORRECT", "PS4", "PWD", "SHELLOPTS", "SHLVL", "_"),
    ]
)


def environment_of(variables: Mapping[str, str]) -> Environment:
    """Return what a script may be told of variables: a value that may be a secret would end up in reports."""
    names = {name for name in variables if name.isidentifier()}
    told = {
        name: variables[name] for name in sorted(names - _OF_THE_SHELL) if _is_plain(name, variables[name])
    }
    return Environment(told, frozenset((names | _OF_THE_SHELL) - told.keys()))


def _is_plain(name: str, value: str) -> bool:
    if is_secret_name(name) or "\n" in value or has_symbols(value):
        return False
    line = f"{name}={value}"
    return masked([line], "deploy.sh") == [line]
