"""The composer of `reconcile`: what is live, as a commit beside the one that was deployed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.compare.trees import aspects_of
from driftaudit.config.rules import BUILT_IN_LABELS
from driftaudit.errors import RepositoryError, SourceError
from driftaudit.keeping.bringing import Bringer, missed_by
from driftaudit.keeping.live_tree import (
    Layout,
    Place,
    Placed,
    Rows,
    as_parent_has,
    compose,
    mapping_of,
    place,
    steps,
    without,
)
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_EXECUTABLE, MODE_FILE, Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.missed import REFUSED_NAME, Missed
from driftaudit.model.own_refs import live_ref, rescue_refs, slug_of
from driftaudit.model.problem import ProblemKind
from driftaudit.model.reconciliation import LiveTree, Reconciliation
from driftaudit.plumbing.writing import CommitObject, ObjectWriter, Row
from driftaudit.provenance.equivalence import settle
from driftaudit.provenance.history import read_history
from driftaudit.provenance.lfs import LargeFiles
from driftaudit.render.commit_messages import live_message
from driftaudit.repo import Repository
from driftaudit.sources.base import Progress, no_progress

_EXPECTED = frozenset(BUILT_IN_LABELS)
_FILES = (MODE_FILE, MODE_EXECUTABLE)
_DIFFERENT = {Aspect.CONTENT, Aspect.LINE_ENDINGS}
_NO_PLACE = "git refuses a path like this, or what lies there"
_IN_THE_WAY = "another file is in the way of its path"
_UNREAD = "its content was not read"
_TRIES = 5  # where another run moves the ref meanwhile


@dataclass(frozen=True, slots=True)
class ReconcileRequest:
    """What is reconciled. `parent` is a commit to see it from, instead of the one that is found deployed."""

    audit: AuditRequest
    parent: str | None = None


def run_reconcile(request: ReconcileRequest, progress: Progress = no_progress) -> Reconciliation:
    """Audit a target, and let a ref name a commit of what is live there.

    Raises UsageError, RepositoryError or SourceError. The ref comes last and in one step.
    """
    repository = request.audit.repository
    if repository is None:
        raise RepositoryError(
            "there is no repository to reconcile with", "Run it in the one that is deployed."
        )
    examination = examine(replace(request.audit, backups=()), progress)  # they decide nothing here
    if examination.trees.seen.source.kind == "absent":
        raise SourceError(f"{request.audit.target}: nothing is live there yet", "Deploy first.")
    return _Reconciler(request, repository, examination).reconciliation(progress)


@dataclass(frozen=True, slots=True)
class _Told:
    """Live files by where they go, with those whose content cannot be told from the parent's."""

    places: tuple[Place, ...]
    missed: tuple[Missed, ...] = ()


class _Reconciler:
    def __init__(self, request: ReconcileRequest, repository: Repository, examination: Examination) -> None:
        self._audit, self._repository, self._examination = request.audit, repository, examination
        found = examination.audit.deployed_commit
        self._parent = request.parent or (found.commit.oid if found else None)
        self._ties = found.ties if found and not request.parent else ()
        self._writer = ObjectWriter(repository.top, repository.object_format)
        self._layout = self._laid_out()

    def reconciliation(self, progress: Progress) -> Reconciliation:
        layout, trees = self._layout, self._examination.trees
        live = (entry for entry in trees.deployed.outside(()) if entry.kind is not Kind.DIRECTORY)
        placed = place(live, layout)
        told = self._told(placed.places)
        lost = self._brought(told.places, progress)
        missed = [*self._unseen(placed.unread), *told.missed, *lost]
        gone = {miss.path for miss in (*told.missed, *lost)}
        composed = compose(without(told.places, gone), {*placed.unread, *gone}, layout)
        missed += [Missed(path, REFUSED_NAME, _IN_THE_WAY) for path in composed.homeless]
        known = {row.oid for row in layout.parent.values()}
        written = self._writer.tree(composed.rows, known, may_lack_objects=self._repository.is_partial)
        missed += [Missed(path, REFUSED_NAME, _NO_PLACE) for path in written.left_out]
        rows = {path: row for path, row in composed.rows.items() if path not in set(written.left_out)}
        return self._kept(written.oid, _live_tree(placed, layout.parent, rows, composed.unmapped), missed)

    def _laid_out(self) -> Layout:
        parent = self._parent_rows()
        mapping = mapping_of(self._audit.mapping, parent)
        labels = self._audit.policy.labels
        unseen = {problem.path for problem in self._examination.trees.seen.problems}
        left_out = self._left_out_of_archives(parent, mapping) if self._parent else set()
        return Layout(
            parent,
            mapping,
            is_expected=lambda path: not _EXPECTED.isdisjoint(labels.of(path)),
            is_unseen=lambda path: bool(unseen) and any(part in unseen for part in _with_those_above(path)),
            left_out=left_out,
        )

    def _left_out_of_archives(self, parent: Rows, mapping: PathMapping) -> set[str]:
        """Return the paths of the parent that are not live, and that `git archive` would not have brought."""
        names = self._examination.trees.deployed.paths.decode("utf-8", "surrogateescape")
        live = set(names.split("\0"))
        absent = {
            path for path in parent if (places := mapping.all_in_root(path)) and live.isdisjoint(places)
        }
        return self._repository.attributes(self._parent).left_out_of_archives(absent)

    def _parent_rows(self) -> Rows:
        if self._parent is None:
            return {}
        listed = self._repository.rows(self._parent)
        return {path: Row(mode, oid) for mode, oid, path in listed}

    def _told(self, places: Sequence[Place]) -> _Told:
        """Let a content that is another form of the parent's blob, such as by eol or LFS, be that blob."""
        edited = {each.live: change for each in places if (change := self._edit(each))}
        if not edited or self._parent is None:
            return _Told(tuple(places))
        mapping, live = self._layout.mapping, self._examination.trees.live
        settled = settle(tuple(edited.values()), self._repository, mapping, self._parent)
        parent, cache = self._parent, self._audit.cache
        large = LargeFiles(
            self._repository, lambda: read_history(self._repository, parent, cache), mapping, parent, cache
        )
        filled = large.fill_in(settled, self._desired_at, live)
        left = {change.path: change for change in filled.changes}
        pointers = self._repository.present(filled.pointers.values()) if filled.pointers else set()
        forms = {}
        for path, change in edited.items():
            rest = left.get(path)
            if rest is None or (_DIFFERENT.isdisjoint(rest.aspects) and not _is_unverified(rest)):
                forms[path] = _digest(change.desired)
            elif (pointer := filled.pointers.get(_digest(change.deployed))) in pointers and pointer:
                forms[path] = pointer
        problems = tuple(missed_by(each) for each in filled.problems if each.path in edited)
        return _Told(as_parent_has(places, forms), problems)

    def _edit(self, each: Place) -> Change | None:
        """Return the change of a file that the parent has with another content, as an audit would."""
        before = self._layout.parent.get(each.path or "")
        if before is None or before.oid == each.row.oid:
            return None
        live = self._examination.trees.live(each.live)
        if live is None or before.mode not in _FILES or each.row.mode not in _FILES:
            return None
        desired = Entry(each.live, Kind.FILE, before.mode, None, before.oid)
        return Change(each.live, desired, live, aspects_of(desired, live) or ())

    def _desired_at(self, live: str) -> Entry | None:
        for path in self._layout.mapping.to_repository(live):
            row = self._layout.parent.get(path)
            if row and row.mode in _FILES:
                return Entry(live, Kind.FILE, row.mode, None, row.oid)
        return None

    def _brought(self, places: Sequence[Place], progress: Progress) -> tuple[Missed, ...]:
        """Let the object store have what the parent's tree has not."""
        known = {row.oid for row in self._layout.parent.values()}
        wanted = [each for each in places if each.row.oid not in known]
        live = self._examination.trees.live
        entries = [entry for each in wanted if (entry := live(each.live)) and entry.digest == each.row.oid]
        if not entries:
            return ()
        bringer = Bringer(self._audit.deployed, self._repository, self._writer, self._audit.rate_limit)
        return bringer.bring(entries, progress)

    def _unseen(self, unread: Sequence[str]) -> list[Missed]:
        problems = self._examination.trees.seen.problems
        found = [missed_by(each) for each in problems if not self._layout.is_expected(each.path)]
        named = {miss.path for miss in found}
        return found + [
            Missed(path, ProblemKind.UNREADABLE.value, _UNREAD) for path in unread if path not in named
        ]

    def _kept(self, tree: str, live: LiveTree, missed: Sequence[Missed]) -> Reconciliation:
        told = tuple(sorted(missed, key=lambda miss: (miss.path, miss.kind)))
        target = self._audit.target
        parents = (self._parent,) if self._parent else ()
        content = CommitObject(tree, parents, live_message(target, tree, live, told, self._parent))
        ref = live_ref(slug_of(target))
        commit, before = self._pointed(ref, content)
        return Reconciliation(
            target=target,
            slug=slug_of(target),
            ref=ref,
            commit=commit,
            tree=tree,
            parent=self._parent,
            base=self._audit.base,
            live=live,
            missed=told,
            is_new=commit != before.oid,
            kept=before.kept,
            ties=self._ties,
        )

    def _pointed(self, ref: str, content: CommitObject) -> tuple[str, "_Before"]:
        """Let the ref name a commit of this content; the same one as before, where that says the same."""
        for _try in range(_TRIES):
            before = self._writer.ref(ref)
            if before and self._writer.read_commit(before) == content:
                return before, _Before(before)
            commit = self._writer.commit(content, self._examination.audit.started_at)
            kept = self._kept_before(before, ref, commit) if before else None
            if self._writer.point(ref, commit, before):
                return commit, _Before(before, kept)
        raise RepositoryError(f"{ref} is being moved by other runs", "Run it again.")

    def _kept_before(self, before: str, ref: str, commit: str) -> str | None:
        """Keep the commit that was live, where a deploy may have relied on what it alone holds."""
        if not self._writer.held_by_no_other(before, ref, commit):
            return None
        return self._writer.name_anew(rescue_refs(slug_of(self._audit.target)), before)


@dataclass(frozen=True, slots=True)
class _Before:
    """What the ref named, and the ref that holds that now where it must be held."""

    oid: str | None
    kept: str | None = None


def _live_tree(placed: Placed, parent: Rows, rows: Mapping[str, Row], unmapped: Sequence[str]) -> LiveTree:
    return LiveTree(
        steps(parent, rows), tuple(unmapped), placed.expected, placed.without_content, placed.in_submodules
    )


def _is_unverified(change: Change) -> bool:
    return Aspect.LFS_UNVERIFIED in change.aspects


def _digest(entry: Entry | None) -> str:
    return (entry.digest if entry else None) or ""


def _with_those_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]
