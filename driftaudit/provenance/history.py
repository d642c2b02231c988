"""What the repository knows of the contents that differ."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from driftaudit.cache import Cache
from driftaudit.model.entry import LINK
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.repo import Commits, Repository

Places = dict[str, set[str]]
"""Content (see Entry.contents) -> repository paths at which it was committed."""


@dataclass(frozen=True, slots=True)
class ContentHistory:
    """Where each content that was asked for was committed, and what else holds it.

    `ancestors` are places in the history of the base commit, `elsewhere` those in other commits that a ref
    holds. `loose` ids are in the object store without a ref to hold them; `rescued` ones are held by refs
    of this product. `complete` is false where the clone lacks a part of the history.
    """

    ancestors: Places = field(default_factory=dict)
    elsewhere: Places = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    rescued: frozenset[str] = frozenset()
    known_refs: frozenset[str] = frozenset()
    complete: bool = True

    def is_committed(self, content: str) -> bool:
        """Whether any ref holds the content at any path."""
        return content in self.ancestors or content in self.elsewhere


def content_history(
    repository: Repository, base: str, contents: Iterable[str], refs: Iterable[str]
) -> ContentHistory:
    """Ask the repository for these contents, and for the object ids that refs of a live checkout name.

    `base` is the commit whose ancestors count as older. History is walked only where an id is present.
    """
    wanted = {form for content in contents for form in (content, _oid(content))}
    complete = not (repository.is_shallow or repository.is_partial)
    known_refs = frozenset(repository.reachable_commits(refs))
    stored = repository.present({_oid(content) for content in wanted}) if wanted else set()
    present = {content for content in wanted if _oid(content) in stored}
    if not present:
        return ContentHistory(known_refs=known_refs, complete=complete)
    everything = repository.everything()
    ancestors = _places(repository, Commits((base,)), present)
    elsewhere = _places(repository, Commits(everything, (base,)), present)
    missing = present - ancestors.keys() - elsewhere.keys()
    for oid in missing & repository.tagged_blobs() if missing else ():
        elsewhere[oid] = set()
    return ContentHistory(
        ancestors,
        elsewhere,
        loose=_among(present, {oid for oid in stored if not _is_held(oid, ancestors, elsewhere)}),
        rescued=_among(present, repository.own_copies()),
        known_refs=known_refs,
        complete=complete,
    )


def paths_in_history(repository: Repository, base: str, mapping: PathMapping, cache: Cache) -> bytes:
    """Return every path under the root that any commit ever had a file at, the base commit's included.

    The paths are joined by NUL: that is how git gives them, and how they are searched quickest.
    """
    paths = cache.remembered("paths", repository.state(base), lambda: repository.paths_ever(base))
    repository.attributes(base).look_among(paths)
    if mapping == IDENTITY:
        return paths
    decoded = {path.decode("utf-8", "surrogateescape") for path in paths.split(b"\0")}
    mapped = {place for path in decoded for place in mapping.all_in_root(path)}
    return "\0".join(path for path in mapped if path).encode("utf-8", "surrogateescape")


def _oid(content: str) -> str:
    return content.removeprefix(LINK)


def _is_held(oid: str, *places: Places) -> bool:
    return any(form in found for form in (oid, LINK + oid) for found in places)


def _among(contents: Iterable[str], oids: Collection[str]) -> frozenset[str]:
    return frozenset(content for content in contents if _oid(content) in oids)


def _places(repository: Repository, commits: Commits, wanted: set[str]) -> Places:
    places: Places = {}
    for content, path in repository.history(commits):
        if content in wanted:
            places.setdefault(content, set()).add(path.decode("utf-8", "surrogateescape"))
    return places
