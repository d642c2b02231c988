"""Who imports a path, and what of its imports does not resolve, as lines of the page about it."""

from collections.abc import Iterator

from driftaudit.model.explanation import Explanation
from driftaudit.model.structure import ImportLine, StructureFinding, StructureKind, StructureTree
from driftaudit.render.printable import printable

_MOST = 10  # lines
_WORDS = {
    StructureKind.MISSING_MODULE: "is not there",
    StructureKind.WOULD_BREAK: "would not be there after the deploy",
    StructureKind.NOT_INSTALLED: "is declared, and not installed",
}


def imports(explanation: Explanation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the lines that import the path, and the imports that are broken by or in it."""
    importers = [_importer(line) for line in explanation.imported_by]
    if importers:
        yield "imported by", _first(importers)
    own = [each for each in explanation.unresolved if each.importer == explanation.path]
    if own:
        yield "its imports", _first([_unresolved(each) for each in own])
    others = [each for each in explanation.unresolved if each.importer != explanation.path]
    if others:
        yield "would break", _first([f"{printable(each.importer)}:{each.line}" for each in others])


def _first(lines: list[str]) -> tuple[str, ...]:
    more = [f"… and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return (*lines[:_MOST], *more)


def _importer(line: ImportLine) -> str:
    when = ""
    if StructureTree.PLANNED not in line.trees:
        when = ", now and not after the deploy"
    elif StructureTree.DEPLOYED not in line.trees:
        when = ", after the deploy"
    return f"{printable(line.importer)}:{line.line} as {printable(line.module)}{when}"


def _unresolved(finding: StructureFinding) -> str:
    return f"line {finding.line}: {printable(finding.module)} {_WORDS[finding.kind]}"
