"""`if:` of a step or job: whether it runs, as far as its text alone tells."""

import re
from dataclasses import dataclass

from driftaudit.forms.draft import Draft

FAILED = '"$DRIFTAUDIT_FAILED"'
_STATUS = re.compile(r"\b(always|failure|cancelled)\s*\(\s*\)")


@dataclass(frozen=True, slots=True)
class Condition:
    """When something runs. `tests` are commands of which all must succeed; no test: it always runs."""

    tests: tuple[str, ...] = ()
    never: bool = False
    after_failure: bool = False  # also, or only, where a step before it has failed


def condition(text: str | None, draft: Draft) -> Condition:
    """Return what the text of an `if:` says; None is one that was not written."""
    bare = (text or "true").strip()
    if match := re.fullmatch(r"\$\{\{(.*)\}\}", bare, re.DOTALL):
        bare = match[1].strip()
    bare = " ".join(bare.split())
    match bare.replace(" ", ""):
        case "true" | "success()" | "":
            return Condition()
        case "false":
            return Condition(never=True)
        case "always()" | "!cancelled()":
            return Condition(after_failure=True)
        case "failure()":
            return Condition((f"[ {FAILED} ]",), after_failure=True)
        case _:
            return Condition((f'[ "{draft.unknown(bare)}" ]',), after_failure=bool(_STATUS.search(bare)))
