"""A receipt: the verdict of a check, and the tree and the plan that it was given for."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import driftaudit
from driftaudit.audit import AuditRequest, Examination
from driftaudit.config.rules import Conditions
from driftaudit.deploy.base import Intent
from driftaudit.guarding.observing import live_place, promise_of
from driftaudit.model.aftermath import Content
from driftaudit.outcome import LEFT_ASIDE, Promise, covered_digest
from driftaudit.policy.labels import Labels
from driftaudit.policy.policy import Policy
from driftaudit.render.json_values import Document, path_keys, readable, timestamp

SCHEMA = "driftaudit/receipt/v1"
TOOL = f"driftaudit {driftaudit.__version__}"
DEFAULT_MINUTES = 15.0

_CONDITIONS = tuple(each.name for each in fields(Conditions) if each.name != "paths")  # sets, of no order


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `covered_digest` is of the paths of the plan, less what is left aside.

    `labels_digest` is of the patterns that say what that is, `rules_digest` of all that the verdict was
    reached by, and `intent_digest` of how it is deployed: None where that was not known.
    """

    target: str
    url: str
    verdict: str
    issued_at: datetime
    expires_at: datetime
    commit: str | None
    desired_digest: str
    covered_digest: str
    labels_digest: str
    rules_digest: str
    intent_digest: str | None
    promise: Promise


def receipt_document(request: AuditRequest, examination: Examination, minutes: float) -> Document:
    """Return the receipt of a check, without its seal. Raises UsageError where the target is not live."""
    audit = examination.audit
    scope, labels = audit.plan.scope, request.policy.labels
    promise = promise_of(examination, scope)
    changes = [
        {
            **path_keys(path),
            "action": each.action.value,
            "expected": each.wanted.value,
            "before": _content(each.before),
            "desired": _content(each.desired),
        }
        for path, each in sorted(promise.paths.items())
    ]
    paths = [path_keys(path) for path in scope]
    return {
        "schema": SCHEMA,
        "tool": TOOL,
        "target": readable(audit.target),
        "url": readable(live_place(request)),
        "verdict": audit.decision.verdict.value,
        "issued_at": timestamp(audit.started_at),
        "expires_at": timestamp(audit.started_at + timedelta(minutes=minutes)),
        "desired": {"commit": audit.desired.source.commit, "tree_digest": audit.desired.tree_digest},
        "deployed": {
            "tree_digest": audit.deployed.tree_digest,
            "covered_digest": covered_digest(examination.trees.deployed, scope, labels),
        },
        "labels_digest": labels_digest(labels),
        "rules_digest": rules_digest(request.policy),
        "plan": {
            "method": audit.plan.method,
            "paths": paths,
            "digest": plan_digest(changes),
            "intent_digest": intent_digest(request.intent),
        },
        "unseen": [path_keys(path) for path in sorted(promise.unseen)],
        "changes": changes,
    }


def labels_digest(labels: Labels) -> str:
    """Return the SHA-256 of the patterns that say which paths a receipt leaves aside."""
    return _digest({label: labels.patterns(label) for label in sorted(LEFT_ASIDE)})


def rules_digest(policy: Policy) -> str:
    """Return the SHA-256 of the labels, the rules in their order, and the waivers, wherever they stand."""
    rules = [
        {
            "id": rule.spec.id,
            "severity": rule.spec.severity.value,
            "paths": rule.spec.conditions.paths,
            **{name: sorted(getattr(rule.spec.conditions, name)) for name in _CONDITIONS},
        }
        for rule in policy.rules
    ]
    waivers = [
        [each.path, each.content, str(each.expires), each.permits_destroy, sorted(each.targets)]
        for each in policy.waivers
    ]
    patterns = {label: policy.labels.patterns(label) for label in sorted(policy.labels.names())}
    return _digest([patterns, rules, sorted(waivers)])


def intent_digest(intent: Intent | None) -> str | None:
    """Return the SHA-256 of how a target is deployed, the words of a script included; None for not known."""
    if intent is None:
        return None
    script = intent.script.text if intent.script else None
    return _digest([intent.method, intent.paths, intent.exclude, intent.shared, script])


def plan_digest(changes: Iterable[Document]) -> str:
    """Return the SHA-256 of what a deploy does to each path."""
    return _digest(list(changes))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()


def _content(content: Content | None) -> Document | None:
    return None if content is None else {"mode": content.mode, "digest": content.digest}
