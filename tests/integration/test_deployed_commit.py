"""The commit that is live is found, whatever was edited, removed and added by hand."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.history import History as Generated
from driftaudit.cache import Cache
from driftaudit.model.mapping import IDENTITY
from driftaudit.provenance.deployed_commit import deployed_commit
from driftaudit.provenance.history import History, read_history
from driftaudit.provenance.live_tree import KnownTree
from driftaudit.repo import Repository
from tests.support.git import git

ROUNDS = 100
OWN = Path(__file__).parents[2]

Tree = dict[bytes, bytes]


@pytest.fixture(params=["its own history", "a generated one"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "its own history":
        return OWN
    return Generated(files=400, commits=300).make(tmp_path / "generated")


def tree_of(repository: Path, commit: str) -> Tree:
    rows = git(repository, "ls-tree", "-r", "-z", "--full-tree", commit).encode("utf-8", "surrogateescape")
    fields = [row.partition(b"\t") for row in rows.split(b"\0") if row]
    return {path: facts.split()[2] for facts, _tab, path in fields}


def edited(tree: Tree, chance: random.Random) -> Tree:
    """Return the tree with up to a fifth of its files changed, removed, or joined by others."""
    live = dict(tree)
    for path in chance.sample(sorted(tree), chance.randint(0, len(tree) // 5)):
        what = chance.choice(["change", "remove", "add"])
        if what == "remove":
            del live[path]
        else:
            live[path + (b".new" if what == "add" else b"")] = chance.randbytes(20).hex().encode()
    return live


def commits_of(history: History, chance: random.Random) -> Iterator[str]:
    oids = [commit.oid for commit in history.index.commits]
    yield from (chance.choice(oids) for _round in range(ROUNDS))


def test_a_hundred_commits_are_found(repository: Path) -> None:
    opened, chance = Repository.containing(repository), random.Random(20251103)
    history = read_history(opened, opened.commit("HEAD"), Cache())
    for commit in commits_of(history, chance):
        tree = tree_of(repository, commit)
        live = edited(tree, chance)
        found = deployed_commit(history, IDENTITY, KnownTree(live))
        assert found is not None, commit
        named = tree_of(repository, found.commit.oid)
        matching = sum(tree.get(path) == content for path, content in live.items())
        assert found.matching_entries == sum(named.get(path) == content for path, content in live.items())
        assert found.commit.oid == commit or found.matching_entries >= matching
