"""The model of a tree: copies that share, and know of each other what is not the same."""

from driftaudit.deploy.script.differences import differences
from driftaudit.deploy.script.tree import Editor, File, Folder, node_at


def edited(root: Folder, name: str, *, removes: bool = False) -> Folder:
    editor = Editor(root)
    if removes:
        editor.remove(("d", name))
    else:
        editor.put(("d", name), File("1"))
    return editor.root


def below(root: Folder) -> Folder:
    node = node_at(root, ("d",))
    assert isinstance(node, Folder)
    return node


def test_two_copies_of_a_folder_are_compared_by_what_was_changed_alone() -> None:
    start = Folder({"d": Folder({f"f{n}": File("0") for n in range(100)})})
    first = edited(edited(start, "f1"), "new")
    second = edited(edited(start, "f2", removes=True), "f3")
    assert below(first).changed_since(below(start)) == {"f1", "new"}
    assert below(first).changed_since(below(second)) == {"f1", "new", "f2", "f3"}
    effect = differences(first, second)
    assert (effect.overwritten, effect.deleted, effect.created) == (
        {"d/f1", "d/f3"},
        {"d/f2", "d/new"},
        set(),
    )


def test_folders_that_are_no_close_kin_are_compared_by_all_names() -> None:
    start = Folder({"d": Folder({"f": File("0"), "g": File("0")})})
    end = edited(start, "f")
    for n in range(20):
        end = edited(end, f"n{n}")
    assert below(end).changed_since(below(start)) is None
    assert below(end).changed_since(Folder()) is None
    assert differences(start, end).overwritten == {"d/f"}
    assert len(differences(start, end).created) == 20
