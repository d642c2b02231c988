"""What a report says in words: what each problem asks for, and what to do about a blocked deploy."""

import json
import re
from dataclasses import dataclass

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.problem import ProblemKind
from driftaudit.model.waiver import WaiverState
from driftaudit.render.shell_words import path_word, shell_word

SECTION_TITLES = {Severity.BLOCK: "Blocking", Severity.WARN: "Warnings", Severity.INFO: "For information"}

PROBLEM_ADVICE = {
    ProblemKind.UNREADABLE: "Give the scanning user read access, then check again.",
    ProblemKind.UNSTABLE: "It changed while it was read. Check again once nothing writes to it;"
    " label it `runtime` if the application always does.",
    ProblemKind.VANISHED: "It went away during the scan. Check again.",
    ProblemKind.TOO_LARGE: "It was not read. Label it `runtime` if the application owns it,"
    " `generated` if it can be rebuilt.",
    ProblemKind.SUBMODULE: "Its content is in another repository. Audit that as a target of its own.",
    ProblemKind.SHALLOW_CLONE: "Bring the whole history: `git fetch --unshallow`,"
    " or `fetch-depth: 0` in the pipeline's checkout.",
    ProblemKind.PARTIAL_CLONE: "Use a full clone: `git clone` without `--filter`.",
    ProblemKind.LFS_OBJECT_MISSING: "Bring the objects into the local store: `git lfs fetch --all`.",
    ProblemKind.GIT_DIRECTORY: "Give the scanning user read access to its refs, then check again.",
    ProblemKind.UNSAFE_MEMBER: "No careful program unpacks it where it says. Make the archive anew.",
    ProblemKind.MEMBER_CONFLICT: "It cannot be unpacked in whole. Make the archive anew.",
    ProblemKind.MISSING_LINK_TARGET: "It cannot be unpacked. Make the archive anew, with the file in it.",
    ProblemKind.ENCRYPTED: "Unpack it where you have the password, and name the folder.",
    ProblemKind.UNSUPPORTED: "Unpack the archive with a program that knows it, and name the folder.",
    ProblemKind.SCRIPT: "Write the line so that its effect can be told, or describe the deploy by a"
    " `method:` of its own.",
    ProblemKind.STRAY_DATA: "Perhaps two archives were joined. See what the rest is, or make it anew.",
}

WAIVER_ADVICE = {
    WaiverState.ACTIVE: "Known and wanted as it is, and not counted above.",
    WaiverState.OVERRULED: "The finding stands: destruction is at stake, of which the waiver says nothing.",
    WaiverState.CHANGED: "Other content is live than was accepted, so the waiver is dead. Look at it again:"
    " `driftaudit accept`, or take the waiver out.",
    WaiverState.EXPIRED: "Its last day has passed. Look at it again: `driftaudit accept`, or take it out.",
    WaiverState.OBSOLETE: "The path is gone, or as it is desired. Take the waiver out.",
    WaiverState.UNSEEN: "The live content could not be seen, so it cannot be told whether the waiver holds.",
    WaiverState.SECRET: "It is a secret, and its digest could be guessed. Take the waiver out of the file.",
}
PERMITTED_ADVICE = "The deploy may destroy this: each of these waivers says `permits: destroy`."

_UNTOUCHABLE = {"runtime", "secret"}


@dataclass(frozen=True, slots=True)
class Hint:
    """A way out of a blocked deploy: what one wants, and how to get there (text and code by turns)."""

    wish: str
    way: tuple[str, ...]


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun, such as `1 file` or `4,000 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size_of(size: int) -> str:
    """Return a size in bytes in three digits or so, such as `812 B` or `1.4 MB`."""
    shown = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if shown < 1000:
            return f"{shown:.0f} {unit}" if unit == "B" or shown >= 100 else f"{shown:.1f} {unit}"
        shown /= 1000
    return f"{shown:,.1f} TB"


def hints(audit: Audit) -> tuple[Hint, ...]:
    """Return what to do about the paths that block; nothing where none does."""
    blocking = [finding for finding in audit.findings if finding.severity is Severity.BLOCK]
    if not blocking:
        return ()
    named = [finding for finding in blocking if finding.path]  # a line of a script may be all that blocks
    own = [finding for finding in named if not _UNTOUCHABLE.intersection(finding.labels)]
    target = shell_word(audit.target)
    found = [Hint("spare it", ("Take the path out of the deploy: ", "deploy:", " in driftaudit.yml."))]
    if own:
        path = path_word(own[0].path)
        them = "it" if len(own) == 1 else "them"
        which = "" if own == named else " (what has no label)"
        found = [
            Hint(
                "look at it", ("All that is known of one path: ", f"driftaudit explain {target} {path}", "")
            ),
            Hint(
                "keep it",
                (f"A copy of {them} in the repository{which}: ", f"driftaudit rescue {target}", ""),
            ),
            Hint("merge it", ("What is live as a commit: ", f"driftaudit reconcile {target}", "")),
            *found,
            Hint("let it go", ("If it can be rebuilt, label it ", "generated", " in driftaudit.yml.")),
        ]
    return (*found, Hint("then", ("Run ", f"driftaudit check {target}", " again.")))


def deploy_lines(audit: Audit) -> tuple[str, ...]:
    """Return the YAML that would say how the target is deployed, where the worst had to be assumed."""
    if not audit.worst_case or not hints(audit):
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
