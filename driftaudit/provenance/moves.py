"""Folders that moved as a whole: one line for people, where each file is a finding of its own. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from driftaudit.model.audit import MovedFolder
from driftaudit.model.finding import Finding, Origin, Provenance

_FEWEST = 2  # files that make a folder's move, unless it has no more than one


@dataclass(frozen=True, slots=True)
class Moves:
    """The moved folders, and the findings, each with the folder whose move it is a part of."""

    folders: tuple[MovedFolder, ...]
    findings: tuple[Finding, ...]


def joined_moves(findings: Sequence[Finding], live_files: Iterable[str]) -> Moves:
    """Join findings of files that moved from one folder to another, old place and new.

    A folder has moved where at least half of the live files below it, and two of them, are now below the same
    other folder of the desired tree. `live_files` are the paths of all live files.
    """
    pairs = {finding.path: pair for finding in findings if (pair := _folders(finding))}
    counted = Counter(pairs.values())
    sizes = _sizes({old for old, _new in counted}, live_files)
    whole = {pair for pair, moved in counted.items() if moved >= _FEWEST and 2 * moved >= sizes[pair[0]]}
    if not whole:
        return Moves((), tuple(findings))
    groups = {path: pair for path, pair in pairs.items() if pair in whole}
    by_path = {finding.path: finding for finding in findings}
    for path, (old, _new) in list(groups.items()):
        target = by_path[path].provenance.moved_to
        if target in by_path and by_path[target].provenance.origin is Origin.MISSING:
            groups[target] = (old, _new)
    members: dict[tuple[str, str], list[Finding]] = {}
    for path, pair in pairs.items():
        if pair in whole:
            members.setdefault(pair, []).append(by_path[path])
    return Moves(
        tuple(_folder(pair, members[pair], sizes[pair[0]]) for pair in sorted(whole)),
        tuple(_grouped(finding, groups) for finding in findings),
    )


def _folders(finding: Finding) -> tuple[str, str] | None:
    """Return from which folder to which a file went: its path less what both paths end with."""
    target = finding.provenance.moved_to
    if target is None or finding.change.desired is not None:
        return None
    old, new = finding.path.split("/"), target.split("/")
    while len(old) > 1 and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    same_name = finding.path.rpartition("/")[2] == target.rpartition("/")[2]
    return ("/".join(old), "/".join(new)) if same_name and "/" in finding.path else None


def _sizes(folders: Collection[str], live_files: Iterable[str]) -> Mapping[str, int]:
    """Return how many live files lie below each of the folders."""
    sizes = dict.fromkeys(folders, 0)
    for path in live_files if folders else ():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder in sizes:
                sizes[folder] += 1
    return sizes


def _folder(pair: tuple[str, str], members: Sequence[Finding], files: int) -> MovedFolder:
    commits = Counter(
        finding.provenance.removed_in for finding in members if finding.provenance.removed_in is not None
    )
    since = max(commits, key=lambda commit: (commits[commit], commit.committed_at), default=None)
    edited = sum(not finding.provenance.sightings for finding in members)
    return MovedFolder(*pair, moved=len(members), files=files, edited=edited, since=since)


def _grouped(finding: Finding, groups: Mapping[str, tuple[str, str]]) -> Finding:
    if finding.path not in groups:
        return finding
    provenance: Provenance = replace(finding.provenance, group=groups[finding.path][0])
    return replace(finding, provenance=provenance)
