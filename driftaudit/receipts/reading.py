"""Reads a receipt, and refuses one that does not count: before anything is asked of a host."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from driftaudit.errors import UsageError
from driftaudit.model.aftermath import Content
from driftaudit.model.audit import Verdict
from driftaudit.model.finding import Action
from driftaudit.outcome import Expected, Promise, Wanted
from driftaudit.receipts.receipt import SCHEMA, TOOL, Receipt, plan_digest
from driftaudit.receipts.sealing import refused, unsealed
from driftaudit.render.json_values import Document

_LARGEST = 256 * 1024 * 1024  # bytes
_TOLERANCE = timedelta(minutes=1)  # by which the clocks of two machines may differ
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
_Oid = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})\z")]
_Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Path(_Model):
    path: str
    path_b64: str | None = None

    @property
    def exact(self) -> str:
        if self.path_b64 is None:
            return self.path
        return base64.b64decode(self.path_b64, validate=True).decode("utf-8", "surrogateescape")


class _Content(_Model):
    mode: str
    digest: _Oid | None


class _Change(_Path):
    action: str
    expected: str
    before: _Content | None
    desired: _Content | None


class _Desired(_Model):
    commit: _Oid | None
    tree_digest: _Digest


class _Deployed(_Model):
    tree_digest: _Digest
    covered_digest: _Digest


class _Plan(_Model):
    method: str
    paths: list[_Path]
    digest: _Digest
    intent_digest: _Digest | None


class _Receipt(_Model):
    format: Literal["driftaudit/receipt/v1"]
    tool: str
    target: str
    url: str
    verdict: str
    issued_at: _Moment
    expires_at: _Moment
    desired: _Desired
    deployed: _Deployed
    labels_digest: _Digest
    rules_digest: _Digest
    plan: _Plan
    unseen: list[_Path]
    changes: list[_Change]


def read_receipt(path: Path, key: bytes | None, now: datetime) -> Receipt:
    """Return what a receipt says that counts at a time.

    Raises UsageError, with the reason, for one that is edited, expired, of another version, or of a check
    that did not pass.
    """
    text = _content_of(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise refused(path.name, "it is no JSON, or was cut off") from None
    if not isinstance(document, dict):
        raise refused(path.name, "it is no receipt")
    if document.get("schema") != SCHEMA:
        raise refused(path.name, f"it is no receipt of this version, which is {SCHEMA}")
    said = unsealed(document, text, key, path.name)
    if said.get("tool") != TOOL:
        raise refused(path.name, f"it was made by {said.get('tool')}, and this is {TOOL}")
    receipt = _receipt(said, path.name)
    if receipt.verdict != Verdict.PASS:
        raise refused(path.name, f"the verdict of its check is {receipt.verdict}")
    if receipt.issued_at > now + _TOLERANCE:
        raise refused(path.name, f"it was made in the future, at {receipt.issued_at}; is the clock right?")
    if receipt.expires_at <= now:
        raise refused(path.name, f"it expired at {receipt.expires_at:%Y-%m-%d %H:%M:%S} UTC")
    return receipt


def _content_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"the receipt {path} cannot be read: {error.strerror}", "Make one: driftaudit check --receipt"
        ) from error
    if len(text) > _LARGEST:
        raise refused(path.name, "it is larger than any receipt")
    return text


def _receipt(document: Document, name: str) -> Receipt:
    """Return what a document says whose seal is whole; who has no key can seal anything."""
    try:
        said = _Receipt.model_validate({"format": document.pop("schema"), **document})
        promise = Promise(
            paths={each.exact: _expected(each) for each in said.changes},
            scope=tuple(each.exact for each in said.plan.paths),
            unseen=frozenset(each.exact for each in said.unseen),
        )
        if len(promise.paths) != len(said.changes) or plan_digest(document["changes"]) != said.plan.digest:
            raise refused(name, "its plan is not that of its digest")
        return Receipt(
            target=said.target,
            url=said.url,
            verdict=Verdict(said.verdict),
            issued_at=_moment(said.issued_at),
            expires_at=_moment(said.expires_at),
            commit=said.desired.commit,
            desired_digest=said.desired.tree_digest,
            covered_digest=said.deployed.covered_digest,
            labels_digest=said.labels_digest,
            rules_digest=said.rules_digest,
            intent_digest=said.plan.intent_digest,
            promise=promise,
        )
    except (ValidationError, ValueError) as error:
        what = error.errors()[0]["loc"] if isinstance(error, ValidationError) else (error,)
        raise refused(name, f"it is malformed: {'.'.join(map(str, what))}") from None


def _expected(change: _Change) -> Expected:
    return Expected(
        Action(change.action), Wanted(change.expected), _seen(change.before), _seen(change.desired)
    )


def _seen(content: _Content | None) -> Content | None:
    return None if content is None else Content(content.mode, content.digest)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
