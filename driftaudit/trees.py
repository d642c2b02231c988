"""Reads both trees of an audit at once."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from driftaudit.cache import Cache
from driftaudit.compare.equal import filled_in
from driftaudit.model.listing import Listing, listing_of
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.policy.labels import Labels
from driftaudit.sources.base import AbsentRootError, Advance, Progress, ScanRequest, Source
from driftaudit.sources.git import GitSource

EXPENDABLE = "generated"
UNREAD = "runtime"


@dataclass(frozen=True, slots=True)
class Side:
    """One tree: what was seen of it, and all that it holds.

    The entries of the snapshot are those that may differ from the other side: what lies in folders that are
    known to be equal is in the listing alone.
    """

    snapshot: Snapshot
    listing: Listing


@dataclass(frozen=True, slots=True)
class Reading:
    """Both trees. `labelled` are the paths, desired now or committed ever, that may have a label."""

    desired: Side
    deployed: Side
    labelled: frozenset[str]

    @property
    def are_alike(self) -> bool:
        """Whether nothing differs, as far as both could be seen: one listing stands for both."""
        return self.deployed.listing is self.desired.listing


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """What is read, and what the labels allow to leave unread.

    `history` are the paths that were ever committed, joined by NUL. `target` names what may be absent. With
    `lists_all` every live entry is listed, with its times, also where a folder is as it is desired.
    """

    desired: Source
    deployed: Source
    labels: Labels
    history: bytes
    object_format: str
    cache: Cache
    allow_absent: bool
    target: str
    rate_limit: float | None = None
    lists_all: bool = False


def read_trees(request: ReadingRequest, progress: Progress) -> Reading:
    """Return the desired and the deployed tree. A commit is read while the host is busy.

    Raises UsageError, RepositoryError or SourceError.
    """
    if not isinstance(request.desired, GitSource):
        desired = request.desired.snapshot(ScanRequest(object_format=request.object_format))
        listing = listing_of(desired.entries, _width(request))
        paths = request.history + b"\0" + listing.paths
        scan = _scan_request(request, paths, {})
        deployed = _deployed(request, scan, progress)
        whole = filled_in(deployed, listing)
        return Reading(Side(desired, listing), Side(deployed, whole), scan.known)
    with ThreadPoolExecutor(1) as pool:  # a commit's own paths are in the history already
        trees = {} if request.lists_all else request.desired.folder_trees()
        scan = _scan_request(request, request.history, trees)
        reading = pool.submit(request.desired.listed)
        deployed = _deployed(request, scan, _told_with_total(progress, reading))
        desired, listing = reading.result()
    # The desired entries in folders that are equal on both sides need not be made.
    equal = {folder.path for folder in deployed.equal_folders}
    desired = replace(desired, entries=listing.outside(equal))
    return Reading(Side(desired, listing), Side(deployed, filled_in(deployed, listing)), scan.known)


def _told_with_total(progress: Progress, reading: Future[tuple[Snapshot, Listing]]) -> Progress:
    """Return a progress that also tells how much there may be: as much as is desired, once that is known."""

    def tell(advance: Advance) -> None:
        if advance.total_entries is None and reading.done() and reading.exception() is None:
            advance = replace(advance, total_entries=len(reading.result()[1]))
        progress(advance)

    return tell


def _width(request: ReadingRequest) -> int:
    return 64 if request.object_format == "sha256" else 40


def _scan_request(request: ReadingRequest, paths: bytes, trees: Mapping[str, str]) -> ScanRequest:
    """Leave unread what the labels allow, but nothing that is desired or was ever committed."""
    return ScanRequest(
        prune=request.labels.patterns(EXPENDABLE),
        unread=request.labels.patterns(UNREAD),
        known=request.labels.among(paths),
        trees=trees,
        object_format=request.object_format,
        cache=request.cache,
        rate_limit=request.rate_limit,
    )


def _deployed(request: ReadingRequest, scan: ScanRequest, progress: Progress) -> Snapshot:
    try:
        return request.deployed.snapshot(scan, progress)
    except AbsentRootError:
        if not request.allow_absent:
            raise
    note = "the root is not there yet; the target allows that, so it counts as empty"
    return Snapshot(SourceFacts("absent", request.target), (), scan=ScanFacts(), notes=(note,))
