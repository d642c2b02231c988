"""What driftaudit.yml may hold, and how it becomes settings. Local paths are relative to the file."""

from pathlib import Path
from typing import Annotated, Literal, Self, cast, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from driftaudit.config.access_schema import AccessModel
from driftaudit.config.paths import is_local_path, local_path, relative_path
from driftaudit.config.probes_schema import ProbeModel, known_managers
from driftaudit.config.reporting_schema import HistoryModel, NotifyModel
from driftaudit.config.rules_schema import Labels, Rules, rule_specs
from driftaudit.config.schema import (
    CheckedPath,
    DeployPath,
    Many,
    NotEmpty,
    RelativePath,
    Strict,
    Text,
    refuse,
    require_choice,
)
from driftaudit.config.settings import (
    DeployMethod,
    DeploySettings,
    DesiredKind,
    DesiredSettings,
    Settings,
    TargetSettings,
)
from driftaudit.config.validation import validate
from driftaudit.config.yaml_document import load_document
from driftaudit.model.mapping import PathMapping

_DESIRED_KINDS: tuple[DesiredKind, ...] = get_args(DesiredKind)
_METHODS: tuple[DeployMethod, ...] = get_args(DeployMethod)
_METHODS_WITH = {
    "paths": ("replace", "overlay", "mirror"),
    "exclude": ("mirror",),
    "shared": ("release",),
    "current": ("release",),
    "releases": ("release",),
    "keep_releases": ("release",),
    "script": ("script",),
}


def _distinct_sources(pairs: dict[str, str]) -> dict[str, str]:
    seen: set[str] = set()
    for source in pairs:
        if relative_path(source) in seen:
            refuse(f"{source!r} is mapped twice", key=source)
        seen.add(relative_path(source))
    return pairs


class DesiredModel(Strict):
    """`desired:` of a target."""

    revision: Text | None = None
    worktree: bool = False
    directory: Text | None = None
    archive: Text | None = None
    map: Annotated[dict[CheckedPath, RelativePath], AfterValidator(_distinct_sources), NotEmpty] = Field(
        default_factory=lambda: {".": ""}
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _DESIRED_KINDS if getattr(self, kind)]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            refuse(f"exactly one of {', '.join(_DESIRED_KINDS)} is needed, found {found}")
        return self

    def settings(self, folder: Path) -> DesiredSettings:
        """Return the values; a folder or an archive as an absolute path."""
        mapping = PathMapping(tuple((relative_path(source), to) for source, to in self.map.items()))
        if self.revision:
            return DesiredSettings("revision", self.revision, mapping)
        if self.worktree:
            return DesiredSettings("worktree", "", mapping)
        if self.directory:
            return DesiredSettings("directory", local_path(self.directory, folder), mapping)
        return DesiredSettings("archive", local_path(self.archive or "", folder), mapping)


class DeployModel(Strict):
    """`deploy:` of a target."""

    method: Annotated[str, BeforeValidator(lambda value: require_choice(value, _METHODS))]
    paths: Annotated[Many[DeployPath], NotEmpty] = ()
    exclude: Many[Text] = ()  # as rsync takes them: what begins with / starts at each of the paths
    shared: Many[RelativePath] = ()
    current: RelativePath | None = None
    releases: RelativePath | None = None
    keep_releases: Annotated[int, Field(ge=1)] | None = None
    script: Text | None = None

    @model_validator(mode="after")
    def _options_of_the_method(self) -> Self:
        for option, methods in _METHODS_WITH.items():
            if option in self.model_fields_set and self.method not in methods:
                refuse(f"{option!r} belongs to method {', '.join(methods)}, not to {self.method}", key=option)
        if self.method == "script" and not self.script:
            refuse("method script needs 'script', the file that deploys")
        return self

    def settings(self) -> DeploySettings:
        """Return the values."""
        return DeploySettings(
            method=cast("DeployMethod", self.method),
            paths=self.paths,
            exclude=self.exclude,
            shared=self.shared,
            current=self.current,
            releases=self.releases,
            keep_releases=self.keep_releases,
            script=self.script,
        )


class TargetModel(AccessModel):
    """One of `targets:`."""

    url: Text
    desired: DesiredModel = DesiredModel(revision="HEAD")
    deploy: DeployModel | None = None
    allow_absent: bool = False
    packs: Many[Text] | None = None
    backups: Many[Text] = ()
    probes: Annotated[Many[ProbeModel], AfterValidator(known_managers)] = ()

    def settings(self, name: str, folder: Path, where: str) -> TargetSettings:
        """Return the values."""
        packs = None if self.packs is None else tuple(_local(pack, folder) for pack in self.packs)
        return TargetSettings(
            name=name,
            url=_local(self.url, folder),
            desired=self.desired.settings(folder),
            deploy=self.deploy.settings() if self.deploy else None,
            allow_absent=self.allow_absent,
            packs=packs,
            backups=self.backups,
            probes=tuple(probe.settings() for probe in self.probes),
            where=where,
            access=self.access(),
        )


def _local(text: str, folder: Path) -> str:
    return local_path(text, folder) if is_local_path(text) else text


def checked_version(value: object) -> object:
    """Return the version of a file if it is one that is read here, and fail the field otherwise."""
    if isinstance(value, int) and value > 1:
        refuse(f"version {value} is newer than this driftaudit, which reads version 1: upgrade driftaudit")
    if value != 1 or isinstance(value, bool):
        refuse(f"{value!r} is no version: write 'version: 1'")
    return value


def _target_name(name: str) -> str:
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or not name[0].isalnum():
        refuse(f"{name!r} is no name for a target: letters, digits, '.', '_' and '-' make one")
    return name


class SettingsModel(Strict):
    """The whole file."""

    version: Annotated[Literal[1], BeforeValidator(checked_version)]
    targets: dict[Annotated[str, AfterValidator(_target_name)], TargetModel] = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)
    rules: Rules = ()
    history: HistoryModel = HistoryModel()
    notify: NotifyModel = NotifyModel()


def read_settings(path: Path) -> Settings:
    """Read and check a configuration. Raises ConfigError."""
    document = load_document(path)
    model = validate(document, SettingsModel)
    folder = path.resolve().parent
    targets = {
        name: target.settings(name, folder, document.line(("targets", name), on_key=True))
        for name, target in model.targets.items()
    }
    rules = rule_specs(document, model.rules)
    history, notify = model.history.settings(folder), model.notify.settings()
    return Settings(path, targets, model.labels, rules, document.value, history, notify)
