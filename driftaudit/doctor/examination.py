"""All checks of one target in their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from driftaudit.audit import AuditRequest
from driftaudit.config.settings import Settings, TargetSettings
from driftaudit.doctor.checks import Check, failed, skipped
from driftaudit.doctor.host import host_checks
from driftaudit.doctor.project import configuration_check, desired_check, repository_check
from driftaudit.doctor.tree import TREE_CHECKS, Look, folder_checks
from driftaudit.errors import DriftauditError
from driftaudit.policy.policy import load_policy
from driftaudit.provenance.history import read_history
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest, Source
from driftaudit.sources.registry import Setting, open_source
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.trees import EXPENDABLE, UNREAD

CONFIGURATION, REPOSITORY, DESIRED = "configuration", "repository", "desired tree"


@dataclass(frozen=True, slots=True)
class Questions:
    """What `check` would ask for first; each raises where there is nothing to be had."""

    settings: Callable[[], Settings | None]
    target: Callable[[], TargetSettings]
    repository: Callable[[], Repository]
    request: Callable[[], AuditRequest]


def examine(questions: Questions) -> Iterator[Check]:
    """Yield each check as it is made. Raises nothing that a user could mend: that is in the checks."""
    try:
        settings, target = questions.settings(), questions.target()
        source = open_source(target.url, Setting(questions.repository, access=target.access))
    except DriftauditError as error:
        yield failed(CONFIGURATION, error)
        yield from skipped((REPOSITORY, DESIRED, *TREE_CHECKS), f"the {CONFIGURATION}")
        return
    yield configuration_check(CONFIGURATION, settings, target)
    check, repository = repository_check(REPOSITORY, questions.repository, target)
    yield check
    request = None
    if check.exit_code:
        yield from skipped([DESIRED], f"the {REPOSITORY}")
    else:
        check, request = desired_check(DESIRED, questions.request, target)
        yield check
    look = Look(_scan_request(request), target.allow_absent, repository)
    yield from _tree_checks(source, look)


def _tree_checks(source: Source, look: Look) -> Iterator[Check]:
    if isinstance(source, SSHSource):
        return host_checks(source.address, source.access, look)
    return folder_checks(source, look)


def _scan_request(request: AuditRequest | None) -> ScanRequest:
    """Return a request for what `check` would read, without reading it."""
    labels = (request.policy if request else load_policy(None, {}, ())).labels
    known = b""
    if request and request.repository and request.base:
        history = read_history(request.repository, request.base, request.cache)
        known = history.paths_in_root(request.mapping)
    return ScanRequest(
        prune=labels.patterns(EXPENDABLE),
        unread=labels.patterns(UNREAD),
        known=labels.among(known),
        read_contents=False,
    )
