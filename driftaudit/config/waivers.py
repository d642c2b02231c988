"""driftaudit-waivers.yml: the differences that somebody has accepted, beside the configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from driftaudit.config.paths import shown_path
from driftaudit.config.yaml_document import Document
from driftaudit.errors import ConfigError
from driftaudit.model.build import AcceptedBuild
from driftaudit.model.waiver import Waiver

FILE_NAME = "driftaudit-waivers.yml"
NEVER = "never"  # in the place of a last day
DESTROY = "destroy"  # what a waiver can permit
MAX_BYTES = 16 * 1024 * 1024  # some 60,000 waivers


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """The file as it was read; the waivers in its order, each at its place in `waivers:` of the document."""

    document: Document
    waivers: tuple[Waiver, ...]
    builds: tuple[AcceptedBuild, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What has been accepted, of all targets: differences, and folders as earlier builds."""

    waivers: tuple[Waiver, ...] = ()
    builds: tuple[AcceptedBuild, ...] = ()


def load_accepted(path: Path) -> Accepted:
    """Return what a file holds, nothing where there is no file. Raises ConfigError, with file and line."""
    if not path.exists() and not path.is_symlink():
        return Accepted()
    if path.exists() and not path.is_file():
        raise ConfigError(f"{shown_path(path)}: no file", "Waivers are read from a plain file.")
    from driftaudit.config.waivers_schema import read_waivers  # pydantic costs 70 ms

    file = read_waivers(path)
    return Accepted(file.waivers, file.builds)


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a file. Raises as `load_accepted`."""
    return load_accepted(path).waivers


def overlapping(one: Waiver, other: Waiver) -> bool:
    """Whether two waivers accept the same content at the same path of one target."""
    same = (one.path, one.content) == (other.path, other.content)
    return same and (not one.targets or not other.targets or not set(one.targets).isdisjoint(other.targets))


def for_target(waivers: Sequence[Waiver], target: str) -> tuple[Waiver, ...]:
    """Return those that hold for a target."""
    return tuple(waiver for waiver in waivers if waiver.fits(target))
