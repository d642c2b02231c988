"""Where the live contents were committed, told with their commits. Pure."""

from driftaudit.model.change import Change
from driftaudit.model.finding import Sighting
from driftaudit.provenance.history import History
from driftaudit.provenance.trace import Evidence

_MOST = 10  # paths of one content; a licence is in a hundred folders


def sightings(change: Change, evidence: Evidence, history: History) -> tuple[Sighting, ...]:
    """Return where the deployed content of a change was committed: its own path first, then the newest."""
    if change.deployed is None:
        return ()
    own = set(evidence.mapping.to_repository(change.path))
    found = [
        (path in own, carried.in_base, carried.newest, path, carried)
        for content in evidence.known_as(change.deployed)
        for path, carried in evidence.history.places.get(content, {}).items()
    ]
    found.sort(key=lambda row: row[:4], reverse=True)
    return tuple(
        Sighting(
            path,
            history.facts(carried.oldest),
            history.facts(carried.newest),
            carried.in_base,
            carried.branches,
        )
        for _own, _in_base, _newest, path, carried in found[:_MOST]
    )
