"""What reports say in words: titles, numbers, and what each problem and each waiver asks for."""

from driftaudit.model.finding import Severity
from driftaudit.model.problem import ProblemKind
from driftaudit.model.waiver import WaiverState

SECTION_TITLES = {Severity.BLOCK: "Blocking", Severity.WARN: "Warnings", Severity.INFO: "For information"}

PROBLEM_ADVICE = {
    ProblemKind.UNREADABLE: "Give the scanning user read access, then check again.",
    ProblemKind.UNSTABLE: "It changed while it was read. Check again once nothing writes to it;"
    " label it `runtime` if the application always does.",
    ProblemKind.VANISHED: "It went away during the scan. Check again.",
    ProblemKind.CUT_OFF: "The connection ended before it came. Check again.",
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
WHOLE_TREE = "(the whole tree)"
WHOLE_DEPLOY = "(the deploy as a whole)"
PERMITTED_ADVICE = "The deploy may destroy this: each of these waivers says `permits: destroy`."


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
