"""What a rule pack may hold, and the examples beside it."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from driftaudit.config.rules_schema import Label, Labels, OneOrMore, Rules
from driftaudit.config.schema import Many, NotEmpty, Strict, Text, member_of, refuse
from driftaudit.model.change import Aspect
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Origin, Recoverable, Severity
from driftaudit.model.probe import HealthKind
from driftaudit.model.structure import StructureKind


class PackModel(Strict):
    """A pack: what it is for, what it calls paths, and its rules."""

    description: Text
    labels: Labels = Field(default_factory=dict)
    rules: Rules = ()


class ExampleModel(Strict):
    """Paths, what is supposed of them, and what must come out: labels, severity, rule, or some of these.

    Or, instead of paths, what is wrong with the running application.
    """

    path: OneOrMore[Text] = ()
    health: OneOrMore[Annotated[HealthKind, BeforeValidator(member_of(HealthKind))]] = ()
    kind: Annotated[Kind, BeforeValidator(member_of(Kind))] = Kind.FILE
    origin: Annotated[Origin, BeforeValidator(member_of(Origin))] = Origin.UNKNOWN
    action: Annotated[Action, BeforeValidator(member_of(Action))] = Action.KEEP
    aspect: OneOrMore[Annotated[Aspect, BeforeValidator(member_of(Aspect))]] = ()
    recoverable: Annotated[Recoverable, BeforeValidator(member_of(Recoverable))] = Recoverable.NO
    structure: Annotated[StructureKind, BeforeValidator(member_of(StructureKind))] | None = None
    labels: Many[Label] | None = None
    severity: Annotated[Severity, BeforeValidator(member_of(Severity))] | None = None
    rule: Text | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if self.labels is None and self.severity is None and self.rule is None:
            refuse("an example says what is expected: labels, severity or rule")
        if bool(self.path) == bool(self.health):
            refuse("an example is about a 'path', or about 'health'")
        return self


class ExamplesModel(Strict):
    """The examples of one pack."""

    examples: Annotated[Many[ExampleModel], NotEmpty]
