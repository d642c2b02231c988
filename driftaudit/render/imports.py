"""Imports that do not resolve, in words. Every text is fit to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from driftaudit.model.finding import Severity
from driftaudit.model.structure import StructureFinding, StructureKind
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

IMPORT_TITLES = {
    StructureKind.WOULD_BREAK: "Imports that the deploy would break",
    StructureKind.MISSING_MODULE: "Imports that do not resolve on the target now",
    StructureKind.NOT_INSTALLED: "Declared, and not installed on the target",
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """Who imports what, and why it is not there ("" where that is not known)."""

    place: str  # path:line
    module: str
    cause: str


@dataclass(frozen=True, slots=True)
class ImportGroup:
    """Imports with the same thing wrong, of one severity."""

    severity: Severity
    title: str
    total: str
    rule: str
    reason: str
    rows: tuple[ImportRow, ...]


def import_groups(structure: Sequence[StructureFinding]) -> tuple[ImportGroup, ...]:
    """Return the imports by what is wrong with them, the worst first; what is ignored left out."""
    shown = [finding for finding in structure if finding.severity is not Severity.IGNORE]
    groups = []
    for (_, _, rule, reason), same in groupby(sorted(shown, key=_order), key=lambda each: _order(each)[:4]):
        held = list(same)
        groups.append(
            ImportGroup(
                held[0].severity,
                IMPORT_TITLES[held[0].kind],
                count_of(len(held), "import"),
                printable(rule),
                printable(reason),
                tuple(map(_row, held)),
            )
        )
    return tuple(groups)


def _order(finding: StructureFinding) -> tuple[int, int, str, str, str, int, str]:
    severity = list(Severity).index(finding.severity)
    kind = list(IMPORT_TITLES).index(finding.kind)
    return severity, kind, finding.rule, finding.reason, finding.importer, finding.line, finding.module


def _row(finding: StructureFinding) -> ImportRow:
    place = printable(f"{finding.importer}:{finding.line}")
    return ImportRow(place, printable(finding.module), _cause(finding))


def _cause(finding: StructureFinding) -> str:
    if finding.cause is None:
        return ""
    verb = "goes with" if finding.kind is StructureKind.WOULD_BREAK else "needs"
    return f"{verb} {printable(finding.cause)}"
