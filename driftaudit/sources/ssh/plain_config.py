"""The ssh configuration where no `ssh` is installed to ask: read by paramiko, which knows no Include."""

from importlib import import_module
from pathlib import Path
from typing import ClassVar

import paramiko

from driftaudit.errors import SourceError


class _Config(paramiko.SSHConfig):
    """Leaves tokens (%h) as they are, for paramiko knows too few of them."""

    TOKENS_BY_CONFIG_KEY: ClassVar[dict[str, list[str]]] = {}  # type: ignore[misc] # an instance's in the stubs


def plain_options(config: Path, host: str) -> dict[str, list[str]]:
    """Return what the file says of `host`: keyword in lower case -> values. No file says nothing.

    Raises SourceError, naming the file, where it cannot be read or parsed.
    """
    paramiko.config.invoke = import_module("invoke")  # type: ignore[attr-defined] # runs `Match exec`
    try:
        found = _Config.from_path(config).lookup(host)
    except FileNotFoundError:
        return {}
    except (paramiko.SSHException, OSError, ValueError) as error:
        raise SourceError(
            f"The ssh configuration {config} cannot be read: {error}",
            "Mend it, or install the ssh client (apt-get install openssh-client), which reads all of it.",
        ) from error
    found["hostname"] = found["hostname"].replace("%h", host)
    values: dict[str, str | list[str] | None] = dict(found)
    return {
        keyword: value if isinstance(value, list) else ["none" if value is None else value]
        for keyword, value in values.items()
    }
