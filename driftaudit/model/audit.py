"""The finished result that every format is drawn from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.commit import CommitFacts, DeployedCommit
from driftaudit.model.difference import PathDifference
from driftaudit.model.finding import Finding
from driftaudit.model.folder import FolderInSync
from driftaudit.model.mapping import PathMapping
from driftaudit.model.plan import Plan
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.model.problem import Problem
from driftaudit.model.script import ScriptLine
from driftaudit.model.snapshot import ScanFacts, SourceFacts
from driftaudit.model.structure import FolderMapping, StructureFinding
from driftaudit.model.tracking import Tracking
from driftaudit.model.waiver import WaiverUse


class Verdict(StrEnum):
    """Whether the deploy may go ahead."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that a pipeline sees."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.PASS: ExitCode.PASS,
    Verdict.BLOCKED: ExitCode.BLOCKED,
    Verdict.INCOMPLETE: ExitCode.INCOMPLETE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and the sentence that says why."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """One side of the audit in figures. `tree_digest` is SHA-256 over path, mode and digest of all files."""

    source: SourceFacts
    scan: ScanFacts
    entries: int
    complete: bool
    tree_digest: str


@dataclass(frozen=True, slots=True)
class MovedFolder:
    """A live folder whose files the desired tree has in another folder: `moved` of `files`, some edited.

    `since` is the commit that moved them, None where history does not say.
    """

    folder: str
    to: str
    moved: int
    files: int
    edited: int
    since: CommitFacts | None


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that was found out and decided about one target, findings and problems sorted by path."""

    target: str
    decision: Decision
    started_at: datetime
    duration_seconds: float
    desired: TreeFacts
    deployed: TreeFacts
    plan: Plan
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    worst_case: bool = False
    deployed_commit: DeployedCommit | None = None  # None too where no commit is near
    moved_folders: tuple[MovedFolder, ...] = ()
    script: tuple[ScriptLine, ...] = ()  # the lines of a deploy script that change the root
    waivers: tuple[WaiverUse, ...] = ()  # all that are for this target, those without effect too
    probes: tuple[ProbeResult, ...] = ()
    health: tuple[HealthFinding, ...] = ()
    structure: tuple[StructureFinding, ...] = ()
    folders: tuple[FolderMapping, ...] = ()  # of both trees side by side, where that was asked for
    differences: tuple[PathDifference, ...] = ()  # contents, where a format shows them; by path
    tracking: Tracking | None = None  # where the run is stored
    mapping: PathMapping | None = None  # from the repository; None where the desired tree is not of one
    in_sync: tuple[FolderInSync, ...] = ()  # what is as desired, where a format shows it; by path
