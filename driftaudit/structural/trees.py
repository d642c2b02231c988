"""The live tree, and the tree that a plan would leave, as trees of files."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xxhash

from driftaudit.deploy.base import Trees
from driftaudit.model.audit import MovedFolder
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Finding
from driftaudit.model.listing import Listing
from driftaudit.model.structure import FolderMapping
from driftaudit.structure.folders import folder_mappings
from driftaudit.structure.tree import FileTree

_LINK = "120000"
_FILES = "100"  # 100644 and 100755


@dataclass(frozen=True, slots=True)
class Grown:
    """The files of a tree by path, and the blob ids of the targets of its links."""

    files: dict[str, str]
    links: dict[str, str]


def grown(listing: Listing) -> Grown:
    """Return all files and links of a listing; an id that is not known is ""."""
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    start = 12 + listing.width
    for row in listing.content.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        kind, oid, path = row[:6], row[12:start], row[start + 1 :]
        known = "" if oid[0] == "-" else oid
        if kind == _LINK:
            links[path] = known
        elif kind.startswith(_FILES):
            files[path] = known
    return Grown(files, links)


def after_plan(live: Grown, findings: Sequence[Finding]) -> Grown:
    """Return what the deploy leaves of the live tree, with what it brings."""
    files, links = dict(live.files), dict(live.links)
    for finding in findings:
        if finding.action is Action.KEEP:
            continue
        path = finding.path
        files.pop(path, None)
        links.pop(path, None)
        _place(finding.change.desired if finding.action in _BRINGS else None, files, links)
    return Grown(files, links)


_BRINGS = (Action.CREATE, Action.OVERWRITE)


def _place(entry: Entry | None, files: dict[str, str], links: dict[str, str]) -> None:
    if entry is None:
        return
    if entry.kind is Kind.FILE:
        files[entry.path] = entry.digest or ""
    elif entry.kind is Kind.SYMLINK:
        links[entry.path] = entry.digest or ""


def side_by_side(
    trees: Trees, findings: Iterable[Finding], moves: Sequence[MovedFolder]
) -> tuple[FolderMapping, ...]:
    """Return how the folders of both trees lie side by side; `findings` holds every path that changes."""
    live, desired = ({**tree.files, **tree.links} for tree in (grown(trees.deployed), grown(trees.desired)))
    changed = {finding.path for finding in findings}
    return folder_mappings(live, desired, moves, trees.unseen, changed)


def changes_files(findings: Iterable[Finding]) -> bool:
    """Whether the deploy changes anything that imports could rest on."""
    return any(finding.action is not Action.KEEP for finding in findings)


def file_tree(
    tree: Grown,
    trees: Trees,
    targets: Mapping[str, str],
    listed: Mapping[str, frozenset[str]],
) -> FileTree:
    """Return a tree to look for modules in; `targets` are the texts of links' targets by blob id."""
    links = {path: targets.get(oid) for path, oid in tree.links.items()}
    return FileTree(tree.files, trees.unseen, links, listed)


def context_of(tree: FileTree) -> str:
    """Return a digest of all that imports rest on beside sources: manifests, links, what is not seen."""
    rows = [f"{path} {oid}" for path, oid in tree.files.items() if path.endswith(_MANIFESTS)]
    rows += [f"{path} {target}" for path, target in tree.links.items()]
    rows += [f"{folder} {' '.join(sorted(names))}" for folder, names in tree.listed.items()]
    rows += sorted(tree.unseen)
    words = "\0".join([sys.version, str("node_modules" in tree.folders), *rows])
    return xxhash.xxh3_128_hexdigest(words.encode("utf-8", "surrogateescape"))


# Whatever may be a package.json, a configuration of TypeScript, or a list of Python's requirements.
_MANIFESTS = (
    ".json",
    ".toml",
    ".cfg",
    ".txt",
    ".in",
    "Pipfile",
    ".pnp.cjs",
    ".pnp.js",
    "setup.py",
    "manage.py",
)
