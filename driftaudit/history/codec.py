"""A finished audit as bytes, and back again: the same audit, so that every format draws the same of it.

It holds nothing to guess a secret by. The only thing that is not kept is what a plan would do to paths that
nobody has seen: a stored plan decides nothing any more.
"""

import json
import zlib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from driftaudit.config.rules import SECRET
from driftaudit.model.audit import Audit
from driftaudit.model.difference import ContentState, PathDifference
from driftaudit.model.entry import LINK
from driftaudit.model.finding import Action
from driftaudit.model.plan import Plan
from driftaudit.model.waiver import WaiverState, WaiverUse
from driftaudit.render.secrecy import without_secrets

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 1
_LEVEL = 6
_NOT_BY_KEYS = {"plan": {"touches", "actions"}}  # pydantic spoils keys that are not UTF-8


def fit_to_keep(audit: Audit) -> Audit:
    """Return an audit that may be stored: in every format it looks the same as the one it was made of."""
    secrets = {finding.path for finding in audit.findings if SECRET in finding.labels}
    return replace(
        audit,
        findings=tuple(map(without_secrets, audit.findings)),
        differences=tuple(_withheld(each, secrets) for each in audit.differences),
        waivers=tuple(map(_without_content, audit.waivers)),
        plan=replace(audit.plan, touches=_not_kept),
    )


def packed(audit: Audit) -> bytes:
    """Return an audit that is fit to be kept, compressed."""
    document = _adapter().dump_python(audit, mode="json", exclude=_NOT_BY_KEYS)
    document["plan"]["actions"] = [[path, action.value] for path, action in audit.plan.actions.items()]
    text = json.dumps(document, separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), _LEVEL)


def unpacked(content: bytes) -> Audit:
    """Return the audit. Raises ValueError where the bytes are not those of one."""
    try:
        document = json.loads(zlib.decompress(content))
        actions = document["plan"].pop("actions")
        document["plan"] |= {"actions": {}, "touches": _not_kept}
        audit: Audit = _adapter().validate_python(document)
        plan = Plan(
            audit.plan.method,
            audit.plan.paths,
            {path: Action(action) for path, action in actions},
            _not_kept,
        )
    except (zlib.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no audit") from error
    return replace(audit, plan=plan)


def _withheld(difference: PathDifference, secrets: Collection[str]) -> PathDifference:
    """Return a difference without what the content of a secret could be guessed by."""
    if difference.path not in secrets and difference.content.state is not ContentState.SECRET:
        return difference
    live, desired = difference.live, difference.desired
    return replace(
        difference, live=live and live.without_content(), desired=desired and desired.without_content()
    )


def _without_content(use: WaiverUse) -> WaiverUse:
    if use.state is not WaiverState.SECRET:
        return use
    kind = LINK if use.waiver.content.startswith(LINK) else ""
    return replace(use, waiver=replace(use.waiver, content=kind))


def _not_kept(_path: str) -> NoReturn:
    raise ValueError("a stored plan decides nothing")


@cache
def _adapter() -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(Audit)
