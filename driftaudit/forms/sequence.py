"""Commands that run one after the other, each in a shell of its own, until one fails."""

from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.forms.base import Passage, in_subshell, joined, passage


@dataclass(frozen=True, slots=True)
class Part:
    """One command, and what of it is not known: each is a reference to a variable that is never set."""

    body: Passage
    runs_if: str = ""
    ignores_failure: bool = False
    ignores_failure_if: str = ""


def in_sequence(parts: Sequence[Part]) -> Passage:
    """Return the commands for a shell with `set -e`."""
    return joined(*(_in_turn(part) for part in parts))


def _in_turn(part: Part) -> Passage:
    place = part.body.start
    lines = [in_subshell(part.body)]
    if part.ignores_failure_if:
        lines.insert(0, passage(f'if [ "{part.ignores_failure_if}" ]; then set +e; fi', place))
    elif part.ignores_failure:
        lines.insert(0, passage("set +e", place))
    if len(lines) > 1:
        lines.append(passage("set -e", place))
    if part.runs_if:
        lines = [passage(f'if [ "{part.runs_if}" ]; then', place), *lines, passage("fi", place)]
    return joined(*lines)


def in_one_command(parts: Sequence[Part], opening: Passage) -> Passage:
    """Return the commands as one that stands for the call of a program, whatever `set -e` is there."""
    body = [opening]
    for number, part in enumerate(parts):
        wrapped = _wrapped(part)
        is_last = number == len(parts) - 1
        body.append(wrapped if is_last else Passage(f"{wrapped.text} &&", wrapped.places))
    return joined(passage(" (", opening.start), *body, passage(")", body[-1].places[-1]))


def _wrapped(part: Part) -> Passage:
    inner = in_subshell(part.body)
    place = inner.start
    before = f'[ ! "{part.runs_if}" ] || ' if part.runs_if else ""
    after = ""
    if part.ignores_failure_if:
        after = f' || [ "{part.ignores_failure_if}" ]'
    elif part.ignores_failure:
        after = " || true"
    if not before and not after:
        return inner
    return joined(passage(f"{{ {before}".rstrip(), place), Passage(f"{inner.text}{after}; }}", inner.places))
