"""The audit as JSON, for programs. The shape is a contract: `docs/report.schema.json`."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import driftaudit
from driftaudit.model.audit import Audit, TreeFacts
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Severity
from driftaudit.model.problem import Problem
from driftaudit.render.base import RenderOptions
from driftaudit.render.printable import is_visible, printable
from driftaudit.render.secrecy import without_secrets

SCHEMA = "driftaudit/audit/v1"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1_000_000_000  # in a second

Document = dict[str, Any]


def render(audit: Audit, options: RenderOptions) -> str:  # noqa: ARG001 - programs read all of it, always
    """Return the report; the same audit gives the same bytes."""
    text = json.dumps(document(audit), ensure_ascii=False, indent=2)
    return _SUSPECT.sub(_escaped, text) + "\n"


def document(audit: Audit) -> Document:
    """Return the report as plain values, keys in the order of the contract."""
    findings = [without_secrets(finding) for finding in sorted(audit.findings, key=lambda each: each.path)]
    return {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "target": audit.target,
        "verdict": audit.decision.verdict.value,
        "exit_code": int(audit.decision.verdict.exit_code),
        "started_at": _timestamp(audit.started_at),
        "duration_seconds": round(audit.duration_seconds, 3),
        "desired": _desired(audit.desired),
        "deployed": _deployed(audit.deployed),
        "deployed_commit": None,
        "plan": {
            "method": audit.plan.method,
            "paths": list(audit.plan.paths),
            "actions": _actions(audit.plan.actions.values()),
        },
        "counts": _counts(audit.findings),
        "findings": [_finding(finding) for finding in findings],
        "problems": [_problem(problem) for problem in audit.problems],
        "probes": [],
        "structure": [],
    }


def _desired(tree: TreeFacts) -> Document:
    source = tree.source
    return {
        "source": source.kind,
        "revision": source.revision,
        "commit": source.commit,
        **({} if source.kind == "git" else {"url": source.url}),
        "entries": tree.entries,
        "tree_digest": tree.tree_digest,
    }


def _deployed(tree: TreeFacts) -> Document:
    return {
        "source": tree.source.kind,
        "url": tree.source.url,
        "method": tree.source.method,
        "entries": tree.entries,
        "bytes": tree.scan.bytes,
        "complete": tree.complete,
        "tree_digest": tree.tree_digest,
        "wire_bytes_sent": tree.scan.wire_bytes_sent,
        "wire_bytes_received": tree.scan.wire_bytes_received,
        "hashed_files": tree.scan.hashed_files,
        "cached_files": tree.scan.cached_files,
    }


def _actions(actions: Iterable[Action]) -> Document:
    counted = Counter(actions)
    return {action.value: counted[action] for action in Action if action is not Action.KEEP}


def _counts(findings: Iterable[Finding]) -> Document:
    origins = Counter(finding.provenance.origin for finding in findings)
    severities = Counter(finding.severity for finding in findings)
    return {
        "origin": {origin.value: origins[origin] for origin in Origin if origins[origin]},
        "severity": {
            severity.value: severities[severity]
            for severity in Severity
            if severities[severity] or severity is not Severity.IGNORE
        },
    }


def _finding(finding: Finding) -> Document:
    moved_to = finding.provenance.moved_to
    return {
        **_path(finding.path),
        "origin": finding.provenance.origin.value,
        "action": finding.action.value,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "labels": list(finding.labels),
        "group": None,
        "aspects": [aspect.value for aspect in finding.change.aspects],
        "reason": finding.reason,
        "moved_to": None if moved_to is None else _readable(moved_to),
        "commits": [],
        "copies": [
            {"kind": copy.kind, "where": copy.where, "safe": copy.safe} for copy in finding.provenance.copies
        ],
        "desired": _entry(finding.change.desired),
        "deployed": _entry(finding.change.deployed),
    }


def _entry(entry: Entry | None) -> Document | None:
    if entry is None:
        return None
    shown: Document = {
        "kind": entry.kind.value,
        "mode": entry.mode,
        "size": entry.size,
        "digest": entry.digest,
        "modified_at": None if entry.modified_ns is None else _modified(entry.modified_ns),
        "owner": entry.owner,
    }
    if entry.kind is Kind.SYMLINK:
        shown["link_target"] = None if entry.link_target is None else _readable(entry.link_target)
    return shown


def _problem(problem: Problem) -> Document:
    return {**_path(problem.path), "kind": problem.kind.value, "detail": problem.detail}


def _path(path: str) -> Document:
    shown: Document = {"path": _readable(path)}
    if shown["path"] != path:
        shown["path_b64"] = base64.b64encode(_bytes(path)).decode("ascii")
    return shown


def _bytes(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: no name on a disk has one
        return name.encode("utf-8", "surrogatepass")


def _readable(name: str) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return printable(name)
    return name


def _modified(nanoseconds: int) -> str | None:
    try:
        return _timestamp(_EPOCH + timedelta(seconds=nanoseconds // _NANOSECONDS))
    except OverflowError:  # a file system can claim any year
        return None


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


_SUSPECT = re.compile(r"[^ -~\n]")


def _escaped(match: re.Match[str]) -> str:
    """Return JSON's own escape of what does not show, and of a lone surrogate its visible form as text."""
    character = match[0]
    if is_visible(character):
        return character
    if "\ud800" <= character <= "\udfff":
        return printable(character).replace("\\", "\\\\")
    return json.dumps(character)[1:-1]
