"""The audit as JSON, for programs. The shape is a contract: `docs/report.schema.json`."""

from collections import Counter
from collections.abc import Iterable

import driftaudit
from driftaudit.model.audit import Audit, TreeFacts
from driftaudit.model.commit import CommitFacts, DeployedCommit
from driftaudit.model.entry import LINK, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Severity, Sighting, Similar
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.model.problem import Problem
from driftaudit.model.script import ScriptLine
from driftaudit.model.structure import StructureFinding
from driftaudit.model.waiver import WaiverState, WaiverUse
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, modified_at, path_keys, readable, timestamp, written
from driftaudit.render.secrecy import without_secrets
from driftaudit.render.tracking import tracking_document

SCHEMA = "driftaudit/audit/v1"


def render(audit: Audit, options: RenderOptions) -> str:  # noqa: ARG001 - programs read all of it, always
    """Return the report; the same audit gives the same bytes."""
    return written(document(audit))


def document(audit: Audit) -> Document:
    """Return the report as plain values, keys in the order of the contract."""
    findings = sorted(audit.findings, key=lambda each: each.path)
    return {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "target": audit.target,
        "verdict": audit.decision.verdict.value,
        "exit_code": int(audit.decision.verdict.exit_code),
        "started_at": timestamp(audit.started_at),
        "duration_seconds": round(audit.duration_seconds, 3),
        "desired": _desired(audit.desired),
        "deployed": _deployed(audit.deployed),
        "deployed_commit": deployed_commit_document(audit.deployed_commit),
        "plan": {
            "method": audit.plan.method,
            "paths": list(audit.plan.paths),
            "actions": _actions(audit.plan.actions.values()),
            **({"lines": [_line(line) for line in audit.script]} if audit.script else {}),
        },
        "counts": _counts(audit.findings),
        "findings": [finding_document(finding) for finding in findings],
        "problems": [_problem(problem) for problem in audit.problems],
        "probes": [probe_document(probe) for probe in audit.probes],
        "structure": [_structure(finding) for finding in audit.structure],
        "waivers": [_waiver(use) for use in audit.waivers],
        **({"tracking": tracking_document(audit.tracking)} if audit.tracking else {}),
        **({"health": [health_document(found) for found in audit.health]} if audit.health else {}),
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


def _line(line: ScriptLine) -> Document:
    return {
        "place": readable(line.place),
        "text": readable(line.text),
        "deletes": line.deletes,
        "overwrites": line.overwrites,
        "creates": line.creates,
    }


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


def finding_document(finding: Finding) -> Document:
    """Return a finding, without the content of a secret."""
    finding = without_secrets(finding)
    provenance = finding.provenance
    moved_to = provenance.moved_to
    return {
        **path_keys(finding.path),
        "origin": finding.provenance.origin.value,
        "action": finding.action.value,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "labels": list(finding.labels),
        "group": None if provenance.group is None else readable(provenance.group),
        "aspects": [aspect.value for aspect in finding.change.aspects],
        "reason": finding.reason,
        "moved_to": None if moved_to is None else readable(moved_to),
        "commits": _commits(provenance),
        "copies": [{"kind": copy.kind, "where": copy.where, "safe": copy.safe} for copy in provenance.copies],
        "desired": _entry(finding.change.desired),
        "deployed": _entry(finding.change.deployed),
        "evidence": _evidence(provenance),
    }


def _commits(provenance: Provenance) -> list[str]:
    """Return the newest and the oldest commit of each path that had the content, its own path first."""
    named = (commit.oid for each in provenance.sightings for commit in (each.newest, each.oldest))
    return list(dict.fromkeys(named))


def _evidence(provenance: Provenance) -> Document:
    removed = provenance.removed_in
    return {
        "sightings": [_sighting(sighting) for sighting in provenance.sightings],
        "removed_in": None if removed is None else _commit(removed),
        "similar": None if provenance.similar is None else similar_document(provenance.similar),
    }


def _sighting(sighting: Sighting) -> Document:
    return {
        "repository_path": readable(sighting.path),
        "newest": _commit(sighting.newest),
        "oldest": _commit(sighting.oldest),
        "in_desired_history": sighting.is_older,
        "branches": [readable(name) for name in sighting.branches],
    }


def _commit(commit: CommitFacts) -> Document:
    return {
        "commit": commit.oid,
        "author": readable(commit.author),
        "committed_at": timestamp(commit.committed_at),
        "subject": readable(commit.subject),
    }


def similar_document(similar: Similar) -> Document:
    """Return a version that a content is like."""
    return {
        "repository_path": readable(similar.path),
        "digest": similar.digest,
        "likeness": round(similar.likeness, 3),
        "added_lines": similar.added,
        "removed_lines": similar.removed,
        "is_desired": similar.is_desired,
        "newest": None if similar.newest is None else _commit(similar.newest),
    }


def deployed_commit_document(found: DeployedCommit | None) -> Document | None:
    """Return the commit that is live."""
    if found is None:
        return None
    return {
        **_commit(found.commit),
        "behind": found.behind,
        "ahead": found.ahead,
        "matching_entries": found.matching_entries,
        "compared_entries": found.compared_entries,
        "ties": list(found.ties),
    }


def _entry(entry: Entry | None) -> Document | None:
    if entry is None:
        return None
    shown: Document = {
        "kind": entry.kind.value,
        "mode": entry.mode,
        "size": entry.size,
        "digest": entry.digest,
        "modified_at": modified_at(entry.modified_ns),
        "owner": entry.owner,
    }
    if entry.kind is Kind.SYMLINK:
        shown["link_target"] = None if entry.link_target is None else readable(entry.link_target)
    return shown


def _problem(problem: Problem) -> Document:
    return {**path_keys(problem.path), "kind": problem.kind.value, "detail": problem.detail}


def probe_document(probe: ProbeResult) -> Document:
    """Return an answer; that it is not known, or was asked from here, is said where it is so."""
    return {
        "kind": probe.kind,
        "subject": readable(probe.subject),
        "ok": probe.ok,
        "detail": readable(probe.detail),
        "seconds": round(probe.seconds, 3),
        **({} if probe.is_known else {"known": False}),
        **({"from": "here"} if probe.from_here else {}),
    }


def health_document(finding: HealthFinding) -> Document:
    """Return what is wrong with a running application."""
    return {
        "kind": str(finding.kind),
        "subjects": [readable(subject) for subject in finding.subjects],
        "detail": readable(finding.detail),
        "severity": finding.severity.value,
        "rule": finding.rule,
        "reason": finding.reason,
    }


def _structure(finding: StructureFinding) -> Document:
    return {
        "kind": finding.kind.value,
        "importer": readable(finding.importer),
        "line": finding.line,
        "module": readable(finding.module),
        "tree": finding.tree.value,
        "cause": None if finding.cause is None else readable(finding.cause),
    }


def _waiver(use: WaiverUse) -> Document:
    waiver = use.waiver
    is_link = waiver.content.startswith(LINK)
    return {
        **path_keys(waiver.path),
        "state": use.state.value,
        "kind": (Kind.SYMLINK if is_link else Kind.FILE).value,
        "digest": None if use.state is WaiverState.SECRET else waiver.content.removeprefix(LINK),
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat() if waiver.expires else None,
        "permits_destroy": waiver.permits_destroy,
        "targets": list(waiver.targets),
        "where": waiver.where,
    }
