"""A rule's conditions, held against one change."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from driftaudit.config.patterns import PathPatterns
from driftaudit.config.rules import RuleSpec
from driftaudit.model.change import Change
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Provenance
from driftaudit.model.probe import HealthKind
from driftaudit.model.structure import StructureKind


def kind_of(change: Change) -> Kind:
    """Return what the path is where it is live, or else what is desired there."""
    entry = change.deployed or change.desired
    return entry.kind if entry else Kind.FILE


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that a rule can ask about."""

    change: Change
    provenance: Provenance
    action: Action
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule whose path patterns are compiled."""

    spec: RuleSpec
    _paths: PathPatterns | None = field(repr=False, compare=False)

    @classmethod
    def compile(cls, spec: RuleSpec) -> Self:
        """Return a rule that can be asked."""
        return cls(spec, PathPatterns(spec.conditions.paths) if spec.conditions.paths else None)

    def matches(self, subject: Subject) -> bool:
        """Whether every condition that the rule gives holds; a rule on health is about no path."""
        asked, change, provenance = self.spec.conditions, subject.change, subject.provenance
        return (
            not asked.health
            and not asked.structure
            and (not asked.actions or subject.action in asked.actions)
            and (not asked.origins or provenance.origin in asked.origins)
            and (not asked.recoverable or provenance.recoverable in asked.recoverable)
            and (not asked.labels or not asked.labels.isdisjoint(subject.labels))
            and (not asked.aspects or not asked.aspects.isdisjoint(change.aspects))
            and (not asked.kinds or kind_of(change) in asked.kinds)
            and self._matches_path(change)
        )

    def matches_health(self, kind: HealthKind) -> bool:
        """Whether the rule is about what is wrong with a running application."""
        return kind in self.spec.conditions.health

    def matches_structure(self, kind: StructureKind, importer: str, labels: Collection[str]) -> bool:
        """Whether the rule is about such an import: of what else it asks, an import has path and labels."""
        asked = self.spec.conditions
        asks_more = asked.actions or asked.origins or asked.recoverable or asked.aspects
        return (
            kind in asked.structure
            and not asks_more
            and (not asked.kinds or Kind.FILE in asked.kinds)
            and (not asked.labels or not asked.labels.isdisjoint(labels))
            and (self._paths is None or self._paths.match(importer, False))
        )

    def _matches_path(self, change: Change) -> bool:
        return self._paths is None or self._paths.match(change.path, kind_of(change) is Kind.DIRECTORY)
