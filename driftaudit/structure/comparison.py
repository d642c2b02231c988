"""What does not resolve now, and what would not after a deploy. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from driftaudit.model.structure import StructureKind, StructureTree, UntoldImport
from driftaudit.structure.analysis import Analysis, OpenImport, shown_module
from driftaudit.structure.imports import Form
from driftaudit.structure.resolution import Resolution, State, unknown
from driftaudit.structure.tree import There

IsGenerated = Callable[[str], bool]
"""Whether a path has a label that says that it can be built again."""


_GOES = "The deploy takes it away."
_STAYS_AWAY = "The deploy does not bring it."
_ASSUMED = (
    "The deploy takes it away if all that is not desired is deleted, as is assumed: no deploy method is said."
)


@dataclass(frozen=True, slots=True)
class Defect:
    """An import that does not resolve, not judged yet.

    `remark` is a sentence on what the deploy makes of it. `may_block` is false where the deploy is not what
    breaks it, or where that is not certain enough to stop one.
    """

    kind: StructureKind
    importer: str
    line: int
    module: str
    tree: StructureTree
    cause: str | None = None
    remark: str = ""
    may_block: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """Defects in the order of their trees and paths, and what could not be told."""

    defects: tuple[Defect, ...]
    untold: tuple[UntoldImport, ...]


@dataclass(frozen=True, slots=True)
class TwoTrees:
    """The live tree and the one that the plan would leave; one and the same where it changes nothing.

    `is_assumed` says that how it is deployed was not told: all that is not desired counts as deleted.
    """

    live: Analysis
    planned: Analysis
    is_generated: IsGenerated
    is_assumed: bool = False

    def compared(self) -> Compared:
        """Return what does not resolve in either tree."""
        live = [self._settled(each) for each in self.live.open_imports]
        defects = [*self._missing_now(live), *_not_installed(live, StructureTree.DEPLOYED, frozenset())]
        untold = list(_untold(live, StructureTree.DEPLOYED))
        if self.planned is not self.live:
            known = {each.resolution.package for each in live}
            planned = [self._planned(each) for each in self.planned.open_imports]
            defects += [self._breaking(each) for each in planned if _is_missing(each)]
            defects += _not_installed(planned, StructureTree.PLANNED, known)
            said = {(each.importer, each.line, each.module) for each in untold}
            after = _untold(planned, StructureTree.PLANNED)
            untold += [each for each in after if (each.importer, each.line, each.module) not in said]
        return Compared(tuple(dict.fromkeys(defects)), tuple(dict.fromkeys(untold)))

    def _settled(self, each: OpenImport) -> OpenImport:
        """Return an import; what can be built again is not missing, it cannot be told."""
        wanted = each.resolution.path
        if each.resolution.state is State.MISSING and wanted and self.is_generated(wanted):
            return replace(each, resolution=unknown("it can be built again, by its label", wanted))
        return each

    def _planned(self, each: OpenImport) -> OpenImport:
        """Return an import; what resolves to a file that goes is missing, wherever else it could be."""
        was = self._gone(each)
        if was and each.resolution.state is not State.MISSING:
            return replace(each, resolution=Resolution(State.MISSING, was))
        return self._settled(each)

    def _gone(self, each: OpenImport) -> str | None:
        """Return the live file that the import resolves to now, if the deploy takes it away."""
        now = self.live.resolve(each.importer, each.asked)
        if now.state is not State.FOUND or now.path is None:
            return None
        return now.path if self.planned.tree.at(now.path) is There.NOTHING else None

    def _missing_now(self, live: list[OpenImport]) -> Iterator[Defect]:
        for each in live:
            if _is_missing(each):
                defect = _defect(each, StructureKind.MISSING_MODULE, StructureTree.DEPLOYED)
                yield replace(defect, remark=self._outlook(each))

    def _outlook(self, each: OpenImport) -> str:
        """Return what the deploy makes of an import that does not resolve now."""
        if self.planned is self.live:
            return ""
        if each.importer not in self.planned.tree.files:
            return "The deploy takes the importing file away."
        asked = (each.importer, each.asked.module, each.asked.names)
        after = {(o.importer, o.asked.module, o.asked.names) for o in self.planned.open_imports}
        if asked in after:
            return _STAYS_AWAY
        if self.planned.resolve(each.importer, each.asked).is_fine:
            return "The deploy brings it."
        return "The deploy brings a version of the importing file that does not import it."

    def _breaking(self, each: OpenImport) -> Defect:
        gone = self._gone(each)
        defect = _defect(each, StructureKind.WOULD_BREAK, StructureTree.PLANNED)
        defect = replace(defect, cause=gone or each.resolution.path, remark=_GOES if gone else _STAYS_AWAY)
        if gone and self.is_assumed:
            return replace(defect, remark=_ASSUMED)
        if self._is_broken_now(each):
            return replace(defect, remark="It is broken already.")
        is_entry = each.asked.form in (Form.ENTRY, Form.FILE)
        return replace(defect, may_block=bool(gone) or not is_entry)

    def _is_broken_now(self, each: OpenImport) -> bool:
        asked = (each.importer, each.asked.module, each.asked.names)
        return any(
            asked == (other.importer, other.asked.module, other.asked.names) and _is_missing(other)
            for other in self.live.open_imports
            if other.importer == each.importer
        )


def _is_missing(each: OpenImport) -> bool:
    return each.resolution.state is State.MISSING


def _defect(each: OpenImport, kind: StructureKind, tree: StructureTree) -> Defect:
    return Defect(kind, each.importer, each.asked.line, shown_module(each.asked), tree)


def _not_installed(
    found: list[OpenImport], tree: StructureTree, known: "frozenset[str] | set[str]"
) -> Iterator[Defect]:
    """Yield one defect for each package, at the first line that imports it."""
    by_package: dict[str, list[OpenImport]] = {}
    for each in found:
        if each.resolution.state is State.NOT_INSTALLED and each.resolution.package not in known:
            by_package.setdefault(each.resolution.package, []).append(each)
    for places in by_package.values():
        others = len({(each.importer, each.asked.line) for each in places}) - 1
        more = f"So it is at {others} more {'place' if others == 1 else 'places'}." if others else ""
        yield replace(_defect(places[0], StructureKind.NOT_INSTALLED, tree), remark=more)


def _untold(found: list[OpenImport], tree: StructureTree) -> Iterator[UntoldImport]:
    for each in found:
        if each.resolution.state is State.UNKNOWN:
            module = shown_module(each.asked)
            yield UntoldImport(each.importer, each.asked.line, module, tree, each.resolution.why)
