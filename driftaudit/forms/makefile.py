"""A target of a makefile, each of its recipe lines in a shell of its own."""

from pathlib import Path

from driftaudit.forms.base import FormKind, FormScript, joined, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.expansion import Expander
from driftaudit.forms.files import shown
from driftaudit.forms.recipes import FILE_NAMES, recipe_parts
from driftaudit.forms.sequence import in_sequence

_DEFAULT = "deploy"


def read_makefile(path: Path, job: str | None) -> FormScript:
    """Return the text of a target, with those that it needs. `job` names it, by default `deploy`.

    Raises UsageError where the file cannot be read, has no such target, or would run something when make
    reads it.
    """
    draft = Draft()
    target = job or _DEFAULT
    expander = Expander(path.parent, draft)
    parts = recipe_parts(path, (target,), draft)
    parts = expander.parts(parts, ".", (f"{path}:{target}",))
    start = parts[0].body.start if parts else f"{shown(path)}:1"
    lines = [passage("set -e", start), in_sequence(parts)] if parts else [passage("", start)]
    return draft.script(path, path.parent, joined(*lines))


def _is_makefile(path: Path) -> bool:
    return path.name in FILE_NAMES or path.suffix in (".mk", ".make")


MAKEFILE = FormKind("Makefile", _is_makefile, read_makefile)
