"""The algebra of compare, on random trees."""

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.compare.trees import compare, merge_join
from driftaudit.model.change import Aspect
from driftaudit.model.entry import MODE_DIRECTORY, MODE_EXECUTABLE, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind

names = st.sampled_from(["a", "b", "a-b", "a.b", "é", "z", "\udcff", "A"])
digests = st.sampled_from(["1" * 40, "2" * 40, "3" * 40])
Tree = dict[str, Entry]


@st.composite
def trees(draw: st.DrawFn) -> tuple[Entry, ...]:
    """A tree of up to three levels; where a path is a file, nothing lies below it."""
    tree: Tree = {}

    def fill(prefix: str, depth: int) -> None:
        for name in draw(st.lists(names, unique=True, max_size=4)):
            path = prefix + name
            kind = draw(st.sampled_from(list(Kind)))
            if kind is Kind.DIRECTORY:
                tree[path] = Entry(path, kind, MODE_DIRECTORY)
                if depth < 3:
                    fill(path + "/", depth + 1)
            elif kind is Kind.FILE:
                mode = draw(st.sampled_from([MODE_FILE, MODE_EXECUTABLE]))
                tree[path] = Entry(path, kind, mode, digest=draw(digests))
            elif kind is Kind.SYMLINK:
                tree[path] = Entry(path, kind, MODE_SYMLINK, digest=draw(digests))
            else:
                tree[path] = Entry(path, kind, "010000")

    fill("", 1)
    return tuple(tree[path] for path in sorted(tree))


@given(trees())
def test_a_tree_does_not_differ_from_itself(tree: tuple[Entry, ...]) -> None:
    assert compare(tree, tree) == ()


@given(trees(), trees())
def test_applying_the_changes_to_the_deployed_tree_gives_the_desired_one(
    desired: tuple[Entry, ...], deployed: tuple[Entry, ...]
) -> None:
    tree = {entry.path: entry for entry in deployed}
    for change in compare(desired, deployed):
        tree.pop(change.path, None)
        if change.desired:
            tree[change.path] = change.desired
    # Folders are not changes of their own where something below them is: they come and go with it.
    contents = {path: entry for path, entry in tree.items() if entry.kind is not Kind.DIRECTORY}
    assert contents == {entry.path: entry for entry in desired if entry.kind is not Kind.DIRECTORY}


@given(trees(), trees())
def test_the_changes_turned_round_are_the_changes_the_other_way(
    desired: tuple[Entry, ...], deployed: tuple[Entry, ...]
) -> None:
    there = {(c.path, c.desired, c.deployed, c.aspects) for c in compare(desired, deployed)}
    back = {(c.path, c.deployed, c.desired, c.aspects) for c in compare(deployed, desired)}
    assert there == back


@given(trees(), trees())
def test_every_path_of_either_side_is_joined_once_and_in_order(
    desired: tuple[Entry, ...], deployed: tuple[Entry, ...]
) -> None:
    paths = [(a or b).path for a, b in merge_join(desired, deployed) if a or b]  # type: ignore[union-attr]
    assert paths == sorted({entry.path for entry in (*desired, *deployed)})


@given(trees(), trees())
def test_what_lies_below_an_unseen_folder_is_never_called_missing(
    desired: tuple[Entry, ...], deployed: tuple[Entry, ...]
) -> None:
    problem = Problem("a", ProblemKind.UNREADABLE, "Permission denied")
    seen = tuple(entry for entry in deployed if not entry.path.startswith("a/"))
    absent = [change.path for change in compare(desired, seen, [problem]) if change.deployed is None]
    assert not [path for path in absent if path == "a" or path.startswith("a/")]


@given(trees())
def test_a_content_that_was_not_read_is_a_change_without_aspects(tree: tuple[Entry, ...]) -> None:
    unread = tuple(Entry(e.path, e.kind, e.mode) if e.kind in (Kind.FILE, Kind.SYMLINK) else e for e in tree)
    changes = compare(tree, unread)
    assert [c.path for c in changes] == [e.path for e in tree if e.kind in (Kind.FILE, Kind.SYMLINK)]
    assert all(Aspect.CONTENT not in change.aspects for change in changes)
