"""Differences that are none: what check-out converts, and line ends."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.repo import Repository, blob_id

_TEXT_LIMIT = 8 * 1024**2  # bytes of a blob that line ends are looked for in


def settle(
    changes: Sequence[Change], repository: Repository, mapping: PathMapping, commit: str | None
) -> tuple[Change, ...]:
    """Return the changes without those where the deployed content is what check-out makes of the desired one.

    Attributes are those of the `commit` that is desired, or of the working tree where it is none. Where only
    line ends differ, the aspect says so. Contents are read for changed files alone.
    """
    edited = [change for change in changes if _is_edited_file(change)]
    if not edited:
        return tuple(changes)
    converted = _converted_ids(edited, repository, mapping, commit)
    plain = _unix_text_ids(edited, repository)
    return tuple(
        kept
        for change in changes
        if (kept := _settled(change, converted.get(change.path), plain)) is not None
    )


def _is_edited_file(change: Change) -> bool:
    sides = (change.desired, change.deployed)
    content = {Aspect.CONTENT, Aspect.LINE_ENDINGS} & set(change.aspects)
    return bool(content) and all(side and side.kind is Kind.FILE and side.digest for side in sides)


def _settled(change: Change, converted: str | None, plain: dict[str, str]) -> Change | None:
    desired, deployed = change.desired, change.deployed
    if desired is None or deployed is None or not _is_edited_file(change):
        return change
    others = tuple(aspect for aspect in change.aspects if aspect not in (Aspect.CONTENT, Aspect.LINE_ENDINGS))
    if converted == deployed.digest:
        return replace(change, aspects=others) if others else None
    if plain.get(desired.digest or "", desired.digest) == (deployed.text_digest or deployed.digest):
        return replace(change, aspects=(Aspect.LINE_ENDINGS, *others))
    return change


def _converted_ids(
    changes: Iterable[Change], repository: Repository, mapping: PathMapping, commit: str | None
) -> dict[str, str]:
    """Return, by path under the root, the id of what check-out, or an archive, would write there."""
    sources: dict[str, tuple[str, str]] = {}
    for change in changes:
        for path in mapping.to_repository(change.path):
            sources[path] = (change.path, _digest(change.desired))
    have = repository.present({oid for _place, oid in sources.values()})
    blobs = {path: oid for path, (_place, oid) in sorted(sources.items()) if oid in have}
    contents = repository.attributes(commit).converted(blobs)
    return {
        sources[path][0]: blob_id(content, repository.object_format) for path, content in contents.items()
    }


def _unix_text_ids(changes: Iterable[Change], repository: Repository) -> dict[str, str]:
    """Return, by blob id, the id with CRLF made LF, for desired texts that have CRLF."""
    ids = sorted({_digest(change.desired) for change in changes})
    return {
        oid: blob_id(content.replace(b"\r\n", b"\n"), repository.object_format)
        for oid, content in repository.blobs(ids, _TEXT_LIMIT).items()
        if b"\r\n" in content and b"\0" not in content
    }


def _digest(entry: Entry | None) -> str:
    return (entry.digest if entry else None) or ""
