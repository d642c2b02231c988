"""Turns a target's name or URL, its settings and the options into what is to be audited."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from driftaudit.audit import AuditRequest
from driftaudit.cache import Cache
from driftaudit.cli.notes import notes_of
from driftaudit.cli.options import Options
from driftaudit.cli.words import (
    command_intent,
    deploy_intent,
    form_intent,
    is_path,
    path_mapping,
    script_intent,
)
from driftaudit.config.access import Access
from driftaudit.config.settings import DesiredSettings, Settings, TargetSettings, find_settings, load_settings
from driftaudit.config.waivers import FILE_NAME as WAIVERS
from driftaudit.config.waivers import Accepted, for_target, load_accepted
from driftaudit.deploy.base import Intent
from driftaudit.errors import RepositoryError, UsageError
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.waiver import Waiver
from driftaudit.policy.policy import Policy, load_policy
from driftaudit.repo import Repository
from driftaudit.sources.archive import FORMATS, archive_format
from driftaudit.sources.base import Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from driftaudit.sources.mapped import MappedSource
from driftaudit.sources.registry import Setting, local_source, open_source, scheme_of
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.sources.worktree import WorktreeSource

if TYPE_CHECKING:
    from driftaudit.backup_reading.places import BackupPlace, TargetHost
    from driftaudit.probes.asking import ProbeRequest


class Workplace:
    """The folder that a command runs in: its configuration and its repository, each read when needed."""

    def __init__(self, options: Options, folder: Path | None = None) -> None:
        self._options = options
        self._folder = folder or Path.cwd()

    @cached_property
    def settings(self) -> Settings | None:
        """The configuration, or None where there is none. Raises ConfigError."""
        if self._options.config:
            return load_settings(Path(self._options.config))
        found = find_settings(self._folder)
        return load_settings(found) if found else None

    @cached_property
    def repository(self) -> Repository:
        """The repository of the configuration's folder, else of this one. Raises RepositoryError."""
        return Repository.containing(self.settings.path.absolute().parent if self.settings else self._folder)

    def repository_if_any(self) -> Repository | None:
        """Return the repository, or None where there is none."""
        try:
            return self.repository
        except RepositoryError:
            return None

    @property
    def waivers_path(self) -> Path:
        """Where waivers stand, be there any or not: by the configuration, else at the repository's top."""
        if self.settings:
            return self.settings.path.absolute().parent / WAIVERS
        repository = self.repository_if_any()
        return (repository.top if repository else self._folder) / WAIVERS

    @cached_property
    def accepted(self) -> Accepted:
        """All waivers and accepted builds, also those for other targets. Raises ConfigError."""
        return load_accepted(self.waivers_path)

    @property
    def folder(self) -> Path:
        """The folder that a deploy begins in: that of the configuration, else the one that this runs in."""
        return self.settings.path.absolute().parent if self.settings else self._folder

    @property
    def _targets(self) -> Mapping[str, TargetSettings]:
        return self.settings.targets if self.settings else {}

    def target(self, name: str | None) -> TargetSettings:
        """Return the target of that name, the only one where no name is given, or one made of a URL."""
        targets = self._targets
        if name is None:
            return _only(targets, self.settings)
        if name in targets:
            return targets[name]
        if scheme_of(name) == "file" and not is_path(name) and not Path(name).exists():
            raise _no_such_target(name, targets)
        return TargetSettings(name, name, DesiredSettings(), None, False, None, (), (), "command line")

    def source(self, text: str, mapping: PathMapping) -> Source:
        """Return the source that a target's name, a URL, a path or a revision names."""
        targets = self._targets
        if text in targets:
            return open_source(targets[text].url, self.setting(mapping, targets[text].access))
        if scheme_of(text) == "file" and not is_path(text):
            exists, repository = Path(text).exists(), self.repository_if_any()
            if repository and repository.names_revision(text):
                if exists:
                    raise _ambiguous(text)
                return GitSource(repository, text, mapping)
            if not exists:
                raise _no_such_target(text, targets)
        return open_source(text, self.setting(mapping))

    def setting(self, mapping: PathMapping, access: Access | None = None) -> Setting:
        """Return what sources need of this place, and of the target whose host is read."""
        return Setting(lambda: self.repository, mapping, access or Access())


def cache_of(options: Options) -> Cache:
    """Return where this run looks up and keeps what can be remembered."""
    return Cache() if options.no_cache else Cache.of_user(anew=options.rehash)


@contextmanager
def begun_audit(workplace: Workplace, name: str | None, options: Options) -> Iterator[AuditRequest]:
    """Yield all that an audit needs; meanwhile its host is being connected to. Raises as `audit_request`.

    The connection is there for the scan, and to fetch contents afterwards, until the end of the context.
    """
    source = deployed_source(workplace, workplace.target(name))
    if not isinstance(source, SSHSource):
        yield audit_request(workplace, name, options)
        return
    opening = Opening(source.address, source.access)
    try:
        request = audit_request(workplace, name, options)
        yield replace(request, deployed=replace(source, opening=opening))
    finally:
        opening.close()


def deployed_source(workplace: Workplace, target: TargetSettings) -> Source:
    """Return the live tree of a target. Raises UsageError where its URL is none."""
    return open_source(_live_url(target), workplace.setting(target.desired.mapping, target.access))


def audit_request(workplace: Workplace, name: str | None, options: Options) -> AuditRequest:
    """Return all that an audit needs. Raises UsageError, ConfigError or RepositoryError."""
    target = workplace.target(name)
    mapping = path_mapping(options.maps) if options.maps else target.desired.mapping
    desired = _desired_settings(workplace, options, target)
    source, base, history_mapping = _desired_source(workplace, desired, mapping)
    policy = policy_of(workplace, target, options)
    if isinstance(source, GitSource):
        source = source.begun()
    return AuditRequest(
        target=target.name,
        desired=source,
        deployed=deployed_source(workplace, target),
        policy=policy,
        intent=_intent(workplace, target, options),
        repository=workplace.repository_if_any(),
        base=base,
        mapping=history_mapping,
        own_paths=_own_paths(workplace, target, desired),
        allow_absent=target.allow_absent,
        cache=cache_of(options),
        rate_limit=options.rate_limit,
        builds=tuple(build for build in workplace.accepted.builds if build.fits(target.name)),
        notes=notes_of(workplace, target, base, without_probes=options.probes is False),
        backups=backup_places(workplace, target),
        probes=probe_request(workplace, target, policy) if options.probes else None,
    )


def probe_request(workplace: Workplace, target: TargetSettings, policy: Policy) -> "ProbeRequest | None":
    """Return what is asked of the application that runs at a target, None where no probe is configured."""
    if not target.probes:
        return None
    from driftaudit.probes.asking import ProbeRequest

    match deployed_source(workplace, target):
        case SSHSource(address=address, access=access):
            return ProbeRequest(target.probes, address.root, policy, address, access)
        case DirectorySource(path=path):
            return ProbeRequest(target.probes, str(path.absolute()), policy)
    raise UsageError(
        f"{target.name} is no live tree, and nothing runs in it: its probes cannot be asked",
        "Take `probes:` out, or let `url:` name the folder or the host itself.",
    )


def history_base(workplace: Workplace, target: TargetSettings) -> str | None:
    """Return the commit whose history a target comes from, None where no repository has one."""
    repository = workplace.repository_if_any()
    revision = target.desired.value if target.desired.kind == "revision" else "HEAD"
    return repository.commit(revision) if repository and repository.names_revision(revision) else None


def backup_places(workplace: Workplace, target: TargetSettings) -> "tuple[BackupPlace, ...]":
    """Return where the backups of a target are looked for. Raises UsageError where one is no place."""
    if not target.backups:
        return ()
    from driftaudit.backup_reading.places import configured_places

    folder = workplace.settings.path.absolute().parent if workplace.settings else Path.cwd()
    return tuple(configured_places(target.backups, target_host(target), folder))


def target_host(target: TargetSettings) -> "TargetHost":
    """Return the host that a target's paths are on."""
    from driftaudit.backup_reading.places import TargetHost

    if scheme_of(target.url) != "ssh":
        return TargetHost()
    return TargetHost(SSHAddress.parse(target.url), target.access)


def policy_of(workplace: Workplace, target: TargetSettings, options: Options) -> Policy:
    """Return the labels, rules and waivers that hold for a target. Raises ConfigError."""
    settings = workplace.settings
    policy = load_policy(
        options.packs or target.packs,
        settings.labels if settings else {},
        settings.rules if settings else (),
    )
    return replace(policy, waivers=_fit_to_be_shown(for_target(workplace.accepted.waivers, target.name)))


def _fit_to_be_shown(waivers: Sequence[Waiver]) -> tuple[Waiver, ...]:
    """Return waivers in whose reasons nothing looks like a secret: they are in every report."""
    if not waivers:
        return ()
    from driftaudit.differences.masking import without_secrets

    return tuple(replace(waiver, reason=without_secrets(waiver.reason)) for waiver in waivers)


def _own_paths(workplace: Workplace, target: TargetSettings, desired: DesiredSettings) -> tuple[str, ...]:
    """Return where in a folder target the repository's objects, LFS's too, and the desired folder lie."""
    if scheme_of(target.url) != "file":
        return ()
    root = Path(_live_url(target).removeprefix("file://")).resolve()
    repository = workplace.repository_if_any()
    places = [*repository.folders(), repository.lfs_store.folder] if repository else []
    if desired.kind in ("directory", "archive"):
        places.append(Path(desired.value))
    inside = [place.resolve() for place in places if place.resolve().is_relative_to(root)]
    return tuple("" if place == root else place.relative_to(root).as_posix() for place in inside)


def _live_url(target: TargetSettings) -> str:
    """Return where the live tree lies: with releases it is where the `current` link leads."""
    current = target.deploy.current if target.deploy else None
    return f"{target.url.rstrip('/')}/{current}" if current else target.url


def _desired_settings(workplace: Workplace, options: Options, target: TargetSettings) -> DesiredSettings:
    text = options.desired
    if text is None:
        return target.desired
    if is_path(text):
        return DesiredSettings("directory", text, target.desired.mapping)
    repository = workplace.repository_if_any()
    if Path(text).exists():
        if repository and repository.names_revision(text):
            raise _ambiguous(text)
        raise UsageError(
            f"{text!r} is no revision, but there is such a path", f"Write ./{text} if you mean the path."
        )
    return DesiredSettings("revision", text, target.desired.mapping)


def _desired_source(
    workplace: Workplace, desired: DesiredSettings, mapping: PathMapping
) -> tuple[Source, str | None, PathMapping]:
    """Return the source, the commit whose ancestors are older, and how repository paths lead to the root."""
    if desired.kind == "revision":
        repository = workplace.repository
        source = GitSource(repository, desired.value, mapping)
        source.require_mapped_paths()
        return source, repository.commit(desired.value), mapping
    if desired.kind == "worktree":
        repository = workplace.repository
        return WorktreeSource(repository, mapping), repository.commit("HEAD"), mapping
    path = Path(desired.value)
    if not path.exists():
        what = "archive" if archive_format(path.name) else "folder"
        raise UsageError(f"there is no {what} {path}", "Build it first, or correct the path after --desired.")
    plain = local_source(path)
    if isinstance(plain, DirectorySource) and not path.is_dir():
        raise UsageError(f"{path} is a file, and no archive by its name", f"Known are {', '.join(FORMATS)}.")
    mapped = plain if mapping == IDENTITY else MappedSource(plain, mapping)
    return mapped, *_history_of_build(workplace.repository_if_any(), path, mapping)


def _history_of_build(
    repository: Repository | None, folder: Path, mapping: PathMapping
) -> tuple[str | None, PathMapping]:
    if repository is None or not repository.names_revision("HEAD"):
        return None, mapping
    base = repository.commit("HEAD")
    if not folder.is_dir():  # what an archive holds lies at no path of the repository
        return base, mapping
    try:
        prefix = folder.resolve().relative_to(repository.top.resolve()).as_posix()
    except ValueError:
        return base, mapping
    prefix = "" if prefix == "." else prefix
    pairs = tuple(("/".join(part for part in (prefix, source) if part), to) for source, to in mapping.pairs)
    return base, PathMapping(pairs)


def _intent(workplace: Workplace, target: TargetSettings, options: Options) -> Intent | None:
    said = (options.deploy, options.deploy_command, options.deploy_from)
    if sum(text is not None for text in said) > 1:
        raise UsageError(
            "the deploy is described in two ways", "Say one: --deploy, --deploy-command or --deploy-from."
        )
    if options.deploy_command is not None:
        return command_intent(options.deploy_command, workplace.folder)
    if options.deploy_from is not None:
        return form_intent(options.deploy_from)
    return deploy_intent(options.deploy) if options.deploy else _configured_intent(workplace, target)


def _configured_intent(workplace: Workplace, target: TargetSettings) -> Intent | None:
    deploy = target.deploy
    if deploy is None:
        return None
    if deploy.script is not None:
        return script_intent(workplace.folder / deploy.script)
    if deploy.keep_releases is not None:
        raise UsageError(
            f"target {target.name!r}: this version does not read what keep_releases removes",
            "Take keep_releases out, and look after the old releases yourself.",
        )
    return Intent(deploy.method, deploy.paths, deploy.exclude, deploy.shared)


def _only(targets: Mapping[str, TargetSettings], settings: Settings | None) -> TargetSettings:
    if settings is None:
        raise UsageError(
            "there is no driftaudit.yml here or above",
            "Run `driftaudit init URL`, or name a target: user@host:/folder",
        )
    if len(targets) != 1:
        names = ", ".join(targets) or "none"
        raise UsageError(
            f"which target? {settings.path.name} has: {names}", "Name one: driftaudit check NAME"
        )
    return next(iter(targets.values()))


def _no_such_target(name: str, targets: Mapping[str, TargetSettings]) -> UsageError:
    from difflib import get_close_matches

    names = list(targets)
    near = get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    known = (
        f"Targets of driftaudit.yml: {', '.join(names)}." if names else "A folder begins with ./, ../ or /."
    )
    return UsageError(f"there is no target {name!r}, nor a folder of that name", hint + known)


def _ambiguous(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is both a revision and a path",
        f"Write ./{text} for the path, or refs/heads/{text} for the branch.",
    )
