from hypothesis import given
from hypothesis import strategies as st

from driftaudit.deploy.base import Trees
from driftaudit.evidence import folders
from driftaudit.evidence.folders import folders_in_sync
from driftaudit.model.folder import FolderInSync
from driftaudit.model.listing import listing_of
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot, SourceFacts
from tests.support.reports import audit, entry, finding

NAMES = st.sampled_from(["a", "b", "c", "d"])
PATHS = st.sets(st.lists(NAMES, min_size=2, max_size=4).map("/".join), max_size=30)


def trees_of(paths: set[str], unseen: frozenset[str] = frozenset()) -> Trees:
    listing = listing_of([entry(path) for path in paths])
    return Trees(listing, listing, Snapshot(SourceFacts("directory", "/srv"), ()), unseen)


def counted(
    paths: set[str], changed: set[str], unseen: frozenset[str] = frozenset()
) -> tuple[FolderInSync, ...]:
    return folders_in_sync(audit([finding(path) for path in sorted(changed)]), trees_of(paths, unseen))


@given(PATHS, PATHS)
def test_it_counts_what_is_desired_and_differs_in_nothing(paths: set[str], changed: set[str]) -> None:
    same = paths - changed
    for folder in counted(paths, changed):
        below = [path for path in same if not folder.path or path.startswith(f"{folder.path}/")]
        assert folder.files == len(below)
        depth = folder.path.count("/") + 1 if folder.path else 0
        assert folder.directly == sum(path.count("/") == depth for path in below)


@given(PATHS, PATHS)
def test_every_file_that_is_as_desired_is_in_a_folder_that_is_named(
    paths: set[str], changed: set[str]
) -> None:
    found = counted(paths, changed)
    dirty = {each.path for each in found if any(path.startswith(f"{each.path}/") for path in changed)} | {""}
    clean = sum(each.files for each in found if each.path not in dirty)
    assert clean + sum(each.directly for each in found if each.path in dirty) == len(paths - changed)


def test_what_could_not_be_seen_is_not_as_desired() -> None:
    paths = {"src/a.js", "src/keys/one", "src/keys/two", "docs/x"}
    found = counted(paths, {"src/a.js"}, frozenset({"src/keys"}))
    assert {each.path: each.files for each in found} == {"": 1, "docs": 1, "src": 0}
    assert counted(paths, set(), frozenset({""})) == ()


def test_a_problem_by_itself_counts_too() -> None:
    shown = audit([], problems=(Problem("src/a.js", ProblemKind.UNSTABLE, "it changed"),))
    (root, src) = folders_in_sync(shown, trees_of({"src/a.js", "src/b.js"}))
    assert (root.files, src.files) == (1, 1)


def test_many_folders_are_named_up_to_a_number_the_fullest_first() -> None:
    paths = {f"d{number:03}/f{file}" for number in range(100) for file in range(1 + (number == 77))}
    found = counted(paths, {"src/a.js"})
    root = found[0]
    assert (root.path, root.files, root.others, root.in_others) == ("", 101, 60, 60)
    named = [each.path for each in found if each.path.startswith("d")]
    assert len(named) == folders.MOST_NAMED
    assert "d077" in named
