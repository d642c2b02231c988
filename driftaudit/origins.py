"""Where what is live comes from: history, the desired tree and the contents themselves are asked in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from driftaudit.config.rules import SECRET
from driftaudit.deploy.base import Trees
from driftaudit.errors import SourceError
from driftaudit.live_contents import live_contents
from driftaudit.model.build import AcceptedBuild
from driftaudit.model.change import Change
from driftaudit.model.commit import DeployedCommit
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Origin, Provenance, Recoverable
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem
from driftaudit.policy.labels import Labels
from driftaudit.provenance.builds import built_before
from driftaudit.provenance.content_history import ContentHistory, content_history
from driftaudit.provenance.deployed_commit import deployed_commit
from driftaudit.provenance.history import History
from driftaudit.provenance.likeness import Likeness
from driftaudit.provenance.live_tree import known_tree
from driftaudit.provenance.story import Story
from driftaudit.provenance.trace import Evidence, desired_by_content, trace
from driftaudit.repo import Repository
from driftaudit.sources.base import Source
from driftaudit.trees import EXPENDABLE, UNREAD

_EXPECTED = frozenset((EXPENDABLE, UNREAD, SECRET))
if TYPE_CHECKING:
    from driftaudit.backup_reading.copies import BackupCopies

_MOST_COMPARED = 50  # edited files whose versions are looked for
_LARGEST_COMPARED = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Traced:
    """The provenance of each change by its path, and what there is to say of all."""

    by_path: Mapping[str, Provenance]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origins:
    """What is known of one audit's trees. `pointers` maps live contents to the LFS pointers to them.

    `live` is asked for the contents of edited files; `history` is None where there is no repository. `builds`
    are earlier ones, which count where a build is desired. `in_sync` are paths that are live as desired.
    """

    repository: Repository | None
    history: History | None
    mapping: PathMapping
    labels: Labels
    live: Source
    trees: Trees
    changes: Sequence[Change]
    problems: Sequence[Problem]
    pointers: Mapping[str, str] = field(default_factory=dict)
    builds: Sequence[AcceptedBuild] = ()
    is_build: bool = False
    in_sync: frozenset[str] = frozenset()
    backups: "BackupCopies | None" = None

    def traced(self) -> Traced:
        """Return where the deployed side of each change comes from."""
        built = built_before(self.repository, self._builds())
        evidence = replace(self._evidence(), built=built.paths, in_sync=self.in_sync)
        by_path = {change.path: trace(change, evidence) for change in self.changes}
        held = self._held_by_backups(by_path, evidence)
        by_path |= held.by_path
        if self.repository is None or self.history is None:
            return Traced(by_path, (*built.notes, *held.notes))
        story = Story(self.repository, self.history, evidence, self.trees.desired)
        told = story.told(self.changes, by_path)
        likeness = Likeness(self.repository, self.history, self.mapping, self.trees.desired)
        compared = self._compared(told, likeness)
        return replace(compared, notes=(*built.notes, *held.notes, *compared.notes))

    def _builds(self) -> Sequence[AcceptedBuild]:
        """Return what counts as built before: a commit's history is older than it, nothing else."""
        return self.builds if self.is_build else ()

    def _held_by_backups(self, by_path: Mapping[str, Provenance], evidence: Evidence) -> Traced:
        """Ask the backups for what the deploy destroys and nothing else is known to hold: only then."""
        if self.backups is None:
            return Traced({})
        asked = [
            change
            for change in self.changes
            if change.deployed
            and change.deployed.contents
            and self.backups.plan.action(change.path).destroys
            and by_path[change.path].recoverable is not Recoverable.YES
            and EXPENDABLE not in self.labels.of(change.path)
        ]
        found = self.backups.of({change.deployed.contents[0] for change in asked if change.deployed})
        held = replace(evidence, backups=found.places)
        return Traced({change.path: trace(change, held) for change in asked}, found.notes)

    def deployed_commit(self) -> DeployedCommit | None:
        """Return the commit that is live, None where none is near, or there is no history to look in."""
        if self.history is None:
            return None
        paths = b"\0".join((self.trees.deployed.paths, self.history.paths_in_root(self.mapping)))
        expected = {
            path.encode("utf-8", "surrogateescape")
            for path in self.labels.among(paths)
            if self._is_expected(path)
        }
        known = known_tree(self.changes, self.trees.desired, self.trees.deployed, self.pointers, expected)
        return deployed_commit(self.history, self.mapping, known)

    def _is_expected(self, path: str) -> bool:
        return not _EXPECTED.isdisjoint(self.labels.of(path))

    def _evidence(self) -> Evidence:
        sides = [change.deployed for change in self.changes if change.deployed]
        ids = {content for side in sides for content in side.contents} | set(self.pointers.values())
        refs = {directory.path: directory.refs for directory in self.trees.seen.git_directories}
        history = ContentHistory()
        if self.repository and self.history:
            asked = {oid for oids in refs.values() for oid in oids}
            history = content_history(self.repository, self.history, ids, asked)
        unseen = frozenset(problem.path for problem in self.problems if problem.path)
        by_content = desired_by_content(self.trees.desired, ids)
        return Evidence(history, self.mapping, by_content, unseen, refs, self._known_folders(), self.pointers)

    def _known_folders(self) -> frozenset[str]:
        """Return those live folders without content that have, or had, files in the repository."""
        entries = [change.deployed for change in self.changes if change.deployed]
        folders = {entry.path for entry in entries if entry.kind is Kind.DIRECTORY}
        if not folders:
            return frozenset()
        committed = self.history.paths_in_root(self.mapping) if self.history else b""
        known = b"\0".join((b"", committed, self.trees.desired.paths))
        return frozenset(
            folder for folder in folders if b"\0%b/" % folder.encode("utf-8", "surrogateescape") in known
        )

    def _compared(self, traced: Mapping[str, Provenance], likeness: Likeness) -> Traced:
        """Say of edited and unknown files what they are like, if they are few and small."""
        edited = [entry for change in self.changes if (entry := self._edited(change, traced[change.path]))]
        chosen = edited[:_MOST_COMPARED]
        if not chosen:
            return Traced(traced)
        try:
            live = live_contents(chosen, self.live, self.repository, _LARGEST_COMPARED)
        except SourceError as error:
            note = f"Which versions edited files are like is not known: {error.message}"
            return Traced(traced, (note,))
        found = likeness.compared(live.contents, traced)
        notes: tuple[str, ...] = ()
        if len(edited) > len(chosen) or likeness.is_exhausted:
            what = f"Of {len(edited):,} files that no commit has some were not held against older versions"
            notes = (f"{what}; driftaudit explain does it for one.",)
        return Traced({**traced, **found}, notes)

    def _edited(self, change: Change, provenance: Provenance) -> Entry | None:
        """Return the live file of a change whose content nobody committed, and that may be looked into."""
        entry = change.deployed
        if provenance.origin not in (Origin.HOTFIX, Origin.UNKNOWN) or entry is None:
            return None
        is_readable = entry.kind is Kind.FILE and entry.digest and (entry.size or 0) <= _LARGEST_COMPARED
        return entry if is_readable and not self._is_expected(entry.path) else None
