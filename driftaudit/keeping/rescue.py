"""The composer of `rescue`: every only copy of a live tree into the repository, held by one ref."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.config.rules import GENERATED, RUNTIME, SECRET
from driftaudit.errors import RepositoryError
from driftaudit.keeping.bringing import Bringer, missed_by
from driftaudit.keeping.safe_folder import Incoming, NameRefusedError
from driftaudit.keeping.safe_folder import SafeFolder as FolderOfSecrets
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Finding, Origin, Recoverable
from driftaudit.model.missed import CHECKOUT, REFUSED_NAME, Missed
from driftaudit.model.own_refs import rescue_refs, slug_of, stamp
from driftaudit.model.problem import ProblemKind
from driftaudit.model.rescue import Rescue, SafeFolder
from driftaudit.plumbing.writing import CommitObject, ObjectWriter, Row
from driftaudit.policy.labels import Labels
from driftaudit.render.commit_messages import rescue_message
from driftaudit.repo import Repository
from driftaudit.sources.base import Progress, no_progress
from driftaudit.sources.directory import DirectorySource

_NO_PLACE = "git refuses a path like this, or what lies there; copy it from the host by hand"
_OTHER_CHECKOUT = "it is a checkout with commits that are not here; bundle or push them from the host"
_NO_NAME_HERE = "its name is too long for this machine, or taken by another path"
_UNREAD = "its content was not read"


@dataclass(frozen=True, slots=True)
class RescueRequest:
    """What is rescued from where. `secrets_folder` is for files with the label `secret`.

    With `include_secrets` they go into git like all others.
    """

    audit: AuditRequest
    secrets_folder: Path
    include_secrets: bool = False


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The only copies of a live tree, by where they are to go."""

    for_git: list[Entry] = field(default_factory=list)
    secrets: list[Entry] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What one of the two places has of them now."""

    new: tuple[Entry, ...] = ()
    held: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    where: str | None = None
    commit: str | None = None


def run_rescue(request: RescueRequest, progress: Progress = no_progress) -> Rescue:
    """Audit a target, and keep what exists nowhere else.

    Raises UsageError, RepositoryError or SourceError where there is nothing to rescue from or to. The ref
    comes last and in one step: before, nothing is kept; afterwards, all that the result names.
    """
    repository = request.audit.repository
    if repository is None:
        raise RepositoryError("there is no repository to rescue into", "Run it in one: git init")
    examination = examine(replace(request.audit, backups=()), progress)  # they decide nothing here
    found = _sorted(examination, request)
    rescuer = _Rescuer(request, repository, examination)
    secrets = rescuer.keep_secrets(found.secrets, progress)
    files = rescuer.keep_files(found.for_git, progress)
    seen = examination.trees.seen.source
    missed = (*found.missed, *secrets.missed, *files.missed)
    return Rescue(
        target=request.audit.target,
        url=seen.url,
        started_at=examination.audit.started_at,
        rescued=tuple(_shown(entry, request.audit.policy.labels) for entry in files.new),
        held=tuple(sorted((*files.held, *secrets.held))),
        unread=tuple(found.unread),
        missed=tuple(sorted(missed, key=lambda miss: (miss.path, miss.kind))),
        ref=files.where,
        commit=files.commit,
        secrets=SafeFolder(secrets.where, tuple(e.path for e in secrets.new)) if secrets.where else None,
    )


class _Rescuer:
    def __init__(self, request: RescueRequest, repository: Repository, examination: Examination) -> None:
        self._request, self._repository, self._examination = request, repository, examination
        self._writer = ObjectWriter(repository.top, repository.object_format)
        audit = request.audit
        self._bringer = Bringer(audit.deployed, repository, self._writer, audit.rate_limit)
        self._slug = slug_of(request.audit.target)

    def keep_files(self, entries: Sequence[Entry], progress: Progress) -> _Kept:
        """Let a ref hold these, unless refs of earlier rescues hold all of them."""
        before = self._held_by_refs(entries)
        if len(before) == len(entries):
            return _Kept(held=tuple(before))
        missed = self._bringer.bring([entry for entry in entries if entry.path not in before], progress)
        lost = {miss.path for miss in missed}
        rows = {
            entry.path: Row(entry.mode, entry.digest or "") for entry in entries if entry.path not in lost
        }
        tree = self._writer.tree(rows)
        missed += tuple(Missed(path, REFUSED_NAME, _NO_PLACE) for path in tree.left_out)
        taken = rows.keys() - set(tree.left_out)
        held = tuple(path for path in before if path in taken)
        new = tuple(entry for entry in entries if entry.path in taken and entry.path not in before)
        if not new:
            return _Kept(held=held, missed=missed)
        everything = [entry for entry in entries if entry.path in taken]
        where, commit = self._committed(tree.oid, everything)
        return _Kept(new, held, missed, where, commit)

    def _held_by_refs(self, entries: Iterable[Entry]) -> dict[str, str]:
        objects = self._writer.held_below(rescue_refs(self._slug))
        return {entry.path: entry.digest for entry in entries if entry.digest and entry.digest in objects}

    def _committed(self, tree: str, entries: Sequence[Entry]) -> tuple[str, str]:
        moment = self._examination.audit.started_at
        source = self._examination.trees.seen.source
        message = rescue_message(self._request.audit.target, source, moment, [e.path for e in entries])
        commit = self._writer.commit(CommitObject(tree, (), message), moment)
        return self._writer.name_anew(rescue_refs(self._slug), commit), commit

    def keep_secrets(self, entries: Sequence[Entry], progress: Progress) -> _Kept:
        """Put these into the folder for secrets, unless it, or a ref, has them."""
        in_refs = self._held_by_refs(entries) if entries else {}
        rest = [entry for entry in entries if entry.path not in in_refs]
        if not rest:
            return _Kept(held=tuple(in_refs))
        folder = FolderOfSecrets.at(self._request.secrets_folder, self._no_places_for_secrets())
        before = folder.held(self._slug, rest, self._repository.object_format)
        held = (*in_refs, *sorted(before))
        wanted = sorted((e for e in rest if e.path not in before), key=lambda e: e.kind is Kind.SYMLINK)
        if not wanted:
            return _Kept(held=held)
        with folder.incoming(self._slug) as incoming:
            fetched = self._bringer.fetched(wanted, incoming.fetched, progress)
            missed = [missed_by(problem) for problem in fetched.problems]
            there = [entry for entry in wanted if entry.path in fetched.files]
            new = [e for e in there if _is_taken(incoming, e, fetched.files[e.path], missed)]
            place = incoming.settle(stamp(self._examination.audit.started_at)) if new else None
        return _Kept(tuple(new), held, tuple(missed), str(place) if place else None)

    def _no_places_for_secrets(self) -> list[Path]:
        """Return the working trees of the repository, its own folder, and a target of this machine."""
        places = [self._repository.top, self._repository.objects]
        if self._repository.objects.name == ".git":  # this may be another working tree than that beside it
            places.append(self._repository.objects.parent)
        deployed = self._request.audit.deployed
        return [*places, deployed.path] if isinstance(deployed, DirectorySource) else places


def _shown(entry: Entry, labels: Labels) -> Entry:
    """Return the entry as a report may show it."""
    return entry.without_content() if SECRET in labels.of(entry.path) else entry


def _is_taken(incoming: Incoming, entry: Entry, file: Path, missed: list[Missed]) -> bool:
    """Keep a file; a name that this machine has not, or that two files share here, is missed."""
    try:
        incoming.take(entry, file)
    except NameRefusedError:
        missed.append(Missed(entry.path, REFUSED_NAME, _NO_NAME_HERE))
        return False
    return True


def _sorted(examination: Examination, request: RescueRequest) -> _Sorted:
    labels = request.audit.policy.labels
    found = _Sorted()
    for problem in examination.trees.seen.problems:
        if GENERATED not in (*labels.of(problem.path), *labels.of(problem.path, is_directory=True)):
            found.missed.append(missed_by(problem))
    named = {miss.path for miss in found.missed}
    for finding in examination.audit.findings:
        if GENERATED not in finding.labels and finding.path not in named:
            _sort_in(found, finding, request.include_secrets)
    return found


def _sort_in(found: _Sorted, finding: Finding, include_secrets: bool) -> None:
    deployed = finding.change.deployed
    if deployed is None or not _is_only_copy(finding):
        return
    if not deployed.has_content:
        if deployed.pruned and deployed.path.rpartition("/")[2] == ".git":
            found.missed.append(Missed(deployed.path, CHECKOUT, _OTHER_CHECKOUT))
    elif deployed.digest is None:
        if RUNTIME in finding.labels:
            found.unread.append(deployed.path)
        else:
            found.missed.append(Missed(deployed.path, ProblemKind.UNREADABLE.value, _UNREAD))
    elif SECRET in finding.labels and not include_secrets:
        found.secrets.append(deployed)
    else:
        found.for_git.append(deployed)


def _is_only_copy(finding: Finding) -> bool:
    """Whether no commit has the content: what a guard protects, and what only refs of ours hold.

    Among those refs may be one of a live tree, which moves on.
    """
    provenance = finding.provenance
    is_in_no_commit = provenance.origin in (Origin.HOTFIX, Origin.UNKNOWN)
    is_in_our_refs = any(copy.kind == "ref" for copy in provenance.copies)
    return provenance.recoverable is not Recoverable.YES or is_in_no_commit or is_in_our_refs
