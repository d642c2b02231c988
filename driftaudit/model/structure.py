"""What a program imports and does not find, and how the folders of two trees lie side by side."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.errors import ExitCode
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


@dataclass(frozen=True, slots=True)
class UntoldImport:
    """An import of which it cannot be known whether it resolves, and why; `module` as for a finding."""

    importer: str
    line: int
    module: str
    tree: StructureTree
    why: str


@dataclass(frozen=True, slots=True)
class UnreadSource:
    """A file that could not be looked into: it may import anything."""

    path: str
    tree: StructureTree
    why: str


@dataclass(frozen=True, slots=True)
class TreeImports:
    """What was looked into in one tree: files, the imports in them, and how many of those resolve."""

    files: int = 0
    imports: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of a file that imports another one; `trees` are those in which it does."""

    importer: str
    line: int
    module: str
    trees: tuple[StructureTree, ...]


class FolderState(StrEnum):
    """How a folder of one tree stands to the other tree."""

    SAME = "same"  # the same files in it, with the same contents
    DIFFERENT = "different"
    MOVED = "moved"
    RENAMED = "renamed"  # moved, but in the same folder
    ONLY_LIVE = "only-live"
    ONLY_DESIRED = "only-desired"
    UNSEEN = "unseen"  # not looked into, or it could not be


@dataclass(frozen=True, slots=True)
class FolderMapping:
    """A folder of the live tree, and the one that it is in the desired tree; None where there is none.

    A folder that is only on one side stands for all below it. The figures count files directly in the folder,
    all below it where it moved or is on one side alone: `alike` have the same content on both sides.
    """

    live: str | None
    desired: str | None
    state: FolderState
    live_files: int = 0
    desired_files: int = 0
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything that was found out about the imports of one target, and about its folders."""

    target: str
    findings: tuple[StructureFinding, ...] = ()
    untold: tuple[UntoldImport, ...] = ()
    unread: tuple[UnreadSource, ...] = ()
    deployed: TreeImports = TreeImports()
    planned: TreeImports = TreeImports()
    parsed_files: int = 0  # by a grammar, in this run or an earlier one
    folders: tuple[FolderMapping, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees: findings before what could not be told."""
        if any(finding.severity is not Severity.IGNORE for finding in self.findings):
            return ExitCode.BLOCKED
        return ExitCode.INCOMPLETE if self.untold or self.unread else ExitCode.PASS
