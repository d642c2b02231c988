"""Which committed version an edited file is most like, and which desired file an unknown one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driftaudit.model.entry import LINK, Kind
from driftaudit.model.finding import Provenance, Similar
from driftaudit.model.listing import Listing
from driftaudit.model.mapping import PathMapping
from driftaudit.provenance.carriers import carriers
from driftaudit.provenance.history import History
from driftaudit.provenance.similarity import (
    LOOKED_AT,
    THRESHOLD,
    Nearest,
    line_changes,
    nearest,
    signature,
    similarity,
)
from driftaudit.repo import Repository

MOST_VERSIONS = 50  # of one path, the newest
_MOST_OTHERS = 20  # desired files beside an unknown one
_MOST_BYTES = 16 << 20  # of candidates in one audit: a second or so

Version = tuple[str, str]
"""A path of the repository, and a blob id that it has or had."""


@dataclass
class Likeness:
    """Looks for the version that a content was made of. What was looked at is counted over all calls."""

    repository: Repository
    history: History
    mapping: PathMapping
    desired: Listing
    _left: int = _MOST_BYTES

    def compared(
        self, contents: Mapping[str, bytes], traced: Mapping[str, Provenance]
    ) -> dict[str, Provenance]:
        """Return the provenance of each path whose content is like something, with what it is like.

        Versions of its own path come first, then those of where that moved, then other desired files.
        """
        own = self._versions({path: path for path in contents})
        moved = self._versions({path: to for path in contents if (to := traced[path].moved_to)})
        choices = {
            path: [own[path], moved.get(path, []) if own[path] or path in moved else self._others(path)]
            for path in contents
        }
        blobs = self._read(
            [version for each in choices.values() for versions in each for version in versions]
        )
        found: dict[str, Similar] = {}
        for path, content in contents.items():
            alike = (_nearest(content, versions, blobs) for versions in choices[path])
            best = next((each for each in alike if each), None)
            if best:
                found[path] = self._told(content, best.key, best.similarity, blobs)
        return {path: replace(traced[path], similar=similar) for path, similar in self._dated(found).items()}

    def closest(self, path: str, content: bytes, moved_to: str | None, most: int) -> tuple[Similar, ...]:
        """Return the committed versions of one path, and of where it moved, that a content is most like."""
        places = {place: place for place in (path, moved_to) if place}
        versions = dict.fromkeys(version for known in self._versions(places).values() for version in known)
        blobs = self._read(list(versions))
        wanted = signature(content)
        alike = [
            (similarity(wanted, signature(blobs[version[1]])), version)
            for version in versions
            if version[1] in blobs
        ]
        best = sorted((row for row in alike if row[0] >= THRESHOLD), key=lambda row: -row[0])[:most]
        found = {"\0".join(version): self._told(content, version, like, blobs) for like, version in best}
        return tuple(self._dated(found).values())

    @property
    def is_exhausted(self) -> bool:
        """Whether not all that should have been was looked at."""
        return self._left <= 0

    def _read(self, versions: Sequence[Version]) -> dict[str, bytes]:
        """Return the contents of versions, in as few questions to git as can be, until there are too many."""
        wanted: list[str] = []
        sizes = self.repository.sizes({digest for _path, digest in versions})
        for digest in dict.fromkeys(digest for _path, digest in versions):
            if sizes.get(digest, LOOKED_AT + 1) <= LOOKED_AT and not self.is_exhausted:
                self._left -= sizes[digest]
                wanted.append(digest)
        return self.repository.blobs(wanted, LOOKED_AT) if wanted else {}

    def _versions(self, places: Mapping[str, str]) -> dict[str, list[Version]]:
        """Return, by the same keys, what is desired at each place, then all that was there, newest first."""
        sources = {
            key: [source.encode("utf-8", "surrogateescape") for source in self.mapping.to_repository(place)]
            for key, place in places.items()
        }
        known = self.history.versions({source for paths in sources.values() for source in paths})
        found: dict[str, list[Version]] = {}
        for key, asked in sources.items():
            rows = [
                (source.decode("utf-8", "surrogateescape"), content)
                for source in asked
                for content in known.get(source, ())[:MOST_VERSIONS]
                if not content.startswith(LINK)
            ]
            found[key] = sorted(rows, key=lambda row: row[1] != self._desired_at(row[0]))
        return found

    def _others(self, path: str) -> list[Version]:
        """Return desired files that an unknown one may be a copy of: of the same name, or near and alike."""
        name, suffix = path.rpartition("/")[2], path.rpartition("/")[2].rpartition(".")[2]
        others = self.desired.paths.decode("utf-8", "surrogateescape").split("\0")
        rows = sorted(
            (other.rpartition("/")[2] != name, -_shared(path, other), other)
            for other in others
            if other.endswith(suffix)
        )
        entries = [self.desired.get(place) for _is_other, _distance, place in rows[:_MOST_OTHERS]]
        return [
            (source, entry.digest)
            for entry in entries
            if entry and entry.digest and entry.kind is Kind.FILE
            for source in self.mapping.to_repository(entry.path)[:1]
        ]

    def _told(self, content: bytes, version: Version, likeness: float, blobs: Mapping[str, bytes]) -> Similar:
        path, digest = version
        lines = line_changes(blobs[digest], content)
        is_desired = digest == self._desired_at(path)
        return Similar(path, digest, likeness, lines.added, lines.removed, None, is_desired)

    def _desired_at(self, source: str) -> str | None:
        for place in self.mapping.all_in_root(source):
            entry = self.desired.get(place)
            if entry:
                return entry.digest
        return None

    def _dated(self, found: Mapping[str, Similar]) -> dict[str, Similar]:
        """Return the versions with the newest commit that carries each."""
        index = self.history.index
        pairs = {
            path: (
                index.path_numbers.get(similar.path.encode("utf-8", "surrogateescape"), -1),
                index.content_numbers.get(similar.digest.encode("ascii"), -1),
            )
            for path, similar in found.items()
        }
        carried = carriers(self.history, dict.fromkeys(pairs.values()))
        return {
            path: replace(similar, newest=self.history.facts(carried[pairs[path]].newest))
            if pairs[path] in carried
            else similar
            for path, similar in found.items()
        }


def _nearest(
    content: bytes, versions: Sequence[Version], blobs: Mapping[str, bytes]
) -> Nearest[Version] | None:
    known = ((version, blobs[version[1]]) for version in versions if version[1] in blobs)
    return nearest(content, known) if content else None


def _shared(path: str, other: str) -> int:
    """Return how many folders two paths have in common from the top."""
    count = 0
    for one, two in zip(path.split("/")[:-1], other.split("/")[:-1], strict=False):
        if one != two:
            break
        count += 1
    return count
