"""A target held against a receipt, for people and for programs."""

from collections.abc import Callable, Mapping

import driftaudit
from driftaudit.model.aftermath import State
from driftaudit.model.verification import Verification
from driftaudit.render.base import RenderOptions
from driftaudit.render.guard import aftermath_document, deviation_lines
from driftaudit.render.json_values import readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/verification/v1"


def text(verification: Verification, options: RenderOptions) -> str:
    """Return each path that is not as the receipt says, and the outcome last."""
    rest = [] if options.quiet else deviation_lines(verification.found)
    return "\n".join([*rest, _headline(verification)]) + "\n"


def json(verification: Verification, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON."""
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": readable(verification.target),
            "url": readable(verification.url),
            "exit_code": int(verification.exit_code),
            "receipt_issued_at": timestamp(verification.issued_at),
            "started_at": timestamp(verification.started_at),
            "expected": "planned" if verification.after else "before",
            "found": aftermath_document(verification.found),
        }
    )


FORMATS: Mapping[str, Callable[[Verification, RenderOptions], str]] = {"text": text, "json": json}


def _headline(verification: Verification) -> str:
    found = verification.found
    target = printable(verification.target)
    what = "what was planned" if verification.after else "what it was at its check"
    if found.state is State.AS_PLANNED:
        return f"{target} is {what}."
    if found.state is State.UNTOLD:
        return f"Whether {target} is {what} cannot be told: {count_of(len(found.untold), 'path')} not seen."
    if found.state is State.AS_BEFORE and verification.after:
        return f"{target} is NOT {what}: it is as it was before."
    why = found.reason or count_of(len(found.deviations), "path")
    return f"{target} is NOT {what}: {why}."
