"""Findings as rows: joined under the rule that judged them, folded by folder where they are many."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from driftaudit.model.audit import Audit
from driftaudit.model.change import Aspect
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Copy, Finding, Recoverable, Severity
from driftaudit.render.folding import folded
from driftaudit.render.printable import printable
from driftaudit.render.secrecy import without_secrets
from driftaudit.render.story import history_details, is_told_with_folder
from driftaudit.render.wording import SECTION_TITLES, count_of, size_of

FOLD_OVER = 5  # findings of one folder
MOST_ROWS = 20  # of one kind, before folders above are folded too
MOST_NAMES = 50  # paths that block are named up to here

_COMMIT_DIGITS = 12
_OBJECT_ID = re.compile(r"[0-9a-f]{40,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A path or a folder of paths, and what happens there. Every text is fit to be shown."""

    action: str
    path: str
    amount: str  # such as "12 files", empty for a single path
    origin: str
    rule: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one rule judged for one reason."""

    rule: str
    reason: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """All findings of one severity."""

    severity: Severity
    title: str
    total: str  # such as "3 paths"
    groups: tuple[Group, ...]

    @property
    def row_count(self) -> int:
        """How many rows it takes."""
        return sum(len(group.rows) for group in self.groups)


def sections_of(audit: Audit) -> tuple[Section, ...]:
    """Return the findings by severity, the worst first; empty ones and what is ignored left out."""
    told = [finding for finding in audit.findings if not is_told_with_folder(finding)]
    return tuple(
        Section(severity, title, count_of(len(findings), "path"), _groups(findings, audit.worst_case))
        for severity, title in SECTION_TITLES.items()
        if (findings := [finding for finding in told if finding.severity is severity])
    )


def _groups(findings: Sequence[Finding], worst_case: bool) -> tuple[Group, ...]:
    ordered = sorted(map(without_secrets, findings), key=_judgement)
    return tuple(
        Group(printable(rule), printable(reason), tuple(_rows(list(same), worst_case)))
        for (rule, reason), same in groupby(ordered, key=_judgement)
    )


def _judgement(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.reason


def _rows(findings: Sequence[Finding], worst_case: bool) -> list[Row]:
    """Return the rows of one rule. What blocks a deploy that was described is named as far as possible."""
    is_named = findings[0].severity is Severity.BLOCK and not worst_case
    if is_named and len(findings) <= MOST_NAMES:
        return [_row(finding) for finding in sorted(findings, key=_path)]
    limit, shallowest = (MOST_NAMES, 1) if is_named else (MOST_ROWS, 0)
    rows = []
    for _, same in groupby(sorted(findings, key=_likeness), key=_likeness):
        by_path = {finding.path: finding for finding in sorted(same, key=_path)}
        for fold in folded(list(by_path), FOLD_OVER, limit, shallowest):
            held = [by_path[path] for path in fold.members]
            rows.append((fold.members[0], _folder_row(fold.path, held) if fold.is_folder else _row(held[0])))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _path(finding: Finding) -> str:
    return finding.path


def _likeness(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    return finding.action.value, finding.provenance.origin.value, finding.labels


def _row(finding: Finding) -> Row:
    entry = finding.change.deployed or finding.change.desired
    is_folder = entry is not None and entry.kind is Kind.DIRECTORY
    return Row(
        action=finding.action.value,
        path=(printable(finding.path) or ".") + ("/" if is_folder else ""),
        amount="",
        origin=finding.provenance.origin.value,
        rule=printable(finding.rule),
        details=tuple(map(printable, finding_details(finding))),
    )


def _folder_row(folder: str, findings: Sequence[Finding]) -> Row:
    first = findings[0]
    entries = [finding.change.deployed or finding.change.desired for finding in findings]
    only_files = all(entry is not None and entry.has_content for entry in entries)
    details = list(first.labels)
    if first.severity is Severity.BLOCK:
        details.insert(0, size_of(sum(entry.size or 0 for entry in entries if entry)))
    return Row(
        action=first.action.value,
        path=printable(folder) + "/" if folder else "./",
        amount=count_of(len(findings), "file" if only_files else "path"),
        origin=first.provenance.origin.value,
        rule=printable(first.rule),
        details=tuple(map(printable, details)),
    )


def finding_details(finding: Finding) -> list[str]:
    """Return what is known of a finding beside its path and origin; it must be without secrets already."""
    change, provenance = finding.change, finding.provenance
    found = list(finding.labels)
    if finding.severity is Severity.BLOCK and change.deployed:
        found += _identity(change.deployed)
    if change.desired and change.deployed:
        found += _differences(change.desired, change.deployed, change.aspects)
    found += history_details(finding)
    if provenance.recoverable is Recoverable.UNPROVEN and finding.action.destroys:
        found.append("no proof of another copy")
    is_aside = finding.severity is Severity.INFO
    return found + [_copy(copy) for copy in provenance.copies if not (copy.safe and is_aside)]


def _copy(copy: Copy) -> str:
    where = copy.where[:_COMMIT_DIGITS] if _OBJECT_ID.fullmatch(copy.where) else copy.where
    return f"also in {copy.kind} {where}" if copy.safe else f"unsafe copy: {copy.kind} {where}"


def _identity(entry: Entry) -> list[str]:
    """Return what helps to recognise the content that would be lost."""
    found = [] if entry.size is None else [size_of(entry.size)]
    day = None if entry.modified_ns is None else _day(entry.modified_ns)
    if day:
        found.append(f"changed {day}")
    if entry.owner:
        found.append(f"owner {entry.owner}")
    return found


def _day(nanoseconds: int) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=nanoseconds // 1000)).date().isoformat()
    except OverflowError:  # a file system can claim any year
        return ""


def _differences(desired: Entry, deployed: Entry, aspects: Sequence[Aspect]) -> list[str]:
    if not aspects:
        is_same = desired.digest is not None and desired.digest == deployed.digest
        return ["is as desired"] if is_same else ["could not be compared"]
    said = {
        Aspect.KIND: f"is a {deployed.kind.value}, desired is a {desired.kind.value}",
        Aspect.MODE: f"mode {deployed.mode}, desired {desired.mode}",
        Aspect.LINE_ENDINGS: "line endings differ",
        Aspect.LFS_POINTER: "is an LFS pointer",
        Aspect.LFS_UNVERIFIED: "could not be compared: its LFS object is not at hand",
        Aspect.LINK_TARGET: f"links to {deployed.link_target}, desired {desired.link_target}",
    }
    if deployed.link_target is None or desired.link_target is None:
        said[Aspect.LINK_TARGET] = "links elsewhere"
    return [said[aspect] for aspect in aspects if aspect in said]
