"""The check of the replayed incident, as it would be on any machine: what pictures and samples show.

Everything in it comes from a real run; only what differs from machine to machine is set: times, the place of
the folder, and the owner of its files.
"""

import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from driftaudit.audit import examine
from driftaudit.cli.target import Options, Workplace, audit_request
from driftaudit.evidence.composer import with_evidence
from driftaudit.incident import build_incident
from driftaudit.model.audit import Audit
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Finding
from driftaudit.model.snapshot import ScanFacts

_PLACE = "/home/ubuntu/irisx-backend"
_REPOSITORY = "/home/ana/irisx"
_OWNER = "ubuntu"
_CHECKED = datetime(2025, 11, 3, 18, 39, tzinfo=UTC)
_EDITED = datetime(2025, 8, 12, 9, tzinfo=UTC)


def incident_audit() -> Audit:
    """Replay the incident in a temporary folder, and return its check; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        incident = build_incident(Path(folder), url="../irisx-backend")
        for file in incident.production.rglob("*"):
            os.utime(file, (_EDITED.timestamp(), _EDITED.timestamp()))
        options = Options(no_cache=True)
        request = audit_request(Workplace(options, incident.repository), "production", options)
        request = replace(request, structure=True)
        return _anywhere(with_evidence(request, examine(request)))


def _anywhere(audit: Audit) -> Audit:
    deployed = replace(audit.deployed.source, url=_PLACE, real_root=None)
    desired = replace(audit.desired.source, url=_REPOSITORY)
    return replace(
        audit,
        started_at=_CHECKED,
        duration_seconds=0.1,
        desired=replace(audit.desired, source=desired, scan=_scan(audit.desired.scan)),
        deployed=replace(audit.deployed, source=deployed, scan=_scan(audit.deployed.scan)),
        findings=tuple(map(_owned, audit.findings)),
        differences=tuple(replace(each, live=_of_owner(each.live)) for each in audit.differences),
    )


def _scan(scan: ScanFacts) -> ScanFacts:
    return replace(scan, started_at=_CHECKED, duration_seconds=0.1, clock_offset=0.0)


def _owned(finding: Finding) -> Finding:
    change = finding.change
    return replace(finding, change=replace(change, deployed=_of_owner(change.deployed)))


def _of_owner(entry: Entry | None) -> Entry | None:
    return entry and replace(entry, owner=_OWNER)
