"""The shipped packs, read without the validation that a pack of a user's needs: the tests have done it.

That both readings give the same is tested too. It saves a third of the time before a host is asked anything.
"""

from pathlib import Path
from typing import Any

from driftaudit.config.rules import Conditions, LabelPatterns, RuleSpec
from driftaudit.config.yaml_document import load_document
from driftaudit.model.change import Aspect
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Origin, Recoverable, Severity
from driftaudit.model.probe import HealthKind
from driftaudit.model.structure import StructureKind


def shipped_parts(path: Path) -> tuple[str, LabelPatterns, tuple[RuleSpec, ...]]:
    """Return description, labels and rules of a shipped pack."""
    document = load_document(path)
    value: Any = document.value
    rules = tuple(
        RuleSpec(
            rule["id"],
            _conditions(rule.get("when", {})),
            Severity(rule["severity"]),
            rule["reason"],
            document.line(("rules", index)),
        )
        for index, rule in enumerate(value.get("rules", ()))
    )
    labels = {label: tuple(patterns) for label, patterns in value.get("labels", {}).items()}
    return value["description"], labels, rules


def _conditions(when: dict[str, Any]) -> Conditions:
    return Conditions(
        paths=tuple(_words(when, "path")),
        labels=frozenset(_words(when, "label")),
        origins=frozenset(map(Origin, _words(when, "origin"))),
        actions=frozenset(map(Action, _words(when, "action"))),
        recoverable=frozenset(map(Recoverable, _words(when, "recoverable"))),
        kinds=frozenset(map(Kind, _words(when, "kind"))),
        aspects=frozenset(map(Aspect, _words(when, "aspect"))),
        health=frozenset(map(HealthKind, _words(when, "health"))),
        structure=frozenset(map(StructureKind, _words(when, "structure"))),
    )


def _words(when: dict[str, Any], key: str) -> list[str]:
    """Return what a condition names. YAML's true and false are booleans, and two values of `recoverable`."""
    given = when.get(key, [])
    values = given if isinstance(given, list | tuple) else [given]
    return [str(value).lower() if isinstance(value, bool) else value for value in values]
