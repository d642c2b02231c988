"""Imports that do not resolve, in the live tree or in the one that a deploy would leave."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.finding import Severity


class StructureKind(StrEnum):
    """What is wrong with an import."""

    MISSING_MODULE = "missing-module"
    WOULD_BREAK = "would-break"
    NOT_INSTALLED = "declared-not-installed"


class StructureTree(StrEnum):
    """The tree in which an import does not resolve."""

    DEPLOYED = "deployed"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class StructureFinding:
    """An import that does not resolve, as judged by a rule.

    `importer` is the path under the root, `line` counts from 1, `module` is what it names, as it is written.
    `cause` is the path that the deploy deletes or does not bring, None where there is none.
    """

    kind: StructureKind
    importer: str
    line: int
    module: str
    tree: StructureTree
    cause: str | None
    severity: Severity
    rule: str
    reason: str
