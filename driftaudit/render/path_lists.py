"""Paths alone, each ended by a NUL byte, for `xargs -0` and its like: one format for each class.

A name is as it is on the disk, byte for byte: bytes that are not UTF-8 are surrogate escapes in the text, and
are written as they were. An empty list says nothing of whether all could be seen: the exit code does.
"""

from collections.abc import Callable, Iterable, Mapping

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Action, Severity
from driftaudit.render.base import Renderer, RenderOptions


def _listed(paths: Callable[[Audit], Iterable[str]]) -> Renderer:
    def render(audit: Audit, options: RenderOptions) -> str:  # noqa: ARG001 - there is nothing to leave out
        return "".join(f"{path or '.'}\0" for path in sorted(set(paths(audit))))

    return render


def _with_action(action: Action) -> Renderer:
    return _listed(lambda audit: (each.path for each in audit.findings if each.action is action))


def _blocking(audit: Audit) -> Iterable[str]:
    return (finding.path for finding in audit.findings if finding.severity is Severity.BLOCK)


PATH_LISTS: Mapping[str, Renderer] = {
    "creates0": _with_action(Action.CREATE),
    "overwrites0": _with_action(Action.OVERWRITE),
    "deletes0": _with_action(Action.DELETE),
    "abandons0": _with_action(Action.ABANDON),
    "blocking0": _listed(_blocking),
    "unseen0": _listed(lambda audit: (problem.path for problem in audit.problems)),
}
"""By the name of the format: what the deploy does, what blocks it, and what could not be seen."""
