"""All that is known of one path."""

from dataclasses import dataclass

from driftaudit.errors import ExitCode
from driftaudit.model.audit import Audit, MovedFolder
from driftaudit.model.difference import ContentDiff
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Finding, Similar
from driftaudit.model.problem import Problem
from driftaudit.model.structure import ImportLine, StructureFinding
from driftaudit.model.waiver import WaiverUse


@dataclass(frozen=True, slots=True)
class Explanation:
    """A path, what lies there on both sides, and what was found out about it.

    `finding` is None where both sides are alike, or folders in which `below` paths differ. `rule_at` is where
    the rule that judged it stands, file and line. `versions` are the committed versions that an edited
    content is most like, `diff` is of its content (nothing where it has none). `repository_paths` are where
    the repository has, or would have, the path.
    """

    audit: Audit
    path: str
    live: Entry | None
    desired: Entry | None
    finding: Finding | None
    rule_at: str
    repository_paths: tuple[str, ...]
    versions: tuple[Similar, ...]
    moved_folder: MovedFolder | None
    waivers: tuple[WaiverUse, ...]
    problems: tuple[Problem, ...]
    diff: ContentDiff
    below: int = 0
    imported_by: tuple[ImportLine, ...] = ()
    unresolved: tuple[StructureFinding, ...] = ()  # what it imports, and what others would miss it for

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees: whether all that was asked for could be seen."""
        is_whole = not self.problems and self.diff.exit_code is not ExitCode.INCOMPLETE
        return ExitCode.PASS if is_whole else ExitCode.INCOMPLETE
