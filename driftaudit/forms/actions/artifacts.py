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
    return None


def download(call: ActionCall) -> Passage | None:
    """Say that files come whose contents are not known."""
    to = call.text("PATH", ".")
    detail = f"it brings files to {named(to)} that are not known: taken for what is there already"
    call.draft.problem(call.place, detail, may_touch=False)
    return passage("actions/download-artifact", call.place)
