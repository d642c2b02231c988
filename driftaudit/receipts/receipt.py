"""A receipt: the verdict of a check, and the tree and the plan that it was given for."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import driftaudit
from driftaudit.audit import AuditRequest, Examination
from driftaudit.guarding.observing import live_place, promise_of
from driftaudit.model.aftermath import Content
from driftaudit.outcome import LEFT_ASIDE, Promise, covered_digest
from driftaudit.policy.labels import Labels
from driftaudit.render.json_values import Document, path_keys, readable, timestamp

SCHEMA = "driftaudit/receipt/v1"
DEFAULT_MINUTES = 15.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `covered_digest` is of the paths of the plan, less what is left aside.

    `labels_digest` is of the patterns that say what that is.
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
        "tool": f"driftaudit {driftaudit.__version__}",
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
        "plan": {"method": audit.plan.method, "paths": paths, "digest": plan_digest(changes)},
        "unseen": [path_keys(path) for path in sorted(promise.unseen)],
        "changes": changes,
    }


def labels_digest(labels: Labels) -> str:
    """Return the SHA-256 of the patterns that say which paths a receipt leaves aside."""
    return _digest({label: labels.patterns(label) for label in sorted(LEFT_ASIDE)})


def plan_digest(changes: Iterable[Document]) -> str:
    """Return the SHA-256 of what a deploy does to each path."""
    return _digest(list(changes))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()


def _content(content: Content | None) -> Document | None:
    return None if content is None else {"mode": content.mode, "digest": content.digest}
