"""Names that are one to people and two to the host: they differ only in Unicode normalisation. Pure.

A file system of macOS may hand out `é` as two code points where git recorded one. The two paths stay two,
since most hosts tell them apart; but a report that shows both must say why it seems to show one path twice.
"""

from collections.abc import Iterable
from unicodedata import normalize

from driftaudit.model.change import Change

_MOST = 5  # pairs that a note names


def twin_names(changes: Iterable[Change]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a live path that is not desired and a missing one that shows alike."""
    odd = [change for change in changes if not change.path.isascii()]
    absent = {normalize("NFC", change.path): change.path for change in odd if change.deployed is None}
    extra = sorted(change.path for change in odd if change.desired is None)
    return tuple((path, absent[name]) for path in extra if (name := normalize("NFC", path)) in absent)


def twin_notes(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return a note that names the pairs, none where there are none."""
    pairs = twin_names(changes)
    if not pairs:
        return ()
    count = "1 live path differs" if len(pairs) == 1 else f"{len(pairs)} live paths differ"
    named = ", ".join(live for live, _desired in pairs[:_MOST])
    more = f" and {len(pairs) - _MOST} more" if len(pairs) > _MOST else ""
    note = (
        f"{count} from a desired one only in Unicode normalisation, so each such pair shows as one name, once"
        f" missing and once not desired: {named}{more}."
    )
    return (note,)
