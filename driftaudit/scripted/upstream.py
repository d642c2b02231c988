"""What a pull on the target would bring: the desired commit, where a remote is known to have it."""

from collections.abc import Iterable, Mapping

from driftaudit.deploy.script.session import Upstream
from driftaudit.deploy.script.tree import UNKNOWN_TARGET, File, Link, Node
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_EXECUTABLE, Entry, Kind
from driftaudit.provenance.history import History
from driftaudit.repo import Repository

_REMOTES = "refs/remotes/"


def upstream_of(
    repository: Repository, history: History, commit: str, changes: Iterable[Change]
) -> Upstream | None:
    """Return what a pull brings, None where no branch of a remote is at the desired commit.

    The branches are as this repository saw them last. A file that is not desired is removed if a commit had
    just this content at its path: then git tracked it, and may track it there still.
    """
    refs = repository.refs_below(_REMOTES)
    named = [(name.removeprefix(_REMOTES), oid) for name, oid in refs if not name.endswith("/HEAD")]
    branches = {name for name, oid in named if oid == commit}
    if not branches:
        return None
    told = list(changes)
    desired = [change.desired for change in told if change.desired is not None]
    extra = {
        change.path: change.deployed.digest
        for change in told
        if change.desired is None and change.deployed is not None and change.deployed.digest
    }
    versions = history.versions(path.encode("utf-8", "surrogateescape") for path in extra)
    had = {path.decode("utf-8", "surrogateescape"): set(oids) for path, oids in versions.items()}
    links = [entry.digest for entry in desired if entry.kind is Kind.SYMLINK and entry.digest]
    targets = repository.link_targets(links) if links else {}
    return Upstream(
        frozenset(branches),
        {entry.path: _node(entry, targets) for entry in desired if entry.kind in (Kind.FILE, Kind.SYMLINK)},
        {path: digest for path, digest in extra.items() if digest in had.get(path, ())},
        has_one_branch=len(named) == 1,
    )


def _node(entry: Entry, targets: Mapping[str, str]) -> Node:
    if entry.kind is Kind.SYMLINK:
        return Link(entry.link_target or targets.get(entry.digest or "") or UNKNOWN_TARGET)
    return File(entry.digest or "", entry.mode == MODE_EXECUTABLE)
