"""The plan of a deploy, and what that of a script has besides. It is light: every check imports it."""

from dataclasses import dataclass

from driftaudit.model.change import Change
from driftaudit.model.finding import Finding
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem
from driftaudit.model.script import ScriptLine


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """The plan of a script, what else there is to judge, and what each line does to the root.

    `changes` are paths on which both trees are alike and that the script changes all the same. `elsewhere`
    are the absolute paths, on whichever machine, that it destroys or may destroy.
    """

    plan: Plan
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[ScriptLine, ...] = ()
    elsewhere: frozenset[str] = frozenset()
