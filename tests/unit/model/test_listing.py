"""A tree as rows of bytes: what is found in it, and what becomes of it."""

import hashlib

from hypothesis import example, given
from hypothesis import strategies as st

from driftaudit.errors import UsageError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.listing import Listing, listing_of, projected
from driftaudit.model.mapping import PathMapping
from driftaudit.sources.projection import project

A, B, C = "a" * 40, "b" * 40, "c" * 40


def file(path: str, digest: str | None = A, mode: str = "100644") -> Entry:
    return Entry(path, Kind.FILE, mode, None, digest)


def folder(path: str) -> Entry:
    return Entry(path, Kind.DIRECTORY, "040000")


def link(path: str, digest: str = C) -> Entry:
    return Entry(path, Kind.SYMLINK, "120000", None, digest)


def submodule(path: str) -> Entry:
    return Entry(path, Kind.DIRECTORY, "160000")


def fifo(path: str) -> Entry:
    return Entry(path, Kind.SPECIAL, "010000")


ENTRIES = (
    file("a"),
    file("a-b", B, "100755"),
    folder("d"),
    file("d.x", None),
    folder("d/e"),
    file("d/e/f", B),
    fifo("d/fifo"),
    link("d/link"),
    submodule("d/sub"),
    folder("empty"),
    file("é/\udcff", A),
    folder("é"),
)
LISTING = listing_of(ENTRIES)
BY_PATH = {entry.path: entry for entry in ENTRIES}


def paths(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.path for entry in entries]


def test_every_path_is_found_again_and_no_other() -> None:
    assert {path: LISTING.get(path) for path in BY_PATH} == BY_PATH
    for absent in ("b", "a/b", "d/e/", "d/e/g", "d/", "zz", "e", "d.", "d/e/f/g"):
        assert LISTING.get(absent) is None
    assert len(LISTING) == len(ENTRIES)
    assert sorted(LISTING.all_paths()) == sorted(BY_PATH)


def test_something_is_at_a_path_or_below_it() -> None:
    rows_alone = Listing(LISTING.content, {""})  # folders that only their files tell of
    for there in ("", "a", "d", "d/e", "d/e/f", "é", "d/sub"):
        assert LISTING.has(there)
        assert rows_alone.has(there)
    assert LISTING.has("empty")
    for absent in ("b", "d/e/g", "a/b", "d/ee", "zz"):
        assert not LISTING.has(absent)


def test_an_empty_listing_has_its_root_alone() -> None:
    empty = listing_of(())
    assert (len(empty), empty.paths, empty.has(""), empty.has("a")) == (0, b"", True, False)
    assert empty.outside(()) == ()
    assert empty.digest() == hashlib.sha256(b"").hexdigest()


def test_the_first_path_of_a_content_and_links_apart_from_files() -> None:
    assert LISTING.first_with([A, B, "f" * 40]) == {A: "a", B: "a-b"}
    assert LISTING.first_with(["link " + C]) == {"link " + C: "d/link"}
    assert LISTING.first_with([]) == {}


def test_a_file_with_the_text_of_a_link_is_no_link() -> None:
    both = listing_of([link("a", C), file("b", C)])
    assert both.first_with([C]) | both.first_with(["link " + C]) == {C: "b", "link " + C: "a"}


def test_outside_and_inside_part_the_tree_by_the_folder_directly_above() -> None:
    known = {"d", "é"}
    inside = ["d/e", "d/fifo", "d/link", "d/sub", "é/\udcff"]
    assert paths(LISTING.outside(known)) == sorted(BY_PATH.keys() - set(inside))
    assert paths(LISTING.inside(known).outside(())) == sorted(inside)
    assert LISTING.outside(()) == tuple(sorted(ENTRIES, key=lambda entry: entry.path))
    everything = {"", "d", "d/e", "empty", "é"}
    assert LISTING.outside(everything) == ()
    assert LISTING.inside(everything) is LISTING


def test_what_is_inside_and_what_is_outside_join_to_the_whole() -> None:
    for known in ({""}, {"d"}, {"d/e", "é"}, {"", "d", "d/e"}):
        rest = listing_of(LISTING.outside(known))
        assert LISTING.inside(known).joined(rest) == LISTING


def test_the_digest_changes_with_every_row_but_for_hidden_ids() -> None:
    changed = listing_of([*ENTRIES[1:], file("a", B)])
    assert changed.digest() != LISTING.digest()
    assert changed.digest({"a"}) == LISTING.digest({"a"})
    assert LISTING.digest({"a"}) != LISTING.digest()
    assert LISTING.digest({"absent"}) == LISTING.digest()
    assert listing_of([*ENTRIES[1:], file("a", A, "100755")]).digest({"a"}) != LISTING.digest({"a"})


def test_ids_of_sha256_have_their_own_width() -> None:
    wide = listing_of([file("x/y", "d" * 64), file("z", None), folder("x")], 64)
    assert wide.get("x/y") == file("x/y", "d" * 64)
    assert wide.get("z") == file("z", None)
    assert wide.first_with(["d" * 64]) == {"d" * 64: "x/y"}
    assert wide.paths == b"x/y\0z"


NAMES = st.sampled_from(["a", "b", "a.b", "a-b", "é", "\udcff"])
places = st.lists(NAMES, max_size=3).map("/".join)
tree_paths = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
makers = st.sampled_from([file, link, submodule])


@st.composite
def trees(draw: st.DrawFn) -> list[Entry]:
    """A tree as git has it: no empty folders, nothing below a file."""
    found: dict[str, Entry] = {}
    for path in draw(st.lists(tree_paths, max_size=8)):
        above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        taken = [one for one in above if found.get(one, folder(one)) != folder(one)]
        if path not in found and not taken:
            found |= {one: folder(one) for one in above}
            found[path] = draw(makers)(path)
    return list(found.values())


@given(trees(), st.lists(st.tuples(places, places), min_size=1, max_size=3))
@example([], [("", "x")])
@example([file("f")], [("f", "g/h")])
@example([submodule("f")], [("f", "g/h")])
@example([file("a/f"), folder("a")], [("a", "g/h"), ("a/f", "i/j")])
def test_rows_are_moved_as_entries_are(entries: list[Entry], pairs: list[tuple[str, str]]) -> None:
    mapping = PathMapping(tuple(pairs))
    moved = projected(listing_of(entries), mapping)
    if moved is None:
        return
    try:
        expected = project(entries, mapping, "the tree")
    except UsageError as error:
        raise AssertionError(f"rows were moved where entries cannot be: {error}") from error
    assert moved.outside(()) == expected
    assert moved == listing_of(expected)
