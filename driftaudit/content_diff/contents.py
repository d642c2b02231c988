"""Where the contents of one tree come from: git where it has them, else the tree itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from driftaudit.audit import AuditRequest
from driftaudit.differences.difference import LARGEST
from driftaudit.errors import SourceError
from driftaudit.model.difference import ContentDifference, ContentState
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.plumbing.lfs import Pointer, parse_pointer
from driftaudit.repo import Repository
from driftaudit.sources.base import FetchRequest, Progress, Source

Content = bytes | ContentDifference
"""What an entry holds, or what there is to say where that cannot be had."""


@dataclass(slots=True)
class TreeContents:
    """One tree of an audit, and the folder of our own that what git has not is brought to."""

    audit: AuditRequest
    source: Source
    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    refused: dict[str, ContentDifference] = field(default_factory=dict)

    def bring(self, entries: Sequence[Entry], progress: Progress) -> None:
        """Fetch what git has not. A side that cannot be asked any more leaves its paths unread."""
        repository = self.audit.repository
        digests = {entry.digest for entry in entries if entry.digest}
        known = repository.present(digests) if repository and digests else set()
        wanted = tuple(entry for entry in entries if entry.digest and entry.digest not in known)
        if not wanted:
            return
        self.folder.mkdir(mode=0o700)
        form = repository.object_format if repository else "sha1"
        request = FetchRequest(wanted, self.folder, form, LARGEST, self.audit.rate_limit)
        try:
            fetched = self.source.fetch(request, progress)
        except SourceError as error:
            self.refused |= {entry.path: _unread(error.message) for entry in wanted}
            return
        self.files |= fetched.files
        self.refused |= {problem.path: _refusal(problem) for problem in fetched.problems}

    def contents(self, entries: Sequence[Entry]) -> dict[Entry, Content]:
        """Return what each entry holds, in memory."""
        repository = self.audit.repository
        asked = {entry.digest for entry in entries if entry.digest and entry.path not in self.files}
        blobs = repository.blobs(sorted(asked), LARGEST) if repository and asked else {}
        return {entry: self._content(entry, blobs) for entry in entries}

    def _content(self, entry: Entry, blobs: Mapping[str, bytes]) -> Content:
        if entry.path in self.files:
            return self.files[entry.path].read_bytes()
        if entry.digest and entry.digest in blobs:
            return blobs[entry.digest]
        if entry.kind is Kind.SYMLINK and entry.link_target is not None:
            return entry.link_target.encode("utf-8", "surrogateescape")
        if entry.path in self.refused:
            return self.refused[entry.path]
        if entry.kind is Kind.SPECIAL:
            return ContentDifference(ContentState.SPECIAL)
        if entry.digest is None:
            return _unread("it was not read: its label, or a problem, says why")
        return ContentDifference(ContentState.TOO_LARGE)  # git has it, and would not give it

    def checked_out(self, contents: Mapping[Entry, Content], commit: str) -> dict[Entry, Content]:
        """Return what check-out of the commit makes of contents that it converts, or that Git LFS keeps."""
        repository, mapping = self.audit.repository, self.audit.mapping
        known = {
            entry: content
            for entry, content in contents.items()
            if entry.kind is Kind.FILE and isinstance(content, bytes)
        }
        if repository is None or not known:
            return {}
        places = {source: entry for entry in known for source in mapping.to_repository(entry.path)}
        attributes = repository.attributes(commit)
        blobs = {place: entry.digest for place, entry in places.items() if entry.digest}
        found: dict[Entry, Content] = {places[at]: made for at, made in attributes.converted(blobs).items()}
        if attributes.have_filters:
            for entry, content in known.items():
                pointer = parse_pointer(content)
                if pointer:
                    found[entry] = _filled_in(pointer, repository)
        return found


def _unread(note: str) -> ContentDifference:
    return ContentDifference(ContentState.UNREAD, notes=(note,))


def _refusal(problem: Problem) -> ContentDifference:
    if problem.kind is ProblemKind.TOO_LARGE:
        return ContentDifference(ContentState.TOO_LARGE)
    return _unread(f"{problem.kind.value}: {problem.detail}")


def _filled_in(pointer: Pointer, repository: Repository) -> Content:
    if pointer.size > LARGEST:
        return ContentDifference(ContentState.TOO_LARGE)
    content = repository.lfs_store.content(pointer)
    return _unread("its LFS object is not in the local store, or damaged") if content is None else content
