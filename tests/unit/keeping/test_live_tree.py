"""What is live, put back to where it lies in the repository."""

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.keeping.live_tree import Composed, Layout, Placed, compose, mapping_of, place, steps
from driftaudit.model.entry import MODE_FILE, MODE_SUBMODULE, Entry, Kind
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.reconciliation import UNMAPPED, Step
from driftaudit.plumbing.writing import Row

API = PathMapping((("api/src", "src"), ("api/index.js", "index.js")))


def rows(**files: str) -> dict[str, Row]:
    """Return rows by path; `__` stands for a slash."""
    return {name.replace("__", "/"): Row(MODE_FILE, oid) for name, oid in files.items()}


def entries(files: dict[str, str | None]) -> list[Entry]:
    return [Entry(path, Kind.FILE, MODE_FILE, None, digest) for path, digest in sorted(files.items())]


def layout(
    parent: dict[str, Row],
    mapping: PathMapping = IDENTITY,
    expected: tuple[str, ...] = (),
    unseen: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> Layout:
    return Layout(parent, mapping, lambda path: path in expected, lambda path: path in unseen, left_out)


def composed(live: dict[str, str | None], laid_out: Layout) -> tuple[Composed, Placed]:
    placed = place(entries(live), laid_out)
    return compose(placed.places, set(placed.unread), laid_out), placed


def tree(live: dict[str, str | None], laid_out: Layout) -> dict[str, str]:
    return {path: row.oid for path, row in composed(live, laid_out)[0].rows.items()}


def test_what_the_mapping_covers_is_replaced_and_the_rest_stays() -> None:
    laid_out = layout(rows(api__src__a="1", api__src__b="2", docs__c="3"), API)
    assert tree({"src/a": "x", "src/d": "4"}, laid_out) == {"api/src/a": "x", "api/src/d": "4", "docs/c": "3"}


def test_what_has_no_place_goes_below_a_folder_of_its_own() -> None:
    found, _placed = composed({"stray": "1"}, layout(rows(docs__c="3"), API))
    assert found.unmapped == ("stray",)
    assert found.rows[f"{UNMAPPED}/stray"].oid == "1"


def test_that_folder_is_made_anew() -> None:
    parent = {f"{UNMAPPED}/old": Row(MODE_FILE, "1"), **rows(docs__c="3")}
    assert tree({}, layout(parent, API)) == {"docs/c": "3"}
    assert tree({f"{UNMAPPED}/old": "1"}, layout(parent)) == {f"{UNMAPPED}/old": "1"}


def test_expected_unseen_and_left_out_paths_stay() -> None:
    parent = rows(logs="1", closed="2", tests="3", gone="4")
    laid_out = layout(parent, expected=("logs",), unseen=("closed",), left_out=("tests",))
    found, placed = composed({"logs": "x"}, laid_out)
    assert {path: row.oid for path, row in found.rows.items()} == {"logs": "1", "closed": "2", "tests": "3"}
    assert placed.expected == 1


def test_what_was_not_read_stays_as_the_parent_has_it() -> None:
    laid_out = layout(rows(a="1"))
    found, placed = composed({"a": None, "b": None}, laid_out)
    assert placed.unread == ("a", "b")
    assert found.rows == rows(a="1")


def test_of_two_live_versions_of_one_path_the_edited_one_is_taken() -> None:
    mapping = PathMapping((("a", "x"), ("a", "y")))
    assert tree({"x/f": "1", "y/f": "2"}, layout(rows(a__f="1"), mapping)) == {"a/f": "2"}
    assert tree({"x/f": "2", "y/f": "1"}, layout(rows(a__f="1"), mapping)) == {"a/f": "2"}
    assert tree({"x/f": "2"}, layout(rows(a__f="1"), mapping)) == {"a/f": "2"}
    both, _placed = composed({"x/f": "2", "y/f": "3"}, layout(rows(a__f="1"), mapping))
    assert both.rows["a/f"].oid == "2"
    assert both.unmapped == ("y/f",)


def test_files_in_the_place_of_folders_and_the_other_way_round() -> None:
    assert tree({"a": "1", "b/c": "2"}, layout(rows(a__x="3", b="4"))) == {"a": "1", "b/c": "2"}


def test_what_an_expected_file_of_the_parent_is_in_the_way_of_is_kept_elsewhere() -> None:
    found, _placed = composed({"a/b": "2"}, layout(rows(a="1"), expected=("a",)))
    assert found.rows["a"].oid == "1"
    assert found.unmapped == ("a/b",)


def test_submodules_stay_with_all_that_is_in_them() -> None:
    parent = {"sub": Row(MODE_SUBMODULE, "5"), **rows(a="1")}
    found, placed = composed({"a": "1", "sub/x": "2"}, layout(parent))
    assert (dict(found.rows), placed.in_submodules) == (parent, 1)


def test_sockets_are_counted() -> None:
    special = Entry("socket", Kind.SPECIAL, "140000")
    assert place([special], layout({})).without_content == 1


def test_of_several_places_the_first_that_the_parent_has() -> None:
    mapping = PathMapping((("new", "src"), ("old", "src"), ("docs", "docs")))
    assert mapping_of(mapping, rows(old__a="1")).pairs == (("old", "src"), ("docs", "docs"))
    assert mapping_of(mapping, rows(old__a="1", new__a="1")).pairs[0] == ("new", "src")
    assert mapping_of(mapping, {}).pairs[0] == ("new", "src")
    assert mapping_of(IDENTITY, {}) == IDENTITY


def test_an_unmapped_tree_beside_a_mapped_one_is_left_alone() -> None:
    mapping = mapping_of(PathMapping((("new", "src"), ("old", "src"))), rows(old__a="1", new__a="1"))
    assert tree({}, layout(rows(old__a="1", new__a="1"), mapping)) == {"old/a": "1"}


def test_steps() -> None:
    assert steps(rows(a="1", b="2", c="3"), rows(b="2", c="4", d="5")) == (
        (Step.DELETED, "a"),
        (Step.MODIFIED, "c"),
        (Step.ADDED, "d"),
    )


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(PATHS, st.sampled_from("123"), max_size=6)
MAPPINGS = st.lists(st.tuples(st.sampled_from(["", "a", "b", "a/b"]), st.sampled_from(["", "a", "c", "c/a"])))


def is_a_tree(paths: set[str]) -> bool:
    return not any(other.startswith(path + "/") for path in paths for other in paths)


@given(FILES, FILES, MAPPINGS)
def test_every_live_content_is_in_the_tree_and_the_tree_is_one(
    parent: dict[str, str], live: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    if not (is_a_tree(set(parent)) and is_a_tree(set(live))):
        return
    before = {path: Row(MODE_FILE, oid) for path, oid in parent.items()}
    laid_out = layout(before, mapping_of(PathMapping(tuple(pairs)), before))
    found, _placed = composed(dict(live), laid_out)
    assert is_a_tree(set(found.rows))
    assert not found.homeless
    held = {row.oid for row in (*found.rows.values(), *before.values())}
    assert set(live.values()) <= held
    covered = [path for path in parent if laid_out.mapping.all_in_root(path)]
    for path in parent.keys() - covered:
        assert found.rows[path] == before[path]
