"""The index of a history beside git itself: every tree, every carrier, and the commit that is live."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftaudit.cache import Cache
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.plumbing.index import HistoryIndex
from driftaudit.provenance.carriers import carriers, pairs_with
from driftaudit.provenance.deployed_commit import deployed_commit
from driftaudit.provenance.history import History, read_history
from driftaudit.provenance.live_tree import KnownTree
from driftaudit.repo import Repository
from tests.support.git import commit, git, new_repository
from tests.support.histories import Step, histories, written

SETTINGS = settings(max_examples=25, deadline=None)
Tree = dict[bytes, str]


def tree_of(folder: Path, commit: str) -> Tree:
    """Return what git says: path -> content, a link's told from a file's."""
    rows = git(folder, "ls-tree", "-r", "-z", commit).encode("utf-8", "surrogateescape").split(b"\0")
    found: Tree = {}
    for row in filter(None, rows):
        facts, _tab, path = row.partition(b"\t")
        mode, _kind, oid = facts.decode().split()
        found[path] = f"link {oid}" if mode == "120000" else oid
    return found


def history_of(folder: Path, base: str, cache: Cache | None = None) -> History:
    return read_history(Repository.containing(folder), base, cache or Cache())


def trees_of(history: History) -> dict[str, Tree]:
    """Return the tree of each commit, put together from the changes of the index alone."""
    index = history.index
    trees: list[Tree] = []
    for number, parent in enumerate(index.first_parents):
        tree = dict(trees[parent]) if parent >= 0 else {}
        for at in range(index.starts[number], index.starts[number + 1]):
            path = index.paths[index.changed[at]]
            if index.after[at]:
                tree[path] = index.content(index.after[at])
            else:
                tree.pop(path, None)
        trees.append(tree)
    return {commit.oid: tree for commit, tree in zip(index.commits, trees, strict=True)}


@SETTINGS
@given(histories(), st.sampled_from(["sha1", "sha256"]))
def test_the_index_holds_the_tree_of_every_commit(steps: list[Step], object_format: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        commits = written(Path(folder), steps, object_format)
        history = history_of(Path(folder), commits[-1])
        assert trees_of(history) == {oid: tree_of(Path(folder), oid) for oid in commits}
        loaded = HistoryIndex.loaded(history.index.dumped())
        assert loaded == history.index


@SETTINGS
@given(histories(), st.data())
def test_an_index_that_grew_answers_as_one_made_anew(steps: list[Step], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository, cache = Path(folder, "repository"), Cache(Path(folder, "cache"))
        commits = written(repository, steps)
        known = data.draw(st.sets(st.sampled_from(range(len(steps))), min_size=1))
        hidden = [number for number in range(len(steps)) if number not in known]
        for number in hidden:
            git(repository, "branch", "-D", f"b{number}")
        first = history_of(repository, commits[min(known)], cache)
        assert set(trees_of(first)) == set(git(repository, "rev-list", "--all").split())
        for number in hidden:
            git(repository, "branch", f"b{number}", commits[number])
        for number in known - {max(known)}:  # and others are gone meanwhile
            git(repository, "branch", "-D", f"b{number}")
        grown = history_of(repository, commits[max(known)], cache)
        trees = trees_of(grown)
        reachable = {
            commit.oid for commit, held in zip(grown.index.commits, grown.reachable, strict=True) if held
        }
        assert reachable == set(git(repository, "rev-list", "--all").split())
        assert all(trees[commit] == tree_of(repository, commit) for commit in reachable)


@SETTINGS
@given(histories(), st.data())
def test_carriers_are_the_commits_whose_trees_have_the_content(
    steps: list[Step], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        commits = written(Path(folder), steps)
        base = data.draw(st.sampled_from(commits))
        history = history_of(Path(folder), base)
        index = history.index
        trees = {oid: tree_of(Path(folder), oid) for oid in commits}
        ancestors = set(git(Path(folder), "rev-list", base).split())
        found = carriers(history, pairs_with(history, [content.decode() for content in index.contents[1:]]))
        wanted = {pair for tree in trees.values() for pair in tree.items()}
        assert {(index.paths[path], index.content(content)) for path, content in found} == wanted
        for (path, content), carried in found.items():
            pair = index.paths[path], index.content(content)
            carrying = {commit for commit, tree in trees.items() if tree.get(pair[0]) == pair[1]}
            assert carried.in_base == bool(carrying & ancestors)
            counted = carrying & ancestors if carried.in_base else carrying
            numbers = sorted(index.numbers[commit] for commit in counted)
            assert (carried.oldest, carried.newest) == (numbers[0], numbers[-1])
            if not carried.in_base:
                names = {
                    f"b{number}"
                    for number, commit in enumerate(commits)
                    if carrying & set(git(Path(folder), "rev-list", commit).split())
                }
                assert set(carried.branches) == names


def matching(live: Tree, tree: Tree) -> int:
    return sum(tree.get(path) == content for path, content in live.items())


@SETTINGS
@given(histories(), st.data())
def test_no_commit_matches_more_entries_than_the_one_that_is_called_live(
    steps: list[Step], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        commits = written(Path(folder), steps)
        base = data.draw(st.sampled_from(commits))
        history = history_of(Path(folder), base)
        trees = {oid: tree_of(Path(folder), oid) for oid in commits}
        live = dict(trees[data.draw(st.sampled_from(commits))])
        for path in data.draw(st.sets(st.sampled_from(sorted(live) or [b"a"]), max_size=1)):
            live[path] = "f" * 40
        known = KnownTree({path: content.encode() for path, content in live.items()})
        found = deployed_commit(history, IDENTITY, known)
        best = max(matching(live, tree) for tree in trees.values())
        if found is None:
            assert best == 0 or best <= len(live) / 2
            return
        assert found.matching_entries == best == matching(live, trees[found.commit.oid])
        ever = {path for tree in trees.values() for path in tree}
        compared = set(trees[found.commit.oid]) | (set(live) & ever)
        assert found.compared_entries == len(compared)
        behind = git(Path(folder), "rev-list", "--count", f"{found.commit.oid}..{base}")
        ahead = git(Path(folder), "rev-list", "--count", f"{base}..{found.commit.oid}")
        assert (found.behind, found.ahead) == (int(behind), int(ahead))
        same = {
            commit
            for commit in commits
            if nearness(trees[commit], live, ever) == nearness(trees[found.commit.oid], live, ever)
        }
        assert {found.commit.oid, *found.ties} == same
        ancestors = set(git(Path(folder), "rev-list", base).split())
        assert found.commit.oid in ancestors or not same & ancestors


def nearness(tree: Tree, live: Tree, ever: set[bytes]) -> tuple[int, int]:
    return matching(live, tree), -len(set(tree) | (set(live) & ever))


@pytest.mark.parametrize("pairs", [(("api", ""),), (("api", "srv/x"),), (("new", "src"), ("old", "src"))])
def test_a_mapping_leads_every_commit_to_its_place(
    tmp_path: Path, pairs: tuple[tuple[str, str], ...]
) -> None:

    repository = new_repository(tmp_path / "repository")
    first = commit(repository, {"api/a": "1\n", "old/a": "1\n", "old/b": "2\n", "top": "x\n"})
    second = commit(
        repository, {"api/a": "3\n", "old/a": None, "old/b": None, "new/a": "3\n", "new/b": "2\n"}
    )
    history = history_of(repository, second)
    mapping = PathMapping(pairs)
    for oid in (first, second):
        live = {}
        for path, content in tree_of(repository, oid).items():
            name = path.decode()
            place = mapping.to_root(name)
            if place:
                live[place.encode()] = content.encode()
        found = deployed_commit(history, mapping, KnownTree(live))
        assert found is not None
        assert found.commit.oid == oid
        assert found.matching_entries == found.compared_entries == len(live)
