"""Pairs of paths that show alike are said to be pairs."""

from driftaudit.compare.normalisation import twin_names, twin_notes
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_FILE, Entry, Kind

COMPOSED, DECOMPOSED = "caf\u00e9/menu.txt", "cafe\u0301/menu.txt"


def change(path: str, *, is_live: bool) -> Change:
    entry = Entry(path, Kind.FILE, MODE_FILE, size=1, digest="0" * 40)
    return Change(path, None if is_live else entry, entry if is_live else None)


def test_a_pair_is_said_whichever_side_is_composed() -> None:
    for desired, live in ((COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)):
        changes = [change(desired, is_live=False), change(live, is_live=True)]
        assert twin_names(changes) == ((live, desired),)
        [note] = twin_notes(changes)
        assert note == (
            "1 live path differs from a desired one only in Unicode normalisation, so each such pair shows as"
            f" one name, once missing and once not desired: {live}."
        )


def test_names_that_show_otherwise_are_no_pair() -> None:
    others = ["cafe/menu.txt", "caf\u00e8/menu.txt", "\udcff/menu.txt"]
    changes = [change(COMPOSED, is_live=False), *(change(path, is_live=True) for path in others)]
    assert twin_notes(changes) == ()


def test_two_live_ones_are_no_pair() -> None:
    assert twin_names([change(COMPOSED, is_live=True), change(DECOMPOSED, is_live=True)]) == ()


def test_of_many_pairs_some_are_named() -> None:
    changes = [change(f"{number}{COMPOSED}", is_live=False) for number in range(7)]
    changes += [change(f"{number}{DECOMPOSED}", is_live=True) for number in range(7)]
    [note] = twin_notes(changes)
    assert note.startswith("7 live paths differ ")
    assert note.endswith(f"4{DECOMPOSED} and 2 more.")
