"""The shipped packs against their examples, and the examples against the packs."""

import pytest

from driftaudit.config.patterns import PathPatterns
from driftaudit.config.validation import validate
from driftaudit.config.yaml_document import load_document
from driftaudit.policy.examples import examples_path, failed_examples
from driftaudit.policy.pack_schema import ExamplesModel
from driftaudit.policy.packs import available_packs, load_pack, pack_path, validated_pack

PACKS = available_packs()
CORE_RULES = {
    "core/generated": "ignore",
    "core/precious": "block",
    "core/expected": "ignore",
    "core/only-copy": "block",
    "core/unsafe-copy": "block",
    "core/lfs-unverified": "warn",
    "core/lfs-pointer": "warn",
    "core/hand-edited": "warn",
    "core/unknown": "warn",
    "core/ahead": "warn",
    "core/not-healthy": "warn",
    "core/missing-module": "warn",
    "core/would-break-beside": "warn",
    "core/would-break": "block",
    "core/variant": "info",
    "core/drift": "info",
}


@pytest.mark.parametrize("pack", PACKS)
def test_every_example_comes_out_as_it_says(pack: str) -> None:
    assert failed_examples(pack) == ()


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_that_is_read_quickly_is_what_the_checked_reading_gives(pack: str) -> None:
    assert load_pack(pack) == validated_pack(pack_path(pack))


@pytest.mark.parametrize("pack", PACKS)
def test_every_pattern_has_an_example(pack: str) -> None:
    examples = validate(load_document(examples_path(pack)), ExamplesModel).examples
    paths = [(path.rstrip("/"), path.endswith("/")) for example in examples for path in example.path]
    patterns = [pattern.removeprefix("!") for rows in load_pack(pack).labels.values() for pattern in rows]
    matchers = {pattern: PathPatterns([pattern]) for pattern in patterns}
    assert [
        pattern for pattern in patterns if not any(matchers[pattern].match(*path) for path in paths)
    ] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_has_an_example(pack: str) -> None:
    examples = validate(load_document(examples_path(pack)), ExamplesModel).examples
    assert {rule.id for rule in load_pack(pack).rules} <= {example.rule for example in examples}


def test_the_rules_of_core_and_their_order_are_the_contract() -> None:
    assert [(rule.id, rule.severity) for rule in load_pack("core").rules] == list(CORE_RULES.items())
