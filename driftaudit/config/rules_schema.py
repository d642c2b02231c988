"""What `labels:` and `rules:` may hold, in a project's file and in a pack."""

import re
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from driftaudit.config.rules import BUILT_IN_LABELS, Conditions, RuleSpec
from driftaudit.config.schema import Item, Many, NotEmpty, Pattern, Strict, Text, as_list, member_of, refuse
from driftaudit.config.validation import suggestion
from driftaudit.config.yaml_document import Document
from driftaudit.model.change import Aspect
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Origin, Recoverable, Severity
from driftaudit.model.probe import HealthKind
from driftaudit.model.structure import StructureKind

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_LABEL = re.compile(_NAME)
_RULE_ID = re.compile(f"{_NAME}(/{_NAME})*")
_TOO_NEAR = 0.85  # "secrets" is, "sections" is not


def _label(name: str) -> str:
    if not _LABEL.fullmatch(name):
        refuse(f"{name!r} is no label: letters, digits, '.', '_' and '-' make one")
    near = "" if name in BUILT_IN_LABELS else suggestion(name, BUILT_IN_LABELS, _TOO_NEAR)
    if near:  # it would protect nothing, in silence
        refuse(f"{name!r} is no built-in label{near}")
    return name


def _rule_id(text: str) -> str:
    if not _RULE_ID.fullmatch(text):
        refuse(f"{text!r} is no rule id: names parted by '/' make one, like 'shop/uploads'")
    return text


OneOrMore = Annotated[Many[Item], BeforeValidator(as_list), NotEmpty]
Label = Annotated[str, AfterValidator(_label)]
Labels = dict[Label, Many[Pattern]]


class WhenModel(Strict):
    """The conditions of a rule: each a value, or a list of which any one may hold. Not given: not asked."""

    path: OneOrMore[Pattern] = ()
    label: OneOrMore[Label] = ()
    origin: OneOrMore[Annotated[Origin, BeforeValidator(member_of(Origin))]] = ()
    action: OneOrMore[Annotated[Action, BeforeValidator(member_of(Action))]] = ()
    recoverable: OneOrMore[Annotated[Recoverable, BeforeValidator(member_of(Recoverable))]] = ()
    kind: OneOrMore[Annotated[Kind, BeforeValidator(member_of(Kind))]] = ()
    aspect: OneOrMore[Annotated[Aspect, BeforeValidator(member_of(Aspect))]] = ()
    health: OneOrMore[Annotated[HealthKind, BeforeValidator(member_of(HealthKind))]] = ()
    structure: OneOrMore[Annotated[StructureKind, BeforeValidator(member_of(StructureKind))]] = ()

    @model_validator(mode="after")
    def _about_paths_or_health(self) -> Self:
        if self.health and len(self.model_fields_set) > 1:
            refuse(
                "'health' is about the running application, and goes with no condition on paths", key="health"
            )
        return self

    def conditions(self) -> Conditions:
        """Return the conditions as values."""
        return Conditions(
            paths=self.path,
            labels=frozenset(self.label),
            origins=frozenset(self.origin),
            actions=frozenset(self.action),
            recoverable=frozenset(self.recoverable),
            kinds=frozenset(self.kind),
            aspects=frozenset(self.aspect),
            health=frozenset(self.health),
            structure=frozenset(self.structure),
        )


class RuleModel(Strict):
    """One rule."""

    id: Annotated[str, AfterValidator(_rule_id)]
    when: WhenModel = WhenModel()
    severity: Annotated[Severity, BeforeValidator(member_of(Severity))]
    reason: Text


def _distinct(rules: tuple[RuleModel, ...]) -> tuple[RuleModel, ...]:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            refuse(f"two rules are called {rule.id!r}: an id names one rule")
        seen.add(rule.id)
    return rules


Rules = Annotated[Many[RuleModel], AfterValidator(_distinct)]


def rule_specs(document: Document, rules: Iterable[RuleModel]) -> tuple[RuleSpec, ...]:
    """Return validated rules as values, each with the place where the document has it."""
    return tuple(
        RuleSpec(rule.id, rule.when.conditions(), rule.severity, rule.reason, document.line(("rules", index)))
        for index, rule in enumerate(rules)
    )
