"""Which findings a person means, and which of them can be bound to content."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from driftaudit.config.paths import named_path
from driftaudit.config.rules import RUNTIME, SECRET
from driftaudit.deploy.base import Trees
from driftaudit.errors import UsageError
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.mapping import is_within
from driftaudit.policy.waivers import content_of
from driftaudit.render.printable import printable

_WITHOUT_CONTENT = (Kind.DIRECTORY, Kind.SPECIAL)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A finding that cannot be waived: why, and what can be done instead."""

    path: str
    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be waived, and what of it cannot be."""

    findings: tuple[Finding, ...]
    obstacles: tuple[Obstacle, ...]


def normal_path(text: str) -> str:
    """Return a path under the root as findings have it. Raises UsageError for what is none."""
    try:
        path = named_path(text)
    except ValueError:
        raise UsageError(
            f"{printable(text)} is no path under the root of the target",
            "Write it as `driftaudit check` prints it, such as src/app.js",
        ) from None
    if not path:
        raise UsageError("the whole root is no path to accept", "--all accepts all that warns or blocks.")
    return path


def chosen_at(path: str, findings: Sequence[Finding], trees: Trees) -> Choice:
    """Return the finding at a path, or those below a folder. Raises UsageError where none can be waived."""
    found = [finding for finding in findings if is_within(finding.path, path)]
    if not found:
        raise _nothing_at(path, findings, trees)
    below = [finding for finding in found if finding.path != path and finding.change.deployed]
    if below:  # a folder: what is expected in it needs no waiver, and it has no content of its own
        found = [finding for finding in below if finding.severity is not Severity.IGNORE]
    choice = _divided([finding for finding in found if len(found) == 1 or not _is_plain_folder(finding)])
    if choice.findings:
        return choice
    if not choice.obstacles:
        raise UsageError(f"all below {printable(path)} is expected", "Nothing there needs a waiver.")
    first = choice.obstacles[0]
    raise UsageError(f"{printable(first.path)} cannot be waived: {first.why}", first.advice)


def chosen_all(findings: Sequence[Finding]) -> Choice:
    """Return all findings that warn or block, as far as they can be bound to content."""
    loud = [finding for finding in findings if finding.severity in (Severity.WARN, Severity.BLOCK)]
    return _divided(loud)


def _divided(findings: Sequence[Finding]) -> Choice:
    found = [(finding, obstacle_of(finding)) for finding in findings]
    return Choice(
        tuple(finding for finding, obstacle in found if obstacle is None),
        tuple(obstacle for _finding, obstacle in found if obstacle),
    )


def _is_plain_folder(finding: Finding) -> bool:
    deployed = finding.change.deployed
    return deployed is not None and deployed.kind is Kind.DIRECTORY and not deployed.pruned


def obstacle_of(finding: Finding) -> Obstacle | None:
    """Return why a finding cannot be waived, None where it can."""
    found = _fault(finding)
    return Obstacle(finding.path, *found) if found else None


def _fault(finding: Finding) -> tuple[str, str] | None:
    deployed = finding.change.deployed
    if ".git" in finding.path.split("/"):
        return (
            "it belongs to a git checkout",
            "Fetch what its refs name into the repository, or move it away.",
        )
    if SECRET in finding.labels:
        return (
            "it is a secret, whose digest could be guessed from the file",
            "Take the path out of the deploy: `deploy:` in driftaudit.yml.",
        )
    if deployed is None:
        return "nothing is live there: a deploy brings it", "There is nothing to accept."
    if deployed.kind in _WITHOUT_CONTENT:
        return f"a {deployed.kind.value} has no content to bind to", "Name the files that are to be accepted."
    if content_of(finding) is None:
        return "its content was not read", _advice_unread(finding)
    if not _is_text(finding.path):
        return "its name is not UTF-8, and cannot stand in the file", "Rename it on the target."
    return None


def _advice_unread(finding: Finding) -> str:
    if RUNTIME in finding.labels:
        return "`runtime` is never read: take the path out of the deploy."
    return "See under `Not seen` of `driftaudit check` what kept it from being read."


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _nothing_at(path: str, findings: Sequence[Finding], trees: Trees) -> UsageError:
    shown = printable(path)
    if any(is_within(path, unseen) for unseen in trees.unseen):
        return UsageError(
            f"{shown} could not be seen whole, so nothing there can be accepted",
            "`driftaudit check` says why, under `Not seen`.",
        )
    if trees.live(path) or trees.deployed.has(path):
        return UsageError(f"{shown} is in sync: it is live as it is desired", "It needs no waiver.")
    near = get_close_matches(path, [finding.path for finding in findings], n=1)
    hint = f"Did you mean {printable(near[0])}? " if near else ""
    return UsageError(
        f"there is no {shown} on the target", f"{hint}Write it as `driftaudit check` prints it."
    )
