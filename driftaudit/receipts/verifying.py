"""The composer of `verify`: scans a target, and holds it against a receipt."""

from dataclasses import dataclass, replace

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.guarding.observing import found_in, live_place, look_again
from driftaudit.model.aftermath import Aftermath, State
from driftaudit.model.verification import Verification
from driftaudit.outcome import aftermath, covered_digest
from driftaudit.receipts.receipt import Receipt, intent_digest, labels_digest, rules_digest
from driftaudit.receipts.sealing import refused
from driftaudit.render.json_values import readable
from driftaudit.sources.base import Progress, no_progress
from driftaudit.sources.git import GitSource

_OTHER_FORM = "other forms are live of contents that git's attributes call equal, or empty folders"


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A target, and the receipt, called `name`, that it is held against, before the deploy or `after` it."""

    audit: AuditRequest
    receipt: Receipt
    name: str
    after: bool = False


def run_verify(request: VerifyRequest, progress: Progress = no_progress) -> Verification:
    """Scan the target, and return whether it is what the receipt says.

    Raises UsageError for a receipt of another target, another commit or other labels, and as `examine`.
    """
    audit, receipt = request.audit, request.receipt
    url = readable(live_place(audit))
    if url != receipt.url:
        raise refused(request.name, f"it is for {receipt.url}, and this is {url}")
    if readable(audit.target) != receipt.target:
        raise refused(request.name, f"it is for {receipt.target}, and this is {audit.target}")
    if labels_digest(audit.policy.labels) != receipt.labels_digest:
        raise refused(request.name, "the labels have changed since: other paths are left aside now")
    if not request.after:
        _require_same_verdict(request)
    if isinstance(audit.desired, GitSource) and audit.repository:
        _require_commit(request, audit.repository.commit(audit.desired.revision))
    wanted = look_again(audit) if request.after else replace(audit, intent=None, own_paths=())
    now = examine(replace(wanted, deployed=audit.deployed), progress)
    _require_commit(request, now.audit.desired.source.commit)
    if now.audit.desired.tree_digest != receipt.desired_digest:
        raise refused(request.name, "what is desired has changed since")
    return Verification(
        audit.target, url, receipt.issued_at, now.audit.started_at, request.after, _found(request, now)
    )


def _require_same_verdict(request: VerifyRequest) -> None:
    """Raise UsageError where the check would be another one today, whatever the trees are."""
    audit, receipt = request.audit, request.receipt
    if rules_digest(audit.policy) != receipt.rules_digest:
        raise refused(request.name, "the rules, the labels or the waivers have changed since")
    if audit.intent and intent_digest(audit.intent) != receipt.intent_digest:
        raise refused(request.name, "its check was of another deploy than what is configured or named now")


def _require_commit(request: VerifyRequest, commit: str | None) -> None:
    known = request.receipt.commit
    if commit != known:
        raise refused(request.name, f"it is for commit {known or 'none'}, and this is {commit or 'none'}")


def _found(request: VerifyRequest, now: Examination) -> Aftermath:
    promise, labels = request.receipt.promise, request.audit.policy.labels
    if request.after:
        return aftermath(promise, found_in(now, labels))
    found = aftermath(promise.unfulfilled(), found_in(now, labels))
    is_same = covered_digest(now.trees.deployed, promise.scope, labels) == request.receipt.covered_digest
    if found.state is State.AS_PLANNED and not is_same:
        return replace(found, state=State.OTHERWISE, reason=_OTHER_FORM)
    return found
