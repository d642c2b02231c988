"""All forms. A new one is one file and one line here."""

from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import FormKind, FormScript
from driftaudit.forms.files import shown
from driftaudit.forms.makefile import MAKEFILE
from driftaudit.forms.package_json import PACKAGE_JSON
from driftaudit.forms.workflow import WORKFLOW

FORMS: tuple[FormKind, ...] = (PACKAGE_JSON, MAKEFILE, WORKFLOW)


def read_form(path: Path, job: str | None = None) -> FormScript:
    """Return the shell text that a part of a file stands for; nothing of it is run.

    Raises UsageError, naming file and line, where the file or the job in it cannot be read.
    """
    for kind in FORMS:
        if kind.recognises(path):
            return kind.read(path, job)
    known = ", ".join(kind.title for kind in FORMS)
    raise UsageError(f"{shown(path)} is none of the forms that a deploy is read from", f"Those are: {known}.")
