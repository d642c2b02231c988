"""What has changed since the run before, if anything: only that is told to anybody."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from driftaudit.errors import DriftauditError
from driftaudit.model.audit import Verdict
from driftaudit.model.history import StoredRun
from driftaudit.model.own_refs import slug_of
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.nightly.composer import Failed, Observed
from driftaudit.notify.base import Notice
from driftaudit.render.followed import of_standing, sentence, sign_document
from driftaudit.render.json_values import path_keys, readable, timestamp
from driftaudit.render.printable import printable, shortened
from driftaudit.render.site import page_name
from driftaudit.render.wording import WHOLE_DEPLOY, WHOLE_TREE, count_of

SCHEMA = "driftaudit/notice/v1"
_MOST = 5  # paths that are named of each
_LONGEST = 300  # characters of a name or a sentence; a path on a host may have thousands
_LISTED = 1000  # of each, for programs
_NUMBER = re.compile(r"[0-9]+")
_TITLES = {Standing.NEW: "New", Standing.RESOLVED: "Over"}


def notice_of(night: Observed, link: str) -> Notice | None:
    """Return what is to be told of a night, None where it was like the one before."""
    lines = list(_changes(night))
    if not lines:
        return None
    audit, tracking = night.audit, night.audit.tracking
    title = f"{_short(printable(audit.target))}: {audit.decision.verdict.value}"
    page = f"{slug_of(audit.target)}/{page_name(tracking.run)}.html" if tracking else ""
    document = {
        "schema": SCHEMA,
        "target": readable(audit.target),
        "verdict": audit.decision.verdict.value,
        "reason": readable(audit.decision.reason),
        "started_at": timestamp(audit.started_at),
        "run": tracking.run if tracking else None,
        "changes": lines,
        "new": _documents(tracking, Standing.NEW),
        "resolved": _documents(tracking, Standing.RESOLVED),
        "signs": _signs(tracking),
    }
    text = "\n".join([_short(printable(audit.decision.reason)), *lines])
    return Notice(title, text, _joined(link, page), document)


def notice_of_failure(failed: Failed, target: str, link: str) -> Notice | None:
    """Return what is to be told of a target that could not be audited, None where that is known already."""
    before, run = failed.before, failed.run
    if before and before.is_failed and _is_same(before, failed.error):
        return None
    reason = printable(failed.error.message)
    document = {
        "schema": SCHEMA,
        "target": readable(target),
        "verdict": "failed",
        "reason": reason,
        "started_at": timestamp(run.figures.started_at) if run else None,
        "run": run.figures.number if run else None,
        "changes": ["It cannot be audited any more." if before else "It cannot be audited."],
        "new": [],
        "resolved": [],
        "signs": [],
    }
    return Notice(
        f"{_short(printable(target))}: cannot be audited",
        _short(reason),
        _joined(link, "index.html"),
        document,
    )


def _is_same(before: StoredRun, error: DriftauditError) -> bool:
    """Whether a run failed as the one before, numbers aside: one that was down may have another key now."""
    texts = [_NUMBER.sub("0", text) for text in (before.reason, error.message)]
    return before.exit_code == int(error.exit_code) and texts[0] == texts[1]


def _changes(night: Observed) -> Iterator[str]:
    tracking, verdict = night.audit.tracking, night.audit.decision.verdict.value
    if night.unstored or tracking is None:
        why = night.unstored.message if night.unstored else "it is not stored"
        yield f"It is not known what has changed: {_short(printable(why))}"
        return
    if night.before and night.before.is_failed:
        yield "It can be audited again."
    if tracking.since is None and verdict != Verdict.PASS:
        yield "It is the first run that is stored."
    if tracking.since and tracking.since.verdict != verdict:
        yield f"The verdict was {tracking.since.verdict}."
    for standing in (Standing.NEW, Standing.RESOLVED):
        found = _paths(tracking, standing)
        if found:
            yield f"{count_of(len(found), 'finding')} {standing.value}: {_named(found)}"
    for standing, title in _TITLES.items():
        signs = [_short(sentence(each.finding)) for each in tracking.signs if each.standing is standing]
        yield from (f"{title}: {each}" for each in _most(signs))
    gaps = [f"{_short(printable(each.path)) or WHOLE_TREE} ({each.kind.value})" for each in night.gaps]
    yield from (f"Not seen: {each}" for each in _most(gaps))


def _paths(tracking: Tracking, standing: Standing) -> list[Tracked]:
    return [each for each in of_standing(tracking, standing) if isinstance(each, Tracked)]


def _most(sentences: Sequence[str]) -> Sequence[str]:
    rest = len(sentences) - _MOST
    return sentences if rest <= 0 else (*sentences[:_MOST], f"{rest:,} more")


def _named(found: list[Tracked]) -> str:
    names = [_short(printable(each.path)) or WHOLE_DEPLOY for each in found[:_MOST]]
    more = f" and {len(found) - _MOST:,} more" if len(found) > _MOST else ""
    return ", ".join(names) + more


def _short(text: str) -> str:
    """Return a text that a service takes, whatever names on a host are like."""
    return shortened(text, _LONGEST)


def _documents(tracking: Tracking | None, standing: Standing) -> list[dict[str, Any]]:
    found = _paths(tracking, standing) if tracking else []
    return [
        {**path_keys(each.path), "severity": each.severity.value, "rule": each.rule}
        for each in found[:_LISTED]
    ]


def _signs(tracking: Tracking | None) -> list[dict[str, Any]]:
    signs = tracking.signs if tracking else ()
    return [sign_document(each) for each in signs if each.standing in _TITLES][:_LISTED]


def _joined(link: str, page: str) -> str:
    return f"{link.rstrip('/')}/{page}" if link and page else link
