"""Audits, brings the contents of what differs here, and compares them."""

import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.content_diff.contents import Content, TreeContents
from driftaudit.content_diff.paths import chosen
from driftaudit.differences.difference import LARGEST, content_difference, is_secret
from driftaudit.model.difference import ContentDiff, ContentDifference, ContentState, PathDifference
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Finding
from driftaudit.sources.base import Progress, no_progress

RUNTIME = "runtime"
_AT_ONCE = 50  # findings whose contents are in memory together


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """An audit, and the paths under the root that are wanted; all that differs where none is named."""

    audit: AuditRequest
    paths: tuple[str, ...] = ()


def run_diff(request: DiffRequest, progress: Progress = no_progress) -> ContentDiff:
    """Return in what the contents differ, from what is live to what is desired.

    What git has is taken from there, the rest comes from the trees into a folder of our own, which is gone
    afterwards. Raises as `examine`, and UsageError where neither tree has a path.
    """
    return diff_of(examine(request.audit, progress), request, progress)


def diff_of(examination: Examination, request: DiffRequest, progress: Progress = no_progress) -> ContentDiff:
    """Return the same where the audit is made already; its source must still be there to be asked."""
    found = chosen(examination, request.paths)
    pairs = [pair for finding in found.findings for pair in _pairs(finding, is_named=bool(request.paths))]
    differences = tuple(_read(pairs, examination, request.audit, progress))
    return ContentDiff(examination.audit.target, differences, found.same, found.problems, found.notes)


def differences_of(
    findings: Iterable[Finding],
    examination: Examination,
    request: AuditRequest,
    progress: Progress = no_progress,
) -> Generator[PathDifference, None, None]:
    """Yield in what the contents of these findings differ, in their order; what is runtime is not fetched.

    What is not taken any more is not compared, but it was brought here all the same.
    """
    pairs = [pair for finding in findings for pair in _pairs(finding, is_named=False)]
    return _read(pairs, examination, request, progress)


def _read(
    pairs: Sequence["_Pair"], examination: Examination, request: AuditRequest, progress: Progress
) -> Generator[PathDifference, None, None]:
    commit = examination.audit.desired.source
    with tempfile.TemporaryDirectory(prefix="driftaudit-") as folder:
        desired = TreeContents(request, request.desired, Path(folder, "desired"))
        live = TreeContents(request, request.deployed, Path(folder, "live"))
        shown = [pair for pair in pairs if pair.is_looked_into]
        desired.bring([pair.desired for pair in shown if pair.desired], progress)
        live.bring([pair.live for pair in shown if pair.live], progress)
        converted = commit.commit if commit.kind == "git" else None
        yield from _differences(pairs, live, desired, converted)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two sides of a path of which the contents are compared: a file with a file, a link with a link."""

    finding: Finding
    live: Entry | None
    desired: Entry | None
    is_named: bool

    @property
    def is_looked_into(self) -> bool:
        """Whether contents may be had: no secret, not too large; the application's own only by name."""
        path, labels = self.finding.path, self.finding.labels
        is_open = not is_secret(path, labels) and not self.is_too_large
        return is_open and (self.is_named or RUNTIME not in labels)

    @property
    def is_too_large(self) -> bool:
        """Whether a side is known to be too large to be shown."""
        return any(side and (side.size or 0) > LARGEST for side in (self.live, self.desired))


def _pairs(finding: Finding, *, is_named: bool) -> Iterator[_Pair]:
    """Yield the sides of a finding; where one is a file and the other a link, each with nothing beside it."""
    live, desired = (
        side if side and side.kind is not Kind.DIRECTORY else None
        for side in (finding.change.deployed, finding.change.desired)
    )
    if live and desired and live.kind is not desired.kind:
        yield _Pair(finding, live, None, is_named)
        yield _Pair(finding, None, desired, is_named)
    else:
        yield _Pair(finding, live, desired, is_named)


def _differences(
    pairs: Iterable[_Pair], live: TreeContents, desired: TreeContents, commit: str | None
) -> Iterator[PathDifference]:
    rest = iter(pairs)
    while batch := list(islice(rest, _AT_ONCE)):
        looked_into = [pair for pair in batch if pair.is_looked_into]
        before = live.contents([pair.live for pair in looked_into if pair.live])
        after = desired.contents([pair.desired for pair in looked_into if pair.desired])
        if commit:
            after |= desired.checked_out(after, commit)
        yield from (_difference(pair, before, after) for pair in batch)


def _difference(
    pair: _Pair, before: Mapping[Entry, Content], after: Mapping[Entry, Content]
) -> PathDifference:
    finding = pair.finding
    live = pair.live and pair.live.without_content()
    desired = pair.desired and pair.desired.without_content()
    content = _content(pair, before, after)
    return PathDifference(finding.path, live, desired, content, finding.provenance.origin, finding.action)


def _content(
    pair: _Pair, before: Mapping[Entry, Content], after: Mapping[Entry, Content]
) -> ContentDifference:
    path, labels = pair.finding.path, pair.finding.labels
    if is_secret(path, labels):
        return content_difference(path, None, None, labels)
    if pair.is_too_large:
        return ContentDifference(ContentState.TOO_LARGE)
    if not pair.is_looked_into:
        return ContentDifference(ContentState.NOT_FETCHED)
    live, desired = (
        (before[pair.live] if pair.live else None),
        (after[pair.desired] if pair.desired else None),
    )
    for side in (live, desired):
        if isinstance(side, ContentDifference):
            return side
    live, desired = (side if isinstance(side, bytes) else None for side in (live, desired))
    return content_difference(path, live, desired, labels)
