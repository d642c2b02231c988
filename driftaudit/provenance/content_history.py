"""What the repository knows of the contents that differ."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from driftaudit.model.entry import LINK
from driftaudit.provenance.carriers import Carried, carriers, pairs_with
from driftaudit.provenance.history import History
from driftaudit.repo import Repository

Places = Mapping[str, Mapping[str, Carried]]
"""Content (see Entry.contents) -> repository path at which it was committed -> by which commits."""


@dataclass(frozen=True, slots=True)
class ContentHistory:
    """Where each content that was asked for was committed, and what else holds it.

    `places` are those in commits that a ref holds, `tagged` the contents that a ref names without a commit.
    `absent` ids are in such a history, but not in the object store, or damaged there. `loose` ones are there
    without a ref to hold them; `rescued` ones are held by refs of this product. `complete` is false where
    the clone lacks a part of the history.
    """

    places: Places = field(default_factory=dict)
    tagged: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    rescued: frozenset[str] = frozenset()
    known_refs: frozenset[str] = frozenset()
    complete: bool = True

    def is_committed(self, content: str) -> bool:
        """Whether any ref holds the content at any path."""
        return content in self.places or content in self.tagged

    def is_held(self, content: str) -> bool:
        """Whether the object store has the content, and a ref keeps it there."""
        return self.is_committed(content) and content not in self.absent

    def at(self, content: str, paths: Collection[str]) -> tuple[str, Carried] | None:
        """Return at which of the paths a content was committed, preferably in the base's history."""
        found = [(path, carried) for path, carried in self.places.get(content, {}).items() if path in paths]
        return max(found, key=lambda each: (each[1].in_base, each[1].newest), default=None)


def content_history(
    repository: Repository, history: History, contents: Iterable[str], refs: Iterable[str]
) -> ContentHistory:
    """Ask for these contents, and for the object ids that refs of a live checkout name."""
    wanted = set(contents)
    stored = repository.present({_oid(content) for content in wanted}) if wanted else set()
    places = _places(history, wanted)
    missing = {content for content in wanted - places.keys() if content in stored}
    tagged = frozenset(missing & repository.tagged_blobs()) if missing else frozenset()
    held = {_oid(content) for content in (*places, *tagged)}
    rescued = _among(wanted, repository.own_copies()) if stored - held else frozenset()
    whole = repository.whole((held | set(map(_oid, rescued))) & stored)
    return ContentHistory(
        places,
        tagged,
        absent=frozenset(content for content in (*places, *tagged) if _oid(content) not in whole),
        loose=_among(wanted, stored - held),
        rescued=_among(rescued, whole),
        known_refs=frozenset(repository.reachable_commits(refs)),
        complete=not (repository.is_shallow or repository.is_partial),
    )


def _oid(content: str) -> str:
    return content.removeprefix(LINK)


def _among(contents: Iterable[str], oids: Collection[str]) -> frozenset[str]:
    return frozenset(content for content in contents if _oid(content) in oids)


def _places(history: History, wanted: Collection[str]) -> Places:
    """Return where contents were committed. The text of a link may be the content of a file somewhere."""
    index = history.index
    forms = {form for content in wanted for form in (content, _oid(content), LINK + _oid(content))}
    places: dict[str, dict[str, Carried]] = {}
    for (path, content), carried in carriers(history, pairs_with(history, forms)).items():
        name = index.paths[path].decode("utf-8", "surrogateescape")
        places.setdefault(index.content(content), {})[name] = carried
    return places
