from hypothesis import given
from hypothesis import strategies as st

from driftaudit.render.folding import Fold, folded

PATHS = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map("/".join), unique=True, max_size=60
).map(sorted)


def test_a_full_folder_becomes_one_row_and_its_neighbours_stay() -> None:
    legacy = [f"src/legacy/{number}.js" for number in range(6)]
    assert folded(["src/app.js", *legacy, "src/z.js"], over=5, limit=20) == [
        Fold("src/app.js", ("src/app.js",)),
        Fold("src/legacy", tuple(legacy)),
        Fold("src/z.js", ("src/z.js",)),
    ]


def test_a_folder_at_the_threshold_keeps_its_names() -> None:
    paths = [f"src/{number}.js" for number in range(5)]
    assert [fold.path for fold in folded(paths, over=5, limit=20)] == paths


def test_too_many_rows_fold_into_the_folders_above() -> None:
    paths = sorted(f"uploads/{month}/{day}.jpg" for month in range(30) for day in range(3))
    assert folded(paths, over=5, limit=20) == [Fold("uploads", tuple(paths))]


def test_the_root_is_the_last_folder_to_fold() -> None:
    paths = sorted(f"{number}/x" for number in range(30))
    assert folded(paths, over=5, limit=20) == [Fold("", tuple(paths))]


def test_folding_stops_at_the_shallowest_folder() -> None:
    paths = sorted(f"{number}/{name}" for number in range(30) for name in "abcdef")
    rows = folded(paths, over=5, limit=20, shallowest=1)
    assert [fold.path for fold in rows] == sorted(map(str, range(30)))


@given(PATHS, st.integers(1, 6), st.integers(1, 20))
def test_no_path_is_lost_or_counted_twice(paths: list[str], over: int, limit: int) -> None:
    folds = folded(paths, over, limit)
    assert sorted(member for fold in folds for member in fold.members) == paths
    for fold in folds:
        assert all(member.startswith(fold.path) for member in fold.members)
        assert len(fold.members) == 1 or len(fold.members) > over
