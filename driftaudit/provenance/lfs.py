"""Differences between LFS pointers and what they stand for: the content is right, the pointer is not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from driftaudit.cache import Cache
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.plumbing.lfs import POINTER_LIMIT, Pointer, parse_pointer
from driftaudit.provenance.history import History
from driftaudit.repo import Repository, blob_id

EntryAt = Callable[[str], Entry | None]
"""Tells what a tree has at a path."""

_UNVERIFIED = "its LFS object is not in the local store, or damaged, so nobody can tell whether it was edited"


@dataclass(frozen=True, slots=True)
class Filled:
    """The changes once contents that LFS keeps are known.

    A problem names each path whose content could not be verified. `pointers` maps the verified content of an
    older version, as a blob id, to the blob id of the pointer that a commit has for it.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    pointers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LargeFiles:
    """What a commit leaves to Git LFS, and the repository whose store is asked for it.

    The history is asked only where there is something to look for in it.
    """

    repository: Repository
    history: Callable[[], History]
    mapping: PathMapping
    commit: str
    cache: Cache

    def fill_in(self, changes: Sequence[Change], desired_at: EntryAt, deployed_at: EntryAt) -> Filled:
        """Return the changes without those where the content of a desired pointer is live.

        A pointer that is live itself is a change. Contents are read for live files of the right size alone.
        """
        if not self.repository.attributes(self.commit).have_filters:
            return Filled(tuple(changes))
        pointers = self._desired_pointers(desired_at)
        live = {path: entry for path in pointers if (entry := deployed_at(path)) and _is_read(entry)}
        ids = self._content_ids(
            {pointers[path][1] for path, entry in live.items() if _may_be(pointers[path][1], entry)}
        )
        are_pointers = self._parsed({entry.digest or "" for entry in live.values() if _is_small(entry)})
        found = {change.path: change for change in changes}
        for path, entry in live.items():
            there, pointer = pointers[path]
            aspects = _aspects(there, pointer, entry, ids)
            if entry.digest in are_pointers and Aspect.LFS_POINTER not in aspects:
                aspects = (*aspects, Aspect.LFS_POINTER)  # that of an older version
            found.pop(path, None)
            if aspects:
                found[path] = Change(path, there, entry, aspects)
        return self._with_older(sorted(found.values(), key=lambda change: change.path))

    def _desired_pointers(self, desired_at: EntryAt) -> dict[str, tuple[Entry, Pointer]]:
        """Return the desired entries that are pointers of LFS, by path under the root."""
        sources = self.repository.attributes(self.commit).lfs_paths()
        places = {place for source in sources for place in self.mapping.all_in_root(source)}
        entries = [entry for place in sorted(places) if (entry := desired_at(place)) and _is_read(entry)]
        parsed = self._parsed({entry.digest or "" for entry in entries})
        return {
            entry.path: (entry, parsed[entry.digest])
            for entry in entries
            if entry.digest and entry.digest in parsed
        }

    def _parsed(self, oids: Collection[str]) -> dict[str, Pointer]:
        contents = self.repository.blobs(sorted(oids), POINTER_LIMIT) if oids else {}
        return {oid: pointer for oid, text in contents.items() if (pointer := parse_pointer(text))}

    def _content_ids(self, pointers: Collection[Pointer]) -> dict[str, str]:
        """Return the blob id of each content whose object is there, and was whole when it was hashed."""
        store = self.repository.lfs_store
        stamps = {pointer: stamp for pointer in pointers if (stamp := store.stamp(pointer))}
        object_format = self.repository.object_format
        if not stamps:
            return {}

        def hashed() -> bytes:
            ids = {pointer.oid: store.blob_id(pointer, object_format) for pointer in stamps}
            return "\n".join(f"{oid} {found}" for oid, found in ids.items() if found).encode("ascii")

        kept = self.cache.remembered("lfs", (object_format, *sorted(stamps.values())), hashed)
        return dict(line.split(" ", 1) for line in kept.decode("ascii").splitlines())

    def _with_older(self, changes: Sequence[Change]) -> Filled:
        """Look for live contents that older pointers stand for."""
        asked = {
            change.path: change.deployed
            for change in changes
            if change.deployed and _is_read(change.deployed) and Aspect.CONTENT in change.aspects
        }
        known = self._verified(asked.values())
        rest = {path: entry for path, entry in asked.items() if entry.digest not in known}
        unverified = self._perhaps_older(rest)
        unverified |= {change.path for change in changes if Aspect.LFS_UNVERIFIED in change.aspects}
        return Filled(
            tuple(_told(change, unverified) for change in changes),
            tuple(Problem(path, ProblemKind.LFS_OBJECT_MISSING, _UNVERIFIED) for path in sorted(unverified)),
            known,
        )

    def _verified(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Return those live contents that the store has, with the blob ids of their pointers."""
        by_size = {(entry.size, entry.digest) for entry in entries}
        found = {}
        for pointer in self.repository.lfs_store.of_sizes({size for size, _digest in by_size if size}):
            content = self.repository.lfs_store.blob_id(pointer, self.repository.object_format)
            if content and (pointer.size, content) in by_size:
                found[content] = blob_id(pointer.text, self.repository.object_format)
        return found

    def _perhaps_older(self, live: Mapping[str, Entry]) -> set[str]:
        """Return the paths whose content has the size of an older version that the store lacks."""
        live_at = {source: path for path in live for source in self.mapping.to_repository(path)}
        marked = self.repository.attributes(self.commit).of(live_at, ("filter",))
        sources = {source: live_at[source] for source, values in marked.items() if values["filter"] == "lfs"}
        if not sources:
            return set()
        versions: dict[str, set[str]] = {}
        asked = {source.encode("utf-8", "surrogateescape"): path for source, path in sources.items()}
        for name, contents in self.history().versions(asked).items():
            for content in contents:
                versions.setdefault(content, set()).add(asked[name])
        found = set()
        for oid, pointer in self._parsed([oid for oid in versions if " " not in oid]).items():
            paths = {path for path in versions[oid] if live[path].size in (None, pointer.size)}
            if paths and not self.repository.lfs_store.blob_id(pointer, self.repository.object_format):
                found |= paths
        return found


def _is_read(entry: Entry) -> bool:
    return entry.kind is Kind.FILE and entry.digest is not None


def _is_small(entry: Entry) -> bool:
    return entry.size is not None and entry.size <= POINTER_LIMIT


def _may_be(pointer: Pointer, entry: Entry) -> bool:
    return entry.size is None or entry.size == pointer.size


def _aspects(there: Entry, pointer: Pointer, entry: Entry, ids: Mapping[str, str]) -> tuple[Aspect, ...]:
    """Return in what a live file differs from the content that a desired pointer stands for."""
    mode = (Aspect.MODE,) if there.mode != entry.mode else ()
    if entry.digest == there.digest:
        return (Aspect.LFS_POINTER, *mode)
    if ids.get(pointer.oid) == entry.digest:
        return mode
    is_unverified = _may_be(pointer, entry) and pointer.oid not in ids
    return (Aspect.LFS_UNVERIFIED if is_unverified else Aspect.CONTENT, *mode)


def _told(change: Change, unverified: Collection[str]) -> Change:
    if change.path not in unverified:
        return change
    others = tuple(aspect for aspect in change.aspects if aspect is Aspect.MODE)
    return replace(change, aspects=(Aspect.LFS_UNVERIFIED, *others))
