"""What backups have of a tree."""

from dataclasses import replace

from driftaudit.backups.coverage import PlacedBackup, covered, holding
from driftaudit.model.backup import Holding
from driftaudit.model.entry import Entry
from tests.unit.backups.samples import file, folder, link


def backup(*entries: Entry, has_contents: bool = True) -> PlacedBackup:
    return PlacedBackup({entry.path: entry for entry in entries}, has_contents)


def test_a_content_counts_and_not_its_mode_or_time() -> None:
    other = {"a": file("a", at=7, executable=True)}
    assert holding(file("a"), other) is Holding.SAME
    assert holding(file("a", "other"), other) is Holding.OLDER
    assert holding(file("b"), other) is Holding.ABSENT


def test_a_folder_in_the_place_of_a_file_is_not_the_file() -> None:
    assert holding(file("a"), {"a": folder("a")}) is Holding.ABSENT
    target = link("a", "x")
    assert holding(target, {"a": replace(file("a"), digest=target.digest)}) is Holding.OLDER
    assert holding(target, {"a": target}) is Holding.SAME


def test_what_was_not_read_is_not_called_the_same() -> None:
    assert holding(replace(file("a"), digest=None), {"a": file("a")}) is Holding.UNREAD
    assert holding(file("a"), {"a": replace(file("a"), digest=None)}) is Holding.UNREAD


def test_the_newest_with_the_best_is_named() -> None:
    first, second = backup(file("a", "old"), file("b")), backup(file("a"), file("b"), file("c", "old"))
    tree = [file("a"), file("b"), file("c"), file("d"), folder("e")]
    found = {cover.path: (cover.best, cover.newest) for cover in covered(tree, [first, second])}
    assert found == {
        "a": (Holding.SAME, 1),
        "b": (Holding.SAME, 0),
        "c": (Holding.OLDER, 1),
        "d": (Holding.ABSENT, None),
    }


def test_a_fingerprint_is_the_best_of_nothing() -> None:
    (cover,) = covered([file("a")], [backup(file("a"), has_contents=False)])
    assert (cover.holdings, cover.best, cover.newest) == ((Holding.SAME,), Holding.ABSENT, None)
