"""A reconciliation for people and for programs: what differs, and what to do with it in git."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import driftaudit
from driftaudit.model.reconciliation import UNMAPPED, Reconciliation, Step
from driftaudit.render.base import RenderOptions
from driftaudit.render.commit_messages import left_out_lines
from driftaudit.render.json_values import path_keys, written
from driftaudit.render.printable import printable
from driftaudit.render.rescue import missed_keys, missed_lines, names
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/reconciliation/v1"

_WORDS = {Step.ADDED: "only live", Step.MODIFIED: "edited", Step.DELETED: "not live"}


def text(found: Reconciliation, options: RenderOptions) -> str:
    """Return what the commit holds, and the commands that go on from there."""
    lines = list(_headline(found))
    if not options.quiet:
        lines += [line for section in _sections(found) for line in section]
    return "\n".join([*lines, "", *commands(found)]) + "\n"


def json(found: Reconciliation, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON."""
    live = found.live
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": printable(found.target),
            "exit_code": int(found.exit_code),
            "ref": found.ref,
            "commit": found.commit,
            "tree": found.tree,
            "parent": found.parent,
            "is_new": found.is_new,
            "kept": found.kept,
            "ties": list(found.ties),
            "steps": [{"step": step.value, **path_keys(path)} for step, path in live.steps],
            "unmapped": [path_keys(path) for path in live.unmapped],
            "left_out": {
                "expected": live.expected,
                "without_content": live.without_content,
                "in_submodules": live.in_submodules,
            },
            "missed": [missed_keys(miss) for miss in found.missed],
            "commands": list(commands(found)),
        }
    )


FORMATS: Mapping[str, Callable[[Reconciliation, RenderOptions], str]] = {"text": text, "json": json}


def commands(found: Reconciliation) -> Iterator[str]:
    """Yield the commands of git that look at the difference, merge it, or begin a branch with it."""
    ref = shlex.quote(found.ref)
    seen_from = found.parent or found.base
    yield f"git diff {seen_from[:12]} {ref}" if seen_from else f"git show {ref}"
    yield f"git merge {ref}" if found.parent else f"git merge --allow-unrelated-histories {ref}"
    yield f"git switch -c {shlex.quote(f'reconcile/{found.slug}')} {ref}"


def _headline(found: Reconciliation) -> Iterator[str]:
    target = printable(found.target)
    if found.is_new:
        yield f"What is live at {target} is commit {found.commit[:12]} now, at {found.ref}"
    else:
        yield f"What is live at {target} is still commit {found.commit[:12]}, at {found.ref}"
    if found.parent is None:
        yield "No commit is near to what is live, so it has no parent: --parent REVISION names one."
    else:
        yield f"Beside commit {found.parent[:12]}: {_counted(found)}"
    if found.ties:
        more = count_of(len(found.ties), "commit is", "commits are")
        yield f"{more} as near to what is live: {found.ties[0][:12]}; --parent REVISION takes another."
    if found.kept:
        yield f"What was live before is kept, since no commit has all of it: {found.kept}"
    if found.missed:
        yield f"Not seen, and as the parent has it: {count_of(len(found.missed), 'path')}."


def _counted(found: Reconciliation) -> str:
    counts = Counter(step for step, _path in found.live.steps)
    told = [f"{count_of(counts[step], 'file')} {words}" for step, words in _WORDS.items() if counts[step]]
    return ", ".join(told) or "nothing differs"


def _sections(found: Reconciliation) -> Iterator[list[str]]:
    live = found.live
    if live.steps and found.parent:
        yield ["", *names([f"{step.value}  {printable(path)}" for step, path in live.steps])]
    if live.unmapped:
        title = f"Below {UNMAPPED}/, since no mapping leads to them"
        yield ["", title, *names([printable(path) for path in live.unmapped])]
    if left_out := left_out_lines(live):
        yield ["", *left_out]
    if found.missed:
        yield ["", "Not seen", *missed_lines(found.missed)]
