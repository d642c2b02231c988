"""The sentence that says why: fit for a page, a notice and a terminal alike."""

import re
from collections.abc import Sequence
from dataclasses import replace

from driftaudit.gate import decide
from driftaudit.model.finding import Action, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.structure import StructureFinding, StructureKind, StructureTree
from tests.support.nights import a_finding


def reason(blocking: int = 0, gaps: int = 0, imports: Sequence[StructureFinding] = ()) -> str:
    lost = replace(a_finding("a", severity=Severity.BLOCK), action=Action.DELETE)
    problems = [Problem(f"src/{number}", ProblemKind.UNREADABLE, "") for number in range(gaps)]
    plan = Plan("replace", ("src",), {}, lambda _path: True)
    return decide([lost] * blocking, problems, plan, lambda _path: True, imports=imports).reason


def test_large_numbers_can_be_read() -> None:
    assert reason(blocking=12345).endswith("exists nowhere else: 12,345 paths.")
    assert reason(gaps=1235).endswith("unreadable src/0 and 1,234 more.")


def test_it_has_no_markup_in_it() -> None:
    breaks = StructureFinding(
        StructureKind.WOULD_BREAK, "src/app.js", 3, "./db.js", StructureTree.PLANNED, None,
        Severity.BLOCK, "core/would-break", "because",
    )  # fmt: skip
    said = reason(blocking=1, gaps=1, imports=[breaks] * 1002)
    assert "It would break: ./db.js, imported by src/app.js:3 and 1,001 more imports." in said
    assert not re.search(r"[`*<>]", said)
