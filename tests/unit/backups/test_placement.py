"""Which folder of an archive is which folder under the root."""

import time

from driftaudit.backups.placement import Placement, best_placement
from driftaudit.model.entry import Entry
from tests.unit.backups.samples import file, folder

TREE = [
    file("index.js", "index"),
    file("src/app.js", "app"),
    file("src/db/connection.js", "connection"),
    file("src/db/redis.js", "redis"),
]


def placed_at(entries: list[Entry]) -> tuple[str, str]:
    found = best_placement(entries, TREE)
    return found.strip, found.under


def moved(prefix: str, entries: list[Entry] = TREE) -> list[Entry]:
    return [file(prefix + entry.path, entry.path.rpartition("/")[2].removesuffix(".js")) for entry in entries]


def test_the_same_tree_lies_where_it_is() -> None:
    assert placed_at(TREE) == ("", "")
    assert best_placement(TREE, TREE).same == len(TREE)


def test_a_top_folder_is_stripped_however_deep() -> None:
    assert placed_at(moved("irisx-backend/")) == ("irisx-backend", "")
    assert placed_at(moved("home/ubuntu/irisx-backend/")) == ("home/ubuntu/irisx-backend", "")


def test_a_part_of_the_tree_is_put_below_the_root() -> None:
    assert placed_at([file("connection.js", "connection"), file("redis.js", "redis")]) == ("", "src/db")
    assert placed_at([file("x/connection.js", "connection")]) == ("x", "src/db")


def test_contents_decide_where_names_are_alike() -> None:
    others = [*moved("old/", TREE[:1]), file("old/src/app.js", "was"), file("new/src/app.js", "app")]
    assert placed_at([*others, *moved("new/", TREE[2:])]) == ("new", "")


def test_where_no_content_is_left_the_names_decide() -> None:
    old = [file(f"site/{entry.path}", "of old") for entry in TREE]
    found = best_placement(old, TREE)
    assert (found.strip, found.same, found.shared, found.is_of_this_tree) == ("site", 0, 4, True)


def test_another_tree_is_none_of_this() -> None:
    other = [file("index.js", "other"), file("lib/x.js"), file("lib/y.js"), file("package.json")]
    assert not best_placement(other, TREE).is_of_this_tree
    assert not best_placement([folder("a")], TREE).is_of_this_tree
    empty = file("src/__init__.py", "")
    assert not best_placement([*other, empty], [*TREE, empty]).is_of_this_tree


def test_entries_outside_of_the_stripped_folder_lie_nowhere() -> None:
    entries = [folder("a"), file("a/x"), file("b")]
    assert list(Placement("a", "").placed(entries)) == ["a/x"[2:]]
    assert list(Placement("", "u").placed(entries)) == ["u/a", "u/a/x", "u/b"]


def test_a_great_many_files_of_one_name_cost_little() -> None:
    tree = [file(f"node_modules/p{number}/index.js", str(number % 7)) for number in range(20_000)]
    started = time.monotonic()
    found = best_placement([file(f"site/{entry.path}", "other") for entry in tree], tree)
    assert (found.strip, found.shared) == ("site", 20_000)
    assert time.monotonic() - started < 5
