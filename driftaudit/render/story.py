"""What history says of an audit, in words."""

from collections.abc import Iterator

from driftaudit.model.audit import Audit, MovedFolder
from driftaudit.model.commit import CommitFacts, DeployedCommit
from driftaudit.model.finding import Finding, Origin, Provenance, Severity, Similar
from driftaudit.model.problem import ProblemKind
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

_DIGITS = 12  # of a commit's id
_MOST_BRANCHES = 3
_MOST_TIES = 3


def named(commit: CommitFacts) -> str:
    """Return a commit as a line names it: the beginning of its id, and its day."""
    return f"{commit.oid[:_DIGITS]} of {commit.committed_at:%Y-%m-%d}"


def live_commit(audit: Audit) -> tuple[str, ...]:
    """Return what there is to say of the commit that is live; nothing where no history could be asked."""
    found = audit.deployed_commit
    if found is None:
        is_asked = audit.desired.source.commit and audit.deployed.entries
        return (f"no commit{_of_what_there_is(audit)} is near to it",) if is_asked else ()
    is_desired = found.commit.oid == audit.desired.source.commit
    title = f"{named(found.commit)}, {'which is what is desired' if is_desired else _distance(found)}"
    subject = printable(f"{found.commit.subject}, by {found.commit.author}")
    match = f"{found.matching_entries:,} of {count_of(found.compared_entries, 'entry', 'entries')} match"
    lines = [
        title + (f", the nearest{cut}" if (cut := _of_what_there_is(audit)) else ""),
        f"{subject}; {match}",
    ]
    if found.ties:
        names = ", ".join(oid[:_DIGITS] for oid in found.ties[:_MOST_TIES])
        more = ", …" if len(found.ties) > _MOST_TIES else ""
        lines.append(f"just as near: {names}{more}")
    return tuple(lines)


def _of_what_there_is(audit: Audit) -> str:
    """Return which commits could be asked, where these are not all."""
    is_cut = any(problem.kind is ProblemKind.SHALLOW_CLONE for problem in audit.problems)
    return " of those that this shallow clone has" if is_cut else ""


def _distance(found: DeployedCommit) -> str:
    where = count_of(found.behind, "commit") + " behind"
    return f"{where}, {found.ahead:,} ahead" if found.ahead else where


def moved_folders(audit: Audit) -> tuple[str, ...]:
    """Return a line for each folder that moved as a whole."""
    return tuple(printable(moved_folder(folder)) for folder in audit.moved_folders)


def moved_folder(folder: MovedFolder) -> str:
    """Return what there is to say of a folder that moved."""
    since = f" since {named(folder.since)}" if folder.since else ""
    edited = f", {folder.edited} edited" if folder.edited else ""
    to = f"{folder.to}/" if folder.to else "the root"
    return f"{folder.folder}/ is {to}{since}: {folder.moved:,} of {count_of(folder.files, 'file')}{edited}"


def is_told_with_folder(finding: Finding) -> bool:
    """Whether the line of a moved folder says all that there is to say of a finding."""
    return finding.severity is Severity.INFO and finding.provenance.group is not None


def history_details(finding: Finding) -> Iterator[str]:
    """Yield what history says of a finding, in few words each."""
    provenance = finding.provenance
    yield from _where_committed(provenance)
    if provenance.similar:
        yield _made_from(finding, provenance.similar)
    if provenance.removed_in:
        yield f"removed in {named(provenance.removed_in)}"
    if provenance.moved_to is not None:
        is_same = provenance.origin is Origin.MOVED or provenance.sightings
        yield f"{'moved' if is_same else 'its path moved'} to {provenance.moved_to}"


def _where_committed(provenance: Provenance) -> Iterator[str]:
    if not provenance.sightings:
        return
    first = provenance.sightings[0]
    if provenance.origin is Origin.STALE:
        yield f"last in {named(first.newest)}"
    elif provenance.origin is Origin.AHEAD:
        shown = first.branches[:_MOST_BRANCHES]
        branches = f", on {', '.join(shown)}" if shown else ""
        yield f"first in {named(first.oldest)}{branches}"
    elif provenance.origin is Origin.FOREIGN:
        yield f"committed as {first.path}, last in {named(first.newest)}"


def _made_from(finding: Finding, similar: Similar) -> str:
    lines = f"+{similar.added} -{similar.removed} lines"
    source = named(similar.newest) if similar.newest else "an older version"
    if finding.change.desired is not None and similar.is_desired:
        return f"edited from what is desired, {lines}"
    if finding.provenance.removed_in or finding.change.desired is not None:
        return f"edited from the version of {source}, {lines}"
    return f"{similar.likeness:.0%} like {similar.path}, {lines}"
