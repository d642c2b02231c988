"""What a plan promises of a tree, and where a tree that is found later breaks it. Pure.

Paths with the labels `generated`, `runtime` and `secret` are left aside: a host writes its logs meanwhile.
But a secret, an upload or a database that was to stay does not go by itself.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from driftaudit.config.rules import GENERATED, RUNTIME, SECRET
from driftaudit.deploy.base import within_any
from driftaudit.model.aftermath import Aftermath, Content, Deviation, DeviationKind, State, content_of
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Finding
from driftaudit.model.listing import Listing
from driftaudit.model.problem import Problem
from driftaudit.policy.labels import Labels

LEFT_ASIDE = frozenset((GENERATED, RUNTIME, SECRET))

# Of what an application keeps, this comes and goes by itself, at a restart for one. All else that is gone
# after a deploy was taken away by it.
_PASSING = Labels(
    {
        "passing": (
            *("log/", "logs/", "*.log", "*.log.*", "*.log-*", "nohup.out", "tmp/", "temp/", "cache/"),
            *("session/", "sessions/", "*.pid", "*.sock", "*.lock", "*-journal", "*-shm", "*-wal"),
            *("celerybeat-schedule*", "/storage/framework/", ".pm2/"),
        )
    }
)


class Wanted(StrEnum):
    """What is to be at a path."""

    DESIRED = "desired"
    BEFORE = "before"
    GONE = "gone"
    GONE_OR_BEFORE = "gone-or-before"  # how it is deployed is not known: at the worst it goes
    ANYTHING = "anything"  # it depends on the program that copies


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be at a path that was not as desired before, and what was there before."""

    action: Action
    wanted: Wanted
    before: Content | None
    desired: Content | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What is to be found: at these paths as is said, at all others of the scope what is desired.

    `scope` are folders or files under the root, empty for all of it. `unseen` are the paths of which
    something could not be seen before. `lasting` are paths that are to stay, whatever becomes of what is in
    them.
    """

    paths: Mapping[str, Expected]
    scope: tuple[str, ...] = ()
    unseen: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()

    def unfulfilled(self) -> "Promise":
        """Return the promise that all is as it was."""
        kept = {path: replace(each, wanted=Wanted.BEFORE) for path, each in self.paths.items()}
        return replace(self, paths=kept)


@dataclass(frozen=True, slots=True)
class Found:
    """A tree that is held against a promise.

    `findings` are all its differences from the desired tree, `live` gives what lies at a path, and
    `is_left_aside` tells whether a path is none of this.
    """

    findings: Sequence[Finding]
    problems: Sequence[Problem]
    live: Callable[[str], Entry | None]
    is_left_aside: Callable[[str], bool]
    tree_digest: str | None = None


def promised(
    findings: Collection[Finding],
    problems: Iterable[Problem],
    *,
    created: Iterable[str] = (),
    scope: tuple[str, ...] = (),
    writes_through: bool = False,
    worst_case: bool = False,
) -> Promise:
    """Return what is to be found after a deploy whose plan is in the findings.

    `created` are all paths that it makes: a script makes some that are not desired, such as a stamp.
    `writes_through`: a copy that meets a link may leave the link, and write where it leads.
    """

    def wanted(finding: Finding) -> Wanted:
        change = finding.change
        match finding.action:
            case Action.KEEP:
                return Wanted.BEFORE
            case Action.DELETE | Action.ABANDON:
                return Wanted.GONE_OR_BEFORE if worst_case else Wanted.GONE
        is_link = change.deployed is not None and change.deployed.kind is Kind.SYMLINK
        is_open = change.desired is None or (writes_through and is_link)
        return Wanted.ANYTHING if is_open else Wanted.DESIRED

    paths = {
        finding.path: Expected(
            finding.action,
            wanted(finding),
            content_of(finding.change.deployed),
            content_of(finding.change.desired),
        )
        for finding in findings
        if LEFT_ASIDE.isdisjoint(finding.labels) and within_any(finding.path, scope)
    }
    told = {finding.path for finding in findings}
    paths |= {
        path: Expected(Action.CREATE, Wanted.ANYTHING, None, None)
        for path in created
        if path not in told and within_any(path, scope)
    }
    unseen = frozenset(problem.path for problem in problems)
    return Promise(paths, scope, unseen, frozenset(_lasting(findings, scope)))


def _lasting(findings: Iterable[Finding], scope: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths that a deploy keeps and that nothing but a deploy takes away."""
    for finding in findings:
        live = finding.change.deployed
        is_kept = live and live.has_content and finding.action is Action.KEEP
        is_own = SECRET in finding.labels or (RUNTIME in finding.labels and not _PASSING.of(finding.path))
        if is_kept and is_own and within_any(finding.path, scope):
            yield finding.path


def aftermath(promise: Promise, found: Found) -> Aftermath:
    """Return in what state the tree is, and each path that breaks the promise, sorted by path."""
    judged = _Judgement(promise, found)
    deviations, untold = judged.deviations(), tuple(sorted(judged.untold))
    if deviations:
        before = _Judgement(promise.unfulfilled(), found)
        is_as_before = not before.deviations() and not before.untold
        state = State.AS_BEFORE if is_as_before else State.OTHERWISE
    else:
        state = State.UNTOLD if untold else State.AS_PLANNED
    return Aftermath(state, deviations, untold, tuple(found.problems), found.tree_digest)


@dataclass
class _Judgement:
    promise: Promise
    found: Found
    untold: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._changes = {finding.path: finding.change for finding in self.found.findings}
        self._hidden = {problem.path for problem in self.found.problems}

    def deviations(self) -> tuple[Deviation, ...]:
        """Return what breaks the promise; what cannot be told is in `untold` afterwards."""
        broken = [*self._broken(), *self._lost_of_its_own(), *self._unplanned()]
        self.untold.update(
            path
            for path in self._hidden - self.promise.unseen
            if within_any(path, self.promise.scope) and not self.found.is_left_aside(path)
        )
        return tuple(sorted(broken, key=lambda each: each.path))

    def _broken(self) -> Iterator[Deviation]:
        for path, expected in self.promise.paths.items():
            entry = self.found.live(path)
            if (entry is None or not _is_known(entry)) and _is_covered(path, self._hidden):
                if not (entry and expected.wanted is Wanted.BEFORE and content_of(entry) == expected.before):
                    self.untold.add(path)
                continue
            kind = self._kind(path, expected, entry)
            if kind:
                wanted = {Wanted.DESIRED: expected.desired, Wanted.BEFORE: expected.before}
                yield Deviation(path, kind, wanted.get(expected.wanted), content_of(entry))

    def _lost_of_its_own(self) -> Iterator[Deviation]:
        for path in self.promise.lasting:
            if self.found.live(path) is None and not _is_covered(path, self._hidden):
                yield Deviation(path, DeviationKind.LOST, None, None)

    def _kind(self, path: str, expected: Expected, entry: Entry | None) -> DeviationKind | None:
        match expected.wanted:
            case Wanted.DESIRED:
                change = self._changes.get(path)
                return self._against_desired(change, DeviationKind.MISSING, DeviationKind.OTHER_CONTENT)
            case Wanted.GONE:
                return None if entry is None else DeviationKind.STILL_THERE
            case Wanted.BEFORE:
                return self._against_before(path, expected.before, entry)
            case Wanted.GONE_OR_BEFORE if entry is not None:
                return self._against_before(path, expected.before, entry)
        return None

    def _against_desired(
        self, change: Change | None, gone: DeviationKind, other: DeviationKind
    ) -> DeviationKind | None:
        if change is None:
            return None
        if change.deployed is None:
            return gone
        if change.aspects in ((), (Aspect.LFS_UNVERIFIED,)):
            self.untold.add(change.path)
            return None
        return other

    def _against_before(self, path: str, before: Content | None, entry: Entry | None) -> DeviationKind | None:
        if before is None:
            return None if entry is None else DeviationKind.APPEARED
        if entry is None:
            return DeviationKind.LOST
        now = Content(entry.mode, entry.digest)
        if now == before:
            return None
        if now.mode == before.mode and now.digest is None:
            self.untold.add(path)
            return None
        return DeviationKind.CHANGED

    def _unplanned(self) -> Iterator[Deviation]:
        """Yield what differs from the desired tree, and did not before."""
        for finding in self.found.findings:
            change = finding.change
            if change.path in self.promise.paths or not within_any(change.path, self.promise.scope):
                continue
            if not LEFT_ASIDE.isdisjoint(finding.labels) or _is_bare_folder(change):
                continue
            kind: DeviationKind | None = DeviationKind.APPEARED
            if change.desired is not None:
                kind = self._against_desired(change, DeviationKind.LOST, DeviationKind.CHANGED)
            if kind:
                yield Deviation(change.path, kind, content_of(change.desired), content_of(change.deployed))


def _is_bare_folder(change: Change) -> bool:
    """Whether a live folder is all that there is: it was there before its files went, and holds nothing."""
    live = change.deployed
    is_folder = live is not None and live.kind is Kind.DIRECTORY and not live.pruned
    return change.desired is None and is_folder


def _is_known(entry: Entry) -> bool:
    return entry.digest is not None or not entry.has_content


def _is_covered(path: str, hidden: Collection[str]) -> bool:
    """Whether a path is, or lies below, one of which something could not be seen."""
    parts = path.split("/")
    return bool(hidden) and any("/".join(parts[:depth]) in hidden for depth in range(len(parts) + 1))


def covered_digest(tree: Listing, scope: tuple[str, ...], labels: Labels) -> str:
    """Return the SHA-256 of all that a tree has in the scope, less what is left aside."""
    aside = {path for path in labels.among(tree.paths) if not LEFT_ASIDE.isdisjoint(labels.of(path))}
    digest = hashlib.sha256()
    for row in tree.rows:
        path = row.partition(b"\t")[2].decode("utf-8", "surrogateescape")
        if path not in aside and within_any(path, scope):
            digest.update(row + b"\0")
    return digest.hexdigest()
