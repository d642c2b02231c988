"""The checks that need no host: configuration, repository, desired tree."""

from collections.abc import Callable

from driftaudit.audit import AuditRequest
from driftaudit.config.paths import shown_path
from driftaudit.config.settings import Settings, TargetSettings
from driftaudit.doctor.checks import Check, doubtful, failed, good
from driftaudit.errors import DriftauditError, RepositoryError
from driftaudit.model.mapping import PathMapping
from driftaudit.render.printable import printable
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest

_NAMED = 3  # mappings that a line names


def configuration_check(name: str, settings: Settings | None, target: TargetSettings) -> Check:
    """Say which file was read, and which target of it this is."""
    if settings is None:
        return doubtful(
            name,
            f"there is no driftaudit.yml here or above; the target is {target.url}, from the command line",
            f"Write a first one: driftaudit init {target.url}",
        )
    file = shown_path(settings.path)
    if target.name not in settings.targets:
        return good(name, f"{file}; the target is {target.url}, from the command line")
    return good(name, f"{file}: {target.name} is {target.url}")


def repository_check(
    name: str, open_repository: Callable[[], Repository], target: TargetSettings
) -> tuple[Check, Repository | None]:
    """Say whether there is a repository with a history that origins can be looked up in."""
    try:
        repository = open_repository()
    except RepositoryError as error:
        if target.desired.kind in ("revision", "worktree"):
            return failed(name, error), None
        advice = "Run it inside the repository, or nothing that is live can count as committed."
        return doubtful(name, error.message, advice), None
    try:
        commit = repository.commit("HEAD")
        return _history(name, repository, commit), repository
    except DriftauditError as error:
        return failed(name, error), None


def _history(name: str, repository: Repository, commit: str) -> Check:
    facts = f"{repository.top}, HEAD is commit {commit[:10]}, {repository.object_format}"
    unproven = "so `never committed` cannot be proven"
    if repository.is_shallow:
        return doubtful(
            name,
            f"{facts}; the clone is shallow, {unproven}",
            "Fetch the rest: git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    if repository.is_partial:
        return doubtful(
            name, f"{facts}; the clone is partial, {unproven}", "Clone it anew, without --filter."
        )
    return good(name, facts)


def desired_check(
    name: str, make_request: Callable[[], AuditRequest], target: TargetSettings
) -> tuple[Check, AuditRequest | None]:
    """Resolve the revision or the folder and its mapping as `check` would, rules and deploy method too."""
    try:
        request = make_request()
        snapshot = request.desired.snapshot(ScanRequest(read_contents=False))
    except DriftauditError as error:
        return failed(name, error), None
    what = snapshot.source.url
    if target.desired.kind == "revision":
        what = f"{target.desired.value} is commit {(snapshot.source.commit or '')[:10]}"
    facts = f"{what}, {len(snapshot.entries)} entries{_mapped(target.desired.mapping)}"
    if not snapshot.entries:
        return doubtful(name, f"{facts}: it is empty", "Check `desired:` in driftaudit.yml."), request
    if snapshot.problems:
        first = snapshot.problems[0]
        more = f" and {len(snapshot.problems) - 1} more" if len(snapshot.problems) > 1 else ""
        advice = "Where the deploy touches them, `driftaudit check` will call the evidence incomplete."
        return doubtful(
            name, f"{facts}; not seen: {printable(first.path)}{more} ({first.detail})", advice
        ), request
    return good(name, facts), request


def _mapped(mapping: PathMapping) -> str:
    if mapping == PathMapping():
        return ""
    shown = [f"{source or '.'} to {destination or '.'}" for source, destination in mapping.pairs[:_NAMED]]
    more = len(mapping.pairs) - _NAMED
    return f" ({', '.join(shown)}{f' and {more} more' if more > 0 else ''})"
