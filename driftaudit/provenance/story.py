"""What people want to know of a difference: which commits had it, which took it away, and where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driftaudit.model.change import Change
from driftaudit.model.finding import Origin, Provenance
from driftaudit.model.listing import Listing
from driftaudit.provenance.history import History
from driftaudit.provenance.removals import Removal, removals
from driftaudit.provenance.sightings import sightings
from driftaudit.provenance.trace import Evidence
from driftaudit.repo import Repository


@dataclass(frozen=True, slots=True)
class Story:
    """Tells origins with their commits. `desired` is the whole desired tree."""

    repository: Repository
    history: History
    evidence: Evidence
    desired: Listing

    def told(self, changes: Sequence[Change], traced: Mapping[str, Provenance]) -> dict[str, Provenance]:
        """Return by path what was traced, with sightings, removals and moves."""
        gone = self._removals(changes)
        return {change.path: self._told(change, traced[change.path], gone) for change in changes}

    def _told(self, change: Change, provenance: Provenance, gone: Mapping[str, Removal]) -> Provenance:
        provenance = replace(provenance, sightings=sightings(change, self.evidence, self.history))
        removal = gone.get(change.path)
        if removal is None:
            return provenance
        moved_to = self._place(removal.moved_to) if removal.moved_to else None
        if provenance.origin is Origin.MOVED:  # it says where the very content is
            moved_to = provenance.moved_to
        return replace(
            provenance,
            removed_in=self.history.facts(removal.commit),
            moved_to=moved_to or provenance.moved_to,
        )

    def _removals(self, changes: Sequence[Change]) -> dict[str, Removal]:
        """Return by path what history did with live files that are not desired."""
        asked = {
            source.encode("utf-8", "surrogateescape"): change.path
            for change in changes
            if change.deployed and change.deployed.has_content and not change.desired
            for source in self.evidence.mapping.to_repository(change.path)
        }
        if not asked:
            return {}
        found = removals(self.repository, self.history, asked, self.history.base_tree)
        return {asked[source]: removal for source, removal in found.items()}

    def _place(self, source: bytes) -> str | None:
        """Return where a path of the repository lies under the root, if the desired tree has it there."""
        places = self.evidence.mapping.all_in_root(source.decode("utf-8", "surrogateescape"))
        return next((place for place in places if self.desired.get(place)), None)
