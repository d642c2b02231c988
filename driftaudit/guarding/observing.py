"""Holds two looks at a target against each other: right before a command, and after it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.errors import UsageError
from driftaudit.guarding.place import place_of
from driftaudit.model.aftermath import Aftermath, Content, State, content_of
from driftaudit.model.finding import Action
from driftaudit.outcome import LEFT_ASIDE, Found, Promise, aftermath, promised
from driftaudit.policy.labels import Labels
from driftaudit.sources.base import Progress, Source
from driftaudit.sources.ssh.source import SSHSource

_Touched = Mapping[str, tuple[Action, Content | None, Content | None]]


class Watch(Protocol):
    """Shows the progress of one scan, and leaves the terminal as it was."""

    def __call__(self) -> AbstractContextManager[Progress]:
        """Return the progress to tell."""
        ...


def live_place(audit: AuditRequest) -> str:
    """Return where a target lies, in one form. Raises UsageError for what nothing can be deployed to."""
    place = place_of(audit.deployed)
    if place is None:
        raise UsageError(
            f"{audit.target} is no live tree: nothing is deployed to it",
            "Name the folder or the host itself.",
        )
    return place


def promise_of(examination: Examination, scope: tuple[str, ...] = ()) -> Promise:
    """Return what is to be found, in the scope, after the deploy that was examined."""
    audit = examination.audit
    return promised(
        audit.findings,
        audit.problems,
        created=[path for path, action in audit.plan.actions.items() if action is Action.CREATE],
        scope=scope,
        writes_through=audit.plan.method == "overlay",
        worst_case=audit.worst_case,
    )


def found_in(examination: Examination, labels: Labels) -> Found:
    """Return a tree that was examined, to be held against a promise."""
    audit = examination.audit
    return Found(
        findings=audit.findings,
        problems=examination.trees.seen.problems,
        live=examination.trees.live,
        is_left_aside=lambda path: (
            not LEFT_ASIDE.isdisjoint((*labels.of(path), *labels.of(path, is_directory=True)))
        ),
        tree_digest=audit.deployed.tree_digest,
    )


def look_again(request: AuditRequest) -> AuditRequest:
    """Return what is audited after a deploy: over a new connection, without a plan that could be refused."""
    return replace(
        request,
        deployed=_connected_anew(request.deployed),
        intent=None,
        own_paths=(),
        allow_absent=True,
        probes=None,
        structure=False,
    )


def found_after(request: AuditRequest, promise: Promise, watch: Watch) -> Aftermath:
    """Scan a target after its deploy, and return where it is not as was promised. Raises SourceError."""
    with watch() as progress:
        now = examine(look_again(request), progress)
    return aftermath(promise, found_in(now, request.policy.labels))


def unknown(reason: str) -> Aftermath:
    """Return that nothing is known of a target, and why."""
    return Aftermath(State.UNKNOWN, reason=reason)


def changed_between(before: Examination, now: Examination) -> str | None:
    """Return what changed of all that the plan touches, None where nothing did."""
    if before.audit.desired.tree_digest != now.audit.desired.tree_digest:
        return "what the deploy would bring"
    earlier, later = _touched(before), _touched(now)
    paths = [path for path in {**earlier, **later} if earlier.get(path) != later.get(path)]
    return min(paths) if paths else None


def _touched(examination: Examination) -> _Touched:
    plan = examination.audit.plan
    return {
        finding.path: (
            finding.action,
            content_of(finding.change.deployed),
            content_of(finding.change.desired),
        )
        for finding in examination.audit.findings
        if LEFT_ASIDE.isdisjoint(finding.labels)
        and (finding.action is not Action.KEEP or plan.touches(finding.path))
    }


def _connected_anew(source: Source) -> Source:
    return replace(source, opening=None) if isinstance(source, SSHSource) else source
