"""Reads what a script would find on both machines, and lets the simulator run its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from driftaudit.cache import Cache
from driftaudit.deploy.base import Trees
from driftaudit.deploy.script.contents import Member, Members, Reader
from driftaudit.deploy.script.hosts import host_tree
from driftaudit.deploy.script.rsync_planner import real_rsync
from driftaudit.deploy.script.session import Setting, Upstream
from driftaudit.deploy.script.simulation import simulate
from driftaudit.deploy.script.tree import Editor, Folder, Link, Parts, node_at, walk
from driftaudit.deploy.script.world import Host
from driftaudit.errors import DriftauditError, UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import Entry
from driftaudit.model.listing import listing_of
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.script import DeployScript
from driftaudit.provenance.history import History
from driftaudit.repo import Repository, blob_id
from driftaudit.scripted.outcome import judged
from driftaudit.scripted.planned import ScriptPlan
from driftaudit.scripted.upstream import upstream_of
from driftaudit.sources.archive import ArchiveSource, archive_format
from driftaudit.sources.base import ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.source import SSHSource

_LARGEST_TEXT = 1 << 20  # bytes of a file that a script reads: another script, a list
_NO_HOME = "?home"  # stands for the login's home where nobody knows it


@dataclass(frozen=True, slots=True)
class ScriptRequest:
    """A script, the target that it deploys to, and what is known of that already."""

    script: DeployScript
    deployed: Source
    repository: Repository | None
    cache: Cache
    trees: Trees
    changes: Sequence[Change]
    history: History | None = None
    commit: str | None = None  # that is desired, where the root has its paths


@dataclass(frozen=True, slots=True)
class _Target:
    """The host of the target, the root there, and links that lead to it."""

    host: Host
    root: Parts
    named: Parts | None = None
    names: frozenset[str] = frozenset()


def plan_script(request: ScriptRequest) -> ScriptPlan:
    """Return what a script does to the root. Nothing of it is run.

    Raises UsageError where it is no shell script, or the target is none that a script can reach.
    """
    here = _here()
    target = _target(request, here)
    local = _Local(request)
    trees = _trees(request, local, here, target)
    object_format = request.repository.object_format if request.repository else "sha1"
    setting = Setting(
        here=here,
        there=target.host,
        trees=trees,
        root=target.root,
        cwd=Path(request.script.folder).resolve().parts[1:],
        names=target.names,
        environment=request.script.environment,
        path=request.script.name,
        rsync=real_rsync,
        reader=Reader(
            text=local.text,
            archive=local.archive,
            digest=lambda data: blob_id(data, object_format),
            revision=local.revision,
        ),
        work_tree=local.parts if request.repository else None,
        is_desired=request.trees.desired.has,
        upstream=cache(lambda: _upstream(request)),
    )
    outcome = simulate(request.script.text, setting)
    plan = judged(request.script, outcome, setting, request.trees, request.changes)
    effect = outcome.effects.get(target.host.name)
    if target.host.home == (_NO_HOME,) and effect and _in_unknown_home(effect.deleted | effect.unseen):
        detail = f"{request.script.name} changes the login's home on the host, and nobody knows where that is"
        problem = Problem("", ProblemKind.SCRIPT, f"{detail}: name paths from the root on (/)")
        return replace(plan, problems=(*plan.problems, problem))
    return plan


def _in_unknown_home(paths: set[str]) -> bool:
    return any(path.split("/")[0] == _NO_HOME for path in paths)


def _upstream(request: ScriptRequest) -> Upstream | None:
    if request.repository is None or request.history is None or request.commit is None:
        return None
    return upstream_of(request.repository, request.history, request.commit, request.changes)


def _here() -> Host:
    home = Path.home()
    return Host("here", home.parts[1:], {"HOME": str(home)})


def _target(request: ScriptRequest, here: Host) -> _Target:
    source, facts = request.deployed, request.trees.seen.source
    if isinstance(source, DirectorySource):
        return _Target(here, Path(facts.real_root or source.path).resolve().parts[1:])
    if not isinstance(source, SSHSource):
        raise UsageError(
            "a deploy script needs a target that is a host or a folder",
            "Name the live tree, not a copy of it.",
        )
    named = source.address.root
    real = facts.real_root or (named if named.startswith("/") else None)
    if real is None:
        raise UsageError(
            "it is not known where the root lies on the host", "Name it from the top on in `url:`: /srv/app"
        )
    home = _home(named, real)
    variables = {} if home is None else {"HOME": f"/{'/'.join(home)}"}
    host = Host("there", home or (_NO_HOME,), variables, source.address.user)
    link = PurePosixPath(named).parts[1:] if named.startswith("/") and named.rstrip("/") != real else None
    return _Target(host, PurePosixPath(real).parts[1:], link, frozenset((source.address.host,)))


def _home(named: str, real: str) -> Parts | None:
    """Return the login's home, as far as the place of the root tells it."""
    parts = PurePosixPath(real).parts[1:]
    if not named.startswith("/"):
        below = [part for part in named.removeprefix("~").split("/") if part not in ("", ".")]
        if below and list(parts[-len(below) :]) == below:
            return parts[: -len(below)]
        return None
    if parts[:1] == ("root",):
        return parts[:1]
    return parts[:2] if parts[:1] == ("home",) and len(parts) > 1 else None


def _trees(request: ScriptRequest, local: "_Local", here: Host, target: _Target) -> dict[str, Folder]:
    live = host_tree(target.root, request.trees.deployed, request.trees.unseen, _link_targets(request).get)
    if target.host is here:
        editor = Editor(local.tree)
        editor.put(target.root, node_at(live, target.root) or Folder())
        return {here.name: editor.root}
    editor = Editor(live)
    if target.named:
        editor.put(target.named, Link("/" + "/".join(target.root)))
    return {here.name: local.tree, target.host.name: editor.root}


def _link_targets(request: ScriptRequest) -> dict[str, str]:
    """Return where live links lead, by their path; of some only git knows it."""
    found = {
        entry.path: entry.link_target for entry in request.trees.seen.entries if entry.link_target is not None
    }
    links = request.trees.deployed.links()
    unknown = {path: oid for path, oid in links.items() if path not in found}
    if request.repository and unknown:
        texts = request.repository.link_targets(unknown.values())
        found |= {path: texts[oid] for path, oid in unknown.items() if oid in texts}
    return found


class _Local:
    """The files of this machine that a script finds where it is run, and what is in them."""

    def __init__(self, request: ScriptRequest) -> None:
        repository = request.repository
        folder = Path(request.script.folder).resolve()
        top = repository.top.resolve() if repository else folder
        self._top = top if folder.is_relative_to(top) else folder
        self._format = repository.object_format if repository else "sha1"
        self._width = 64 if self._format == "sha256" else 40
        self._repository = repository
        scan = ScanRequest(object_format=self._format, cache=request.cache)  # builds too: they are deployed
        self._snapshot = DirectorySource(self._top).snapshot(scan)
        self._by_digest = {entry.digest: entry for entry in self._snapshot.entries if entry.digest}
        self.parts: Parts = self._top.parts[1:]

    @property
    def tree(self) -> Folder:
        """The model of this machine, of which only the folder is known."""
        entries = self._snapshot.entries
        unseen = {problem.path for problem in self._snapshot.problems}
        unseen |= {entry.path for entry in entries if entry.pruned}
        targets = {entry.path: entry.link_target for entry in entries}
        return host_tree(self.parts, listing_of(entries, self._width), unseen, targets.get)

    def text(self, content: str) -> bytes | None:
        """Return a small content that lies here, or in git; it must still be what it was."""
        entry = self._by_digest.get(content)
        if entry is not None and (entry.size or 0) <= _LARGEST_TEXT:
            try:
                data = (self._top / entry.path).read_bytes()
            except OSError:
                return None
            return data if blob_id(data, self._format) == content else None
        if self._repository is None or not _is_digest(content):
            return None
        return self._repository.blobs([content], _LARGEST_TEXT).get(content)

    def archive(self, content: str) -> Members | None:
        """Return the members of an archive that lies here."""
        entry = self._by_digest.get(content)
        if entry is None or archive_format(entry.path) is None:
            return None
        try:
            source = ArchiveSource(self._top / entry.path)
            snapshot = source.snapshot(ScanRequest(object_format=self._format))
        except DriftauditError:
            return None
        return None if snapshot.problems else members_of(snapshot.entries, self._width)

    def revision(self, name: str) -> Members | None:
        """Return the files of a revision as git would pack them, None where that hangs on attributes."""
        if self._repository is None:
            return None
        try:
            commit = self._repository.commit(name)
        except DriftauditError:
            return None
        entries = self._repository.tree(commit)
        rules = [entry.digest for entry in entries if entry.path.rpartition("/")[2] == ".gitattributes"]
        texts = self._repository.blobs([oid for oid in rules if oid], _LARGEST_TEXT)
        if len(texts) < len(set(rules)) or any(b"export-" in text for text in texts.values()):
            return None
        return members_of(entries, self._width)


def members_of(entries: Sequence[Entry], width: int) -> Members:
    """Return the entries of an archive, whose ids have so many digits, as its members."""
    targets = {entry.path: entry.link_target for entry in entries}
    tree = host_tree((), listing_of(entries, width), (), targets.get)
    return tuple(Member(path, node) for path, node in walk(tree) if path)


def _is_digest(content: str) -> bool:
    return len(content) in (40, 64) and all(digit in "0123456789abcdef" for digit in content)
