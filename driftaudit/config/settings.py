"""The settings of a project: driftaudit.yml as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from driftaudit.config.access import Access
from driftaudit.config.paths import shown_path
from driftaudit.config.reporting import HistorySettings, NotifySettings
from driftaudit.config.rules import LabelPatterns, RuleSpec
from driftaudit.errors import ConfigError
from driftaudit.model.mapping import PathMapping

FILE_NAMES = ("driftaudit.yml", "driftaudit.yaml")

DesiredKind = Literal["revision", "worktree", "directory", "archive"]
DeployMethod = Literal["replace", "overlay", "mirror", "release", "script"]
ProbeKind = Literal["pm2", "tcp", "http", "systemd", "command"]

PROBE_SECONDS = 10.0  # for an answer, where the configuration does not say


@dataclass(frozen=True, slots=True)
class DesiredSettings:
    """What should be there. `value` is the revision, or the absolute path of the folder or archive."""

    kind: DesiredKind = "revision"
    value: str = "HEAD"
    mapping: PathMapping = field(default_factory=PathMapping)


@dataclass(frozen=True, slots=True)
class DeploySettings:
    """How the target is deployed. Paths are relative to its root, "" is the root; None: not said."""

    method: DeployMethod
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    current: str | None = None
    releases: str | None = None
    keep_releases: int | None = None
    script: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """A question to the running application: a kind of probe, and what it asks.

    `within` is for how many seconds an answer is waited for. `status` are those that are well for http, none
    for all from 200 to 299; `body` and `pattern` are regular expressions for what is answered and printed;
    `host` is the name that an http server is asked by, where it is not that of the URL. `by` is the subject
    of the pm2 or systemd probe whose process is to listen. `from_here` asks from this machine, not the host.
    """

    kind: ProbeKind
    subject: str
    within: float = PROBE_SECONDS
    from_here: bool = False
    by: str | None = None
    status: tuple[int, ...] = ()
    body: str | None = None
    host: str | None = None
    exit_code: int = 0
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """A named place that is deployed to. `where` is `file:line`; `packs` is None for all that are shipped."""

    name: str
    url: str
    desired: DesiredSettings
    deploy: DeploySettings | None
    allow_absent: bool
    packs: tuple[str, ...] | None
    backups: tuple[str, ...]
    probes: tuple[ProbeSettings, ...]
    where: str
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole configuration. `document` is the file as plain data, to be compared with an older one."""

    path: Path
    targets: Mapping[str, TargetSettings]
    labels: LabelPatterns
    rules: tuple[RuleSpec, ...]
    document: Mapping[str, object]
    history: HistorySettings = field(default_factory=HistorySettings)
    notify: NotifySettings = field(default_factory=NotifySettings)


def find_settings(start: Path) -> Path | None:
    """Return the configuration of a folder or of the nearest above it, up to the top of its repository.

    Raises ConfigError where a folder holds the file under both of its names.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        found = [folder / name for name in FILE_NAMES if (folder / name).is_file()]
        if len(found) > 1:
            both = " and ".join(FILE_NAMES)
            raise ConfigError(f"{shown_path(folder)} holds both {both}", "Keep one of them.")
        if found:
            return found[0]
        if (folder / ".git").exists():
            return None
    return None


def load_settings(path: Path) -> Settings:
    """Read and check a configuration. Raises ConfigError: every fault by file, line and column."""
    from driftaudit.config.settings_schema import read_settings  # pydantic costs 70 ms

    return read_settings(path)
