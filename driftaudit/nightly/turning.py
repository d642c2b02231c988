"""What has become of the running application and of its imports since an earlier run. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, HealthKind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.structure import StructureFinding
from driftaudit.render.wording import WHOLE_TREE

_COUNTED = (Severity.BLOCK, Severity.WARN)
_PASSING = (ProblemKind.UNSTABLE, ProblemKind.VANISHED)
_IMPORT = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """What is wrong now and was not, and what was wrong and is not any more, each in one sentence.

    `hidden` are the gaps in the evidence that were not there before. What merely changed or vanished while it
    was read is none of them: on a busy host that is another file every night.
    """

    begun: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def turn(earlier: Audit | None, now: Audit) -> Turn:
    """Return what has changed since `earlier`, None where there was no run: all is new then.

    What could not be asked or seen this time is not over.
    """
    before = earlier.health if earlier else ()
    imported = earlier.structure if earlier else ()
    begun = [
        *map(_said, _without(now.health, before)),
        *map(_named, _unresolved(now.structure, {_key(each) for each in imported})),
    ]
    over = [
        *(_said(each) for each in _without(before, now.health) if _was_asked_again(each, now)),
        *map(_named, _resolved(imported, now)),
    ]
    return Turn(tuple(begun), tuple(over), tuple(_hidden(now, earlier.problems if earlier else ())))


def _hidden(now: Audit, known: Iterable[Problem]) -> Iterator[str]:
    before = {(each.path, each.kind) for each in known}
    for each in now.problems:
        if each.kind not in _PASSING and (each.path, each.kind) not in before:
            yield f"{each.path or WHOLE_TREE} ({each.kind.value})"


def _without(found: Iterable[HealthFinding], known: Collection[HealthFinding]) -> Iterator[HealthFinding]:
    same = {(each.kind, each.subjects) for each in known if each.counts}
    return (each for each in found if each.counts and (each.kind, each.subjects) not in same)


def _was_asked_again(ill: HealthFinding, now: Audit) -> bool:
    answered = {probe.name for probe in now.probes if probe.is_known}
    untold = {name for each in now.health if each.kind == HealthKind.UNKNOWN for name in each.subjects}
    return answered.issuperset(ill.subjects) and untold.isdisjoint(ill.subjects)


def _unresolved(found: Iterable[StructureFinding], known: Collection[_IMPORT]) -> Iterator[StructureFinding]:
    return (each for each in found if each.severity in _COUNTED and _key(each) not in known)


def _resolved(found: Iterable[StructureFinding], now: Audit) -> Iterator[StructureFinding]:
    if not (now.deployed.complete and now.desired.complete):
        return iter(())
    return _unresolved(found, {_key(each) for each in now.structure})


def _key(each: StructureFinding) -> _IMPORT:
    return each.kind, each.importer, each.module, each.tree


def _said(each: HealthFinding) -> str:
    return f"{each.kind}, {', '.join(each.subjects)}: {each.detail}"


def _named(each: StructureFinding) -> str:
    return f"{each.kind}: {each.module}, imported by {each.importer}:{each.line}"
