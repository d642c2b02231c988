"""Which folders are not looked into, where a later pattern takes something back."""

import pytest

from driftaudit.config.rules import GENERATED, RUNTIME
from driftaudit.policy.labels import merged
from driftaudit.policy.packs import available_packs, load_pack
from driftaudit.sources.agent.patterns import pattern_rows
from driftaudit.sources.agent.program.patterns import plain_head
from driftaudit.sources.agent.program.scope import Scope


def scope(prune: list[str], unread: list[str]) -> Scope:
    return Scope(
        {
            "prune": pattern_rows(prune),
            "unread": pattern_rows(unread),
            "known": [],
            "only": None,
            "read": True,
            "max_file_bytes": 1,
            "object_format": "sha1",
        }
    )


@pytest.mark.parametrize(
    ("path", "is_pruned"),
    [("node_modules", True), ("a/node_modules", True), ("vendor", False), ("vendor/assets", False)],
)
def test_a_folder_is_entered_only_where_a_later_pattern_can_reach_below_it(
    path: str, is_pruned: bool
) -> None:
    rows = ["node_modules/", "/vendor/", "!/vendor/assets/**"]
    assert scope(rows, []).is_pruned(path, path.rpartition("/")[2]) == is_pruned


def test_with_all_shipped_packs_what_is_installed_is_not_looked_into() -> None:
    *packs, core = available_packs()
    labels = merged([load_pack(name).labels for name in (core, *packs)])
    found = scope(list(labels[GENERATED]), list(labels[RUNTIME]))
    assert found.is_pruned("node_modules", "node_modules")
    assert found.is_pruned("src/__pycache__", "__pycache__")


def test_what_one_label_takes_back_is_still_what_the_other_says() -> None:
    found = scope(["/vendor/", "!/vendor/own/**"], ["logs/", "!*.php"])
    vendor = found.is_unread("vendor", "vendor", 0)
    assert found.skipped("vendor/a.php", "a.php", vendor), "generated still"
    own = found.is_unread("vendor/own", "own", vendor)
    assert not found.skipped("vendor/own/a.txt", "a.txt", own)
    logs = found.is_unread("logs", "logs", 0)
    assert not found.skipped("logs/a.php", "a.php", logs)
    assert found.skipped("logs/a.txt", "a.txt", logs)
    both = found.is_unread("vendor/logs", "logs", vendor)
    assert found.skipped("vendor/logs/a.php", "a.php", both)


@pytest.mark.parametrize(
    ("pattern", "head"),
    [
        ("/vendor/assets/**", "vendor/assets/"),
        ("/web/wp-config.php", "web/wp-config.php"),
        ("sites/*/files", "sites/"),
        ("/a[bc]/x", "a"),
        (r"/a\*b/x", "a*b/x"),
        ("**/a/b", ""),
    ],
)
def test_the_plain_head_of_a_pattern(pattern: str, head: str) -> None:
    ((_wanted, _folders, how, expression),) = pattern_rows([pattern])
    assert (how, plain_head(expression)) == ("path", head)
