"""What to do about an audit, in words, with commands that can be copied as they are."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Finding, Origin, Severity
from driftaudit.render.shell_words import path_word, shell_word

_UNTOUCHABLE = {"runtime", "secret"}
_ONLY_THERE = (Origin.HOTFIX, Origin.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Hint:
    """A next step: what one wants, and how to get there (text and code by turns)."""

    wish: str
    way: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command that does it, "" where it is done by hand."""
        return next((code for code in self.way[1::2] if code.startswith("driftaudit ")), "")


def hints(audit: Audit) -> tuple[Hint, ...]:
    """Return what to do next; nothing where nothing blocks, is missing, or is live alone."""
    blocking = [finding for finding in audit.findings if finding.severity is Severity.BLOCK]
    again = Hint("then", ("Run ", f"driftaudit check {shell_word(audit.target)}", " again."))
    if blocking:
        return (*_ways_out(audit, blocking), again)
    aside = [
        finding
        for finding in audit.findings
        if finding.severity is Severity.WARN and finding.provenance.origin in _ONLY_THERE
    ]
    ways = _ways_to_keep(audit, aside)
    return (*ways, again) if audit.decision.verdict is not Verdict.PASS else ways


def _ways_out(audit: Audit, blocking: Sequence[Finding]) -> tuple[Hint, ...]:
    named = [finding for finding in blocking if finding.path]  # a line of a script may be all that blocks
    spare = Hint("spare it", ("Take the path out of the deploy: ", "deploy:", " in driftaudit.yml."))
    keep = _ways_to_keep(audit, named)
    if not keep:
        return (spare,)
    let_go = Hint("let it go", ("If it can be rebuilt, label it ", "generated", " in driftaudit.yml."))
    return (*keep, spare, let_go)


def _ways_to_keep(audit: Audit, findings: Sequence[Finding]) -> tuple[Hint, ...]:
    """Return how to look at what is live alone, and how to keep it; nothing where all has a label."""
    own = [finding for finding in findings if not _UNTOUCHABLE.intersection(finding.labels)]
    if not own:
        return ()
    target, path = shell_word(audit.target), path_word(own[0].path)
    them = "it" if len(own) == 1 else "them"
    which = "" if len(own) == len(findings) else " (what has no label)"
    return (
        Hint("look at it", ("All that is known of one path: ", f"driftaudit explain {target} {path}", "")),
        Hint("keep it", (f"A copy of {them} in the repository{which}: ", f"driftaudit rescue {target}", "")),
        Hint("merge it", ("What is live as a commit: ", f"driftaudit reconcile {target}", "")),
    )


def deploy_lines(audit: Audit) -> tuple[str, ...]:
    """Return the YAML that would say how the target is deployed, where the worst had to be assumed."""
    if not audit.worst_case or not any(finding.severity is Severity.BLOCK for finding in audit.findings):
        return ()
    named = re.fullmatch(r"[A-Za-z][\w.-]*", audit.target, re.ASCII)
    quoted = json.dumps(audit.target).replace("\x7f", "\\u007f")  # JSON's strings are YAML's too
    url = () if named else (f"    url: {quoted}",)
    return (
        "targets:",
        f"  {audit.target if named else 'production'}:",
        *url,
        "    deploy:",
        "      method: replace  # or overlay, mirror, release",
        "      paths: [src]  # the folders that the deploy replaces",
    )
