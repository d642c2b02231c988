"""Earlier builds of ours that were accepted: what they held counts as older."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from driftaudit.model.build import AcceptedBuild
from driftaudit.model.mapping import is_within
from driftaudit.repo import Repository


@dataclass(frozen=True, slots=True)
class Built:
    """The paths under the root at which builds had a content, and what there is to say of them."""

    paths: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def built_before(repository: Repository | None, builds: Sequence[AcceptedBuild]) -> Built:
    """Return what accepted builds held. One whose commit is not here counts for nothing, which is said."""
    if repository is None or not builds:
        return Built()
    present = repository.present({build.commit for build in builds})
    found: dict[str, set[str]] = {}
    for build in builds:
        for entry in repository.tree(build.commit) if build.commit in present else ():
            if is_within(entry.path, build.path):
                for content in entry.contents:
                    found.setdefault(content, set()).add(entry.path)
    notes = (
        f"{build.where} the build of {build.path or 'the root'} counts for nothing here: its commit is in"
        " another clone (git fetch ORIGIN 'refs/driftaudit/*:refs/driftaudit/*')."
        for build in builds
        if build.commit not in present
    )
    return Built({content: frozenset(paths) for content, paths in found.items()}, tuple(notes))
