"""How folders of two trees lie side by side."""

from driftaudit.model.audit import MovedFolder
from driftaudit.model.structure import FolderState
from driftaudit.structure.folders import folder_mappings

LIVE = {
    "index.js": "1",
    "src/app.js": "2",
    "src/db/a.js": "3",
    "src/db/b.js": "4",
    "old/x.js": "5",
    "old/deep/y.js": "6",
    "same/z.js": "7",
}
DESIRED = {
    "index.js": "1",
    "src/app.js": "20",
    "src/lib/db/a.js": "3",
    "src/lib/db/b.js": "40",
    "new/n.js": "8",
    "same/z.js": "7",
}
CHANGED = {path for path in {*LIVE, *DESIRED} if LIVE.get(path) != DESIRED.get(path)}
MOVE = MovedFolder("src/db", "src/lib/db", moved=2, files=2, edited=1, since=None)


def test_each_folder_has_its_place() -> None:
    found = {
        (row.live, row.desired): (row.state, row.live_files, row.desired_files, row.alike)
        for row in folder_mappings(
            LIVE, DESIRED, [MOVE], {"node_modules", "node_modules/x", "old/x.js"}, CHANGED
        )
    }
    assert found == {
        ("", ""): (FolderState.SAME, 1, 1, 1),
        (None, "new"): (FolderState.ONLY_DESIRED, 0, 1, 0),
        ("node_modules", None): (FolderState.UNSEEN, 0, 0, 0),
        ("old", None): (FolderState.ONLY_LIVE, 2, 0, 0),
        ("same", "same"): (FolderState.SAME, 1, 1, 1),
        ("src", "src"): (FolderState.DIFFERENT, 1, 1, 0),
        ("src/db", "src/lib/db"): (FolderState.MOVED, 2, 2, 1),
    }


def test_a_folder_that_moved_within_its_folder_was_renamed() -> None:
    move = MovedFolder("a/b", "a/c", moved=1, files=1, edited=0, since=None)
    rows = folder_mappings({"a/b/x": "1"}, {"a/c/x": "1"}, [move], (), {"a/b/x", "a/c/x"})
    assert [(row.live, row.desired, row.state) for row in rows if row.live] == [
        ("a/b", "a/c", FolderState.RENAMED)
    ]


def test_contents_that_were_not_read_are_not_called_alike() -> None:
    [row] = folder_mappings({"x": ""}, {"x": ""}, [], (), ())
    assert (row.state, row.alike) == (FolderState.DIFFERENT, 0)


def test_a_folder_that_could_not_be_looked_into_is_not_said_to_be_only_desired() -> None:
    rows = folder_mappings({"x": "1"}, {"x": "1", "keys/deep/k": "2"}, [], {"keys"}, {"keys/deep/k"})
    assert [(row.live, row.desired, row.state, row.desired_files) for row in rows if row.live] == [
        ("keys", "keys", FolderState.UNSEEN, 1)
    ]


def test_a_file_that_git_converts_is_as_desired() -> None:
    [row] = folder_mappings({"x": "1"}, {"x": "2"}, [], (), ())
    assert (row.state, row.alike) == (FolderState.SAME, 1)
