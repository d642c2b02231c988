"""What changed in labels, rules and packs, in lines for people."""

from typing import Any

import pytest

from driftaudit.policy.changes import policy_changes

RULE = {"id": "a/b", "when": {"origin": "unknown"}, "severity": "warn", "reason": "r"}


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            {"labels": {"generated": ["x/"]}},
            {"labels": {"generated": ["src/", "x/"]}},
            ["labels.generated: added 'src/'"],
        ),
        ({}, {"labels": {"runtime": ["k/"]}}, ["labels.runtime: added 'k/'"]),
        ({"labels": {"secret": ["*.key"]}}, {}, ["labels.secret: removed '*.key'"]),
        (
            {"rules": [RULE]},
            {"rules": [RULE | {"severity": "ignore"}]},
            ["rules.a/b.severity: 'warn' became 'ignore'"],
        ),
        (
            {"rules": [RULE]},
            {"rules": [RULE | {"when": {"origin": ["unknown", "hotfix"], "path": "x"}}]},
            ["rules.a/b.when.origin: added 'hotfix'", "rules.a/b.when.path: added 'x'"],
        ),
        ({"rules": [RULE]}, {"rules": [RULE | {"when": {}}]}, ["rules.a/b.when.origin: removed 'unknown'"]),
        ({"rules": [RULE]}, {"rules": []}, ["rules.a/b: removed with severity warn"]),
        ({}, {"rules": [RULE]}, ["rules.a/b: added with severity warn"]),
        ({"rules": [RULE, {"id": "c"}]}, {"rules": [{"id": "c"}, RULE]}, ["rules: the order changed"]),
        (
            {"targets": {"p": {"packs": ["node", "pm2"]}}},
            {"targets": {"p": {"packs": ["node"]}}},
            ["targets.p.packs: removed 'pm2'"],
        ),
        (
            {"targets": {"p": {}}},
            {"targets": {"p": {"packs": ["node"]}}},
            ["targets.p.packs: added 'node'", "targets.p.packs: removed 'all that are shipped'"],
        ),
        (
            {"targets": {"p": {"packs": ["a", "b"]}}},
            {"targets": {"p": {"packs": ["b", "a"]}}},
            ["targets.p.packs: the order changed"],
        ),
        (
            {"labels": {"secret": ["a", "!b"]}},
            {"labels": {"secret": ["!b", "a"]}},
            ["labels.secret: the order changed"],
        ),
    ],
)
def test_a_change_is_a_line(before: dict[str, Any], after: dict[str, Any], lines: list[str]) -> None:
    assert policy_changes(before, after) == tuple(lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, None),
        ({}, None),
        ({"labels": {"a": ["x", "y"]}}, {"labels": {"a": ["y", "x"]}}),
        ({"rules": [RULE]}, {"rules": [RULE | {"when": {"origin": ["unknown"]}}]}),
        ({"targets": {"p": {"url": "a"}}}, {"targets": {"p": {"url": "b"}, "q": {"packs": ["node"]}}}),
        ({"labels": {"a": []}}, {}),
        ({"version": 1}, {"version": 1}),
    ],
)
def test_what_means_the_same_is_no_change(
    before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    assert policy_changes(before, after) == ()


def test_a_configuration_that_is_new_or_gone_is_compared_with_nothing() -> None:
    document = {"labels": {"generated": ["a"]}, "rules": [RULE]}
    assert policy_changes(None, document) == (
        "labels.generated: added 'a'",
        "rules.a/b: added with severity warn",
    )
    assert policy_changes(document, None) == (
        "labels.generated: removed 'a'",
        "rules.a/b: removed with severity warn",
    )


def test_an_older_document_may_be_of_any_shape() -> None:
    strange: dict[str, Any] = {"labels": 3, "rules": {"a": 1}, "targets": ["x"]}
    stranger: dict[str, Any] = {
        "labels": {"a": None, "b": 1},
        "rules": [1, None, []],
        "targets": {"p": None, "q": 2},
    }
    assert policy_changes(strange, stranger) == (
        "labels.b: added '1'",
        "rules.None: added with severity None",
    )
