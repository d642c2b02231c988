"""By what a finding is known again in another run, and what a run could not see. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from driftaudit.config.rules import SECRET
from driftaudit.model.audit import Audit
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Finding, Origin, Severity
from driftaudit.model.problem import ProblemKind
from driftaudit.model.waiver import WAIVER

UNTOLD = "untold"  # a content that may not be written down, or was not read: it may be any
_ABSENT = "absent"
_RULE = "rule "
_ORDER = tuple(Severity)
_ABOUT_HISTORY = (ProblemKind.SHALLOW_CLONE, ProblemKind.PARTIAL_CLONE)  # they hide nothing that is live


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding as it is known again: by its path, and by `mark`, what is live there."""

    path: str
    mark: str
    is_waived: bool
    origin: Origin
    action: Action
    severity: Severity
    rule: str


def are_one(first: str, second: str) -> bool:
    """Whether two marks of one path can be of the same content: what is not known is not another one."""
    if UNTOLD in (first, second):
        return not any(mark == _ABSENT or mark.startswith(_RULE) for mark in (first, second))
    return first == second


def sighted(audit: Audit) -> tuple[Sighting, ...]:
    """Return the findings that are tracked, by path: all but those that a rule ignores.

    Of several that are known by the same the worst counts: the lines of a script may name one path twice.
    """
    found: dict[tuple[str, str], Sighting] = {}
    for finding in sorted(audit.findings, key=lambda each: (each.path, _ORDER.index(each.severity))):
        if finding.severity is Severity.IGNORE and finding.rule != WAIVER:
            continue
        sighting = _sighting(finding)
        found.setdefault((sighting.path, sighting.mark), sighting)
    return tuple(found.values())


def _sighting(finding: Finding) -> Sighting:
    return Sighting(
        path=finding.path,
        mark=_mark(finding),
        is_waived=finding.rule == WAIVER,
        origin=finding.provenance.origin,
        action=finding.action,
        severity=finding.severity,
        rule=finding.rule,
    )


def _mark(finding: Finding) -> str:
    live = finding.change.deployed
    if live is None:
        return _ABSENT if finding.change.desired else f"{_RULE}{finding.rule}"
    if live.kind in (Kind.DIRECTORY, Kind.SPECIAL):
        return live.kind.value
    if SECRET in finding.labels or not live.contents:
        return UNTOLD
    return live.contents[0]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run says of the paths at which it found nothing.

    At and below `hidden` it could not look. What is at one of the paths `ignored` is as a rule wants it, and
    so is all that lies below one of `pruned`.
    """

    hidden: Collection[str]
    ignored: Collection[str] = ()
    pruned: Collection[str] = ()

    def is_hidden(self, path: str) -> bool:
        """Whether something may be at the path that was not seen."""
        return any(above in self.hidden for above in _upwards(path))

    def is_expected(self, path: str) -> bool:
        """Whether what lies there, whatever it is, is no finding any more."""
        return path in self.ignored or any(above in self.pruned for above in _upwards(path))


def evidence_of(audit: Audit, pruned: Iterable[str]) -> Evidence:
    """Return what an audit could not see; `pruned` are the folders that were not looked into."""
    hidden = frozenset(each.path for each in audit.problems if each.kind not in _ABOUT_HISTORY)
    ignored = frozenset(
        finding.path
        for finding in audit.findings
        if finding.severity is Severity.IGNORE and finding.rule != WAIVER
    )
    return Evidence(hidden, ignored, frozenset(pruned) - {""})


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
