"""Labels and rules as values: what a project or a pack says about paths."""

from collections.abc import Mapping
from dataclasses import dataclass

from driftaudit.model.change import Aspect
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Origin, Recoverable, Severity
from driftaudit.model.probe import HealthKind
from driftaudit.model.structure import StructureKind

GENERATED = "generated"  # rebuildable: expendable
RUNTIME = "runtime"  # the application's own: expected, and to be kept
SECRET = "secret"  # noqa: S105 - expected, to be kept, and never shown
BUILT_IN_LABELS = (GENERATED, RUNTIME, SECRET)

LabelPatterns = Mapping[str, tuple[str, ...]]
"""Gitignore patterns by label, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a rule to match: all that is given, of each any one. Empty means: not asked."""

    paths: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    actions: frozenset[Action] = frozenset()
    recoverable: frozenset[Recoverable] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    aspects: frozenset[Aspect] = frozenset()
    health: frozenset[HealthKind] = frozenset()  # of what runs: such a rule is about no path
    structure: frozenset[StructureKind] = frozenset()  # imports: such a rule is asked of nothing else


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as it was written. `where` is `file:line`."""

    id: str
    conditions: Conditions
    severity: Severity
    reason: str
    where: str
