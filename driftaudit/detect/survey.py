"""Looks at the repository and at the target once, and says what a first configuration needs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from driftaudit.config.settings import FILE_NAMES
from driftaudit.detect.layout import Layout, can_be_written, find_layout
from driftaudit.detect.packs import find_packs
from driftaudit.detect.releases import Releases, find_releases
from driftaudit.errors import UsageError
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import PathMapping
from driftaudit.policy.packs import available_packs
from driftaudit.policy.policy import load_policy
from driftaudit.repo import Repository
from driftaudit.sources.base import Progress, ScanRequest, Source, no_progress
from driftaudit.sources.git import GitSource
from driftaudit.sources.projection import project
from driftaudit.trees import EXPENDABLE

_AS_IT_IS = PathMapping().pairs
_PM2_HOME = ".pm2"
_MOST_PACKAGES = 5  # package.json files that are read


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out about one target.

    `packs` holds for each pack the path that speaks for it; `hidden` counts what could not be seen.
    `url` leads to the live release where there are releases. `left_out` are shared paths that a
    configuration cannot hold.
    """

    name: str
    url: str
    files: int
    layout: Layout
    packs: dict[str, str]
    releases: Releases | None = None
    left_out: tuple[str, ...] = ()
    hidden: int = 0


def survey(
    repository: Repository, name: str, url: str, target: Source, progress: Progress = no_progress
) -> Survey:
    """Return what there is to say of a target at `url`, by the names of its files; none is read.

    Raises RepositoryError where nothing is committed, SourceError where the target cannot be listed.
    """
    ours = GitSource(repository, "HEAD").snapshot(ScanRequest()).entries
    expendable = load_policy(None, {}, ()).labels.patterns(EXPENDABLE)
    snapshot = target.snapshot(ScanRequest(prune=expendable, read_contents=False), progress)
    releases = find_releases(snapshot.entries, snapshot.source.real_root or "")
    entries = _below(snapshot.entries, releases.below if releases else "")
    live = _files(entries)
    layout = _without_conflicts(
        find_layout([path for path in _files(ours) if path not in FILE_NAMES], live), ours
    )
    deployed = {
        path: to for path in _files(ours) if (to := PathMapping(layout.pairs or _AS_IT_IS).to_root(path))
    }
    paths = {*deployed.values(), *live, *(entry.path for entry in entries if entry.path == _PM2_HOME)}
    shared = releases.shared if releases else ()
    return Survey(
        name=name,
        url=f"{url.rstrip('/')}/current" if releases and releases.below else url,
        files=len(live),
        layout=layout,
        packs=find_packs(paths, _naming_pm2(repository, deployed), available_packs()),
        releases=releases and replace(releases, shared=tuple(filter(can_be_written, shared))),
        left_out=tuple(path for path in shared if not can_be_written(path)),
        hidden=len(snapshot.problems),
    )


def _below(entries: Collection[Entry], folder: str) -> list[Entry]:
    start = f"{folder}/" if folder else ""
    return [
        replace(entry, path=entry.path[len(start) :]) for entry in entries if entry.path.startswith(start)
    ]


def _files(entries: Collection[Entry]) -> list[str]:
    return [entry.path for entry in entries if entry.has_content]


def _without_conflicts(layout: Layout, ours: Collection[Entry]) -> Layout:
    """Return the layout without the last of its pairs that would bring two files to one path."""
    while layout.pairs:
        try:
            project(ours, PathMapping(layout.pairs), "the repository")
        except UsageError:
            layout = replace(layout, pairs=layout.pairs[:-1])
        else:
            break
    return layout


def _naming_pm2(repository: Repository, deployed: Mapping[str, str]) -> list[str]:
    """Return where those package.json lie that name PM2, in a script or as a dependency."""
    commit = repository.commit("HEAD")
    near = sorted((to, path) for path, to in deployed.items() if to.rpartition("/")[2] == "package.json")
    contents = {to: repository.file_at(commit, path) for to, path in near[:_MOST_PACKAGES]}
    return [to for to, content in contents.items() if content and re.search(rb"\bpm2\b", content)]
