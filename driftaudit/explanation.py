"""The composer of `explain`: one audit, and everything that it and history know of one path of it."""

from dataclasses import dataclass, replace

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.config.rules import GENERATED, RUNTIME, SECRET
from driftaudit.content_diff.composer import DiffRequest, diff_of
from driftaudit.errors import SourceError, UsageError
from driftaudit.live_contents import live_contents
from driftaudit.model.difference import ContentDiff
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.explanation import Explanation
from driftaudit.model.finding import Finding, Similar
from driftaudit.model.mapping import is_within
from driftaudit.model.waiver import WAIVER
from driftaudit.provenance.likeness import Likeness
from driftaudit.provenance.similarity import LOOKED_AT
from driftaudit.sources.base import Progress, no_progress

_MOST_VERSIONS = 5
_EXPECTED = frozenset((GENERATED, RUNTIME, SECRET))


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """An audit, and the path under the root that is asked about."""

    audit: AuditRequest
    path: str


def explain(request: ExplainRequest, progress: Progress = no_progress) -> Explanation:
    """Return all that is known of a path. Raises as `examine`, and UsageError where neither tree has it."""
    examination = examine(replace(request.audit, structure=True), progress)
    audit, trees, path = examination.audit, examination.trees, request.path
    finding = next((each for each in audit.findings if each.path == path), None)
    diff = _diff(examination, request, progress)
    live, desired = trees.live(path), trees.desired.get(path)
    if finding is not None:
        live, desired = finding.change.deployed, finding.change.desired
    elif live is None and desired is None and not diff.problems:
        raise UsageError(f"{path} is a folder that holds nothing here", "Name a file below it.")
    group = finding.provenance.group if finding else None
    return Explanation(
        audit=audit,
        path=path,
        live=live,
        desired=desired,
        finding=finding,
        rule_at=_rule_at(request.audit, finding, examination),
        repository_paths=request.audit.mapping.to_repository(path),
        versions=_versions(request.audit, examination, finding),
        moved_folder=next((each for each in audit.moved_folders if each.folder == group), None),
        waivers=tuple(use for use in audit.waivers if use.waiver.path == path),
        problems=tuple(problem for problem in audit.problems if is_within(path, problem.path)),
        diff=diff,
        imported_by=examination.structure.importers_of(path) if examination.structure else (),
        unresolved=tuple(each for each in audit.structure if path in (each.importer, each.cause)),
        below=sum(each.path != path and is_within(each.path, path) for each in audit.findings),
    )


def _diff(examination: Examination, request: ExplainRequest, progress: Progress) -> ContentDiff:
    """Return what differs in the content of the path itself, a folder's of nothing."""
    found = diff_of(examination, DiffRequest(request.audit, (request.path,)), progress)
    own = tuple(each for each in found.differences if each.path == request.path)
    return ContentDiff(found.target, own, found.same, found.problems, found.notes)


def _rule_at(request: AuditRequest, finding: Finding | None, examination: Examination) -> str:
    if finding is None:
        return ""
    if finding.rule == WAIVER:
        uses = (use for use in examination.audit.waivers if use.waiver.path == finding.path)
        return next((use.waiver.where for use in uses), "")
    rules = (*request.policy.rules, *request.policy.core)
    return next((rule.spec.where for rule in rules if rule.spec.id == finding.rule), "")


def _versions(
    request: AuditRequest, examination: Examination, finding: Finding | None
) -> tuple[Similar, ...]:
    """Return the versions that a live file is most like, if nobody committed just that content."""
    entry = finding.change.deployed if finding else None
    if finding is None or not _is_looked_into(finding, entry) or finding.provenance.sightings:
        return ()
    if entry is None or request.repository is None or examination.history is None:
        return ()
    try:
        live = live_contents([entry], request.deployed, request.repository, LOOKED_AT)
    except SourceError:  # the diff says that it could not be had
        return ()
    content = live.contents.get(entry.path)
    if content is None:
        return ()
    likeness = Likeness(request.repository, examination.history, request.mapping, examination.trees.desired)
    found = likeness.closest(entry.path, content, finding.provenance.moved_to, _MOST_VERSIONS)
    similar = finding.provenance.similar
    return found or ((similar,) if similar else ())


def _is_looked_into(finding: Finding, entry: Entry | None) -> bool:
    is_file = entry is not None and entry.kind is Kind.FILE and entry.digest is not None
    return is_file and _EXPECTED.isdisjoint(finding.labels)
