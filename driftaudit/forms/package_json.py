"""A script of a package.json, as `npm run` runs it."""

from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import FormKind, FormScript, joined, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.expansion import Expander
from driftaudit.forms.files import named, shown
from driftaudit.forms.npm import script_writing
from driftaudit.forms.package import FILE_NAME, load_package
from driftaudit.forms.sequence import in_sequence

_DEFAULT = "deploy"
_NAMED = 20


def read_package_json(path: Path, job: str | None) -> FormScript:
    """Return the text of a script, with the scripts that it runs. `job` names it, by default `deploy`.

    Raises UsageError where the file cannot be read, or has no such script.
    """
    package = load_package(path)
    script = job or _DEFAULT
    if script not in package.scripts:
        there = ", ".join(named(name) for name in list(package.scripts)[:_NAMED]) or "none"
        raise UsageError(f"{shown(path)} has no script {script!r}", f"Its scripts are: {there}.")
    draft = Draft()
    writing = script_writing(package, script, (), "npm", draft)
    expander = Expander(path.parent, draft)
    parts = expander.parts(writing.parts, ".", (writing.key,))
    text = joined(passage("set -e", package.place(script)), in_sequence(parts)) if parts else None
    return draft.script(path, path.parent, text or passage("", package.place(script)))


PACKAGE_JSON = FormKind("package.json", lambda path: path.name == FILE_NAME, read_package_json)
