"""Actions that bring files to the machine that the job runs on."""

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.base import Passage, passage
from driftaudit.forms.files import named


def checkout(call: ActionCall) -> Passage | None:
    """Take the desired tree for what is checked out; another place or repository is a problem."""
    for name in ("REPOSITORY", "PATH"):
        text = call.text(name)
        if text and text not in (".", "./"):
            call.draft.problem(
                call.place, f"it checks out {name.lower()} {named(text)}: what it brings is not known"
            )
    if ref := call.text("REF"):
        detail = f"it checks out {named(ref)}: the desired tree is taken for that"
        call.draft.problem(call.place, detail, may_touch=False)
    return None


def cache(call: ActionCall) -> Passage | None:
    """Say that files of an earlier run may come; what lies outside of the workspace is not deployed."""
    paths = [path for line in call.text("PATH").split("\n") if (path := line.strip())]
    inside = [path for path in paths if not path.startswith(("~", "/", "!"))]
    if not inside:
        return None
    shown = ", ".join(map(named, inside))
    detail = f"it may bring back {shown} of an earlier run: taken for what is there already"
    call.draft.problem(call.place, detail, may_touch=False)
    return passage("actions/download-artifact", call.place)


def install(call: ActionCall) -> Passage | None:
    """Return the installation, with the package's own scripts."""
    if call.inputs:
        call.draft.problem(call.place, "how it installs is not known", may_touch=False)
    return passage("npm ci", call.place)


def download(call: ActionCall) -> Passage | None:
    """Say that files come whose contents are not known."""
    to = call.text("PATH", ".")
    detail = f"it brings files to {named(to)} that are not known: taken for what is there already"
    call.draft.problem(call.place, detail, may_touch=False)
    return passage("actions/download-artifact", call.place)
