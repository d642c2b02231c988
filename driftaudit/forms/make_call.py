"""`make X` inside another form: what the target runs."""

from driftaudit.forms.draft import Draft
from driftaudit.forms.files import named
from driftaudit.forms.recipes import FILE_NAMES, recipe_parts
from driftaudit.forms.runner import Order, Writing

_HARMLESS = frozenset({"-s", "--silent", "--quiet", "--no-print-directory", "-j", "-j1", "-j2", "-j4", "-j8"})


def make(order: Order, draft: Draft) -> Writing | str | None:
    """Return what `make X` and `make -C FOLDER X` run."""
    targets = []
    waiting = list(order.words[1:])
    folder = order.folder
    while waiting:
        word = waiting.pop(0)
        if word is None:
            return "what it makes depends on a variable"
        if word == "-C" and waiting and folder:
            to = waiting.pop(0)
            if not to or to.startswith(("/", "..")):
                return "the folder that it runs in is not known"
            folder = folder / to
        elif word.startswith("-") and word not in _HARMLESS:
            return f"{named(word)} is an option that is not known here"
        elif "=" in word:
            return f"it sets a variable, {named(word)}"
        elif word not in _HARMLESS:
            targets.append(word)
    if folder is None:
        return "the folder that it runs in is not known"
    path = next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
    if path is None:
        return "there is no makefile"
    return Writing(f"{path}:{' '.join(targets)}", folder, tuple(recipe_parts(path, tuple(targets), draft)))
