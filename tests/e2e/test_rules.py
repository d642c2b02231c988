"""`driftaudit rules` from the command line."""

from pathlib import Path

import pytest

from driftaudit.cli.main import run
from driftaudit.policy.packs import available_packs, load_pack

PACK = """\
description: The shop.
labels:
  exports: ["/exports/"]
rules:
  - {id: shop/exports, when: {label: exports, action: keep}, severity: info, reason: "Nightly."}
"""
EXAMPLES = """\
examples:
  - {path: exports/a.csv, labels: [exports], rule: shop/exports}
  - {path: [exports/b.csv, src/a.js], rule: shop/exports, severity: info}
"""
SETTINGS = """\
version: 1
targets:
  production: {url: ./live, packs: [node, ./shop.yml]}
labels:
  runtime: ["/var/", "!/var/templates/"]
rules:
  - id: own/templates
    when: {path: /var/templates/, origin: [unknown, hotfix]}
    severity: warn
    reason: "Edited."
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("shop.yml").write_text(PACK)
    return tmp_path


def listed(output: str) -> list[str]:
    """Return the ids of the rules in the order of the list."""
    return [line.split()[1] for line in output.splitlines() if line and not line.startswith(" ")]


def test_without_a_configuration_all_shipped_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list"]) == 0
    rules = [rule for pack in available_packs() for rule in load_pack(pack).rules]
    told = capsys.readouterr().out
    assert listed(told) == [rule.id for rule in rules]
    assert "core/only-copy  (guard)" in told


def test_the_projects_rules_come_first_and_core_last(capsys: pytest.CaptureFixture[str]) -> None:
    Path("driftaudit.yml").write_text(SETTINGS)
    assert run(["rules", "list"]) == 0
    told = capsys.readouterr().out
    assert listed(told)[:2] == ["own/templates", "shop/exports"]
    assert listed(told)[-1] == "core/drift"
    assert told.startswith(
        "warn   own/templates  driftaudit.yml:7\n"
        "       when path /var/templates/, origin hotfix or unknown\n"
        "       Edited.\n"
    )


def test_labels_are_listed_with_the_place_that_says_them(capsys: pytest.CaptureFixture[str]) -> None:
    Path("driftaudit.yml").write_text(SETTINGS)
    assert run(["rules", "list", "--labels"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  /exports/  (shop)" in lines
    assert "  node_modules/  (node)" in lines
    assert not any("__pycache__" in line for line in lines)
    runtime = lines[lines.index("runtime") : lines.index("secret")]
    assert runtime[-3:] == ["  /var/  (driftaudit.yml)", "  !/var/templates/  (driftaudit.yml)", ""]


def test_targets_with_different_packs_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    two = SETTINGS.replace("labels:", "  staging: {url: ./staging, packs: []}\nlabels:")
    Path("driftaudit.yml").write_text(two)
    assert run(["rules", "list"]) == 2
    assert "production, staging" in capsys.readouterr().err
    assert run(["rules", "list", "staging"]) == 0
    assert "shop/exports" not in listed(capsys.readouterr().out)
    assert run(["rules", "list", "--pack", "./shop.yml"]) == 0
    assert "shop/exports" in listed(capsys.readouterr().out)


def test_the_examples_of_all_shipped_packs_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(" examples, 0 failed")
    assert run(["rules", "test", "node", "node", "pm2"]) == 0
    assert capsys.readouterr().out == "13 examples, 0 failed\n"


def test_a_failing_example_is_named_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.examples.yml").write_text(EXAMPLES)
    assert run(["rules", "test", "./shop.yml"]) == 3
    assert capsys.readouterr().out == (
        "shop.examples.yml:3 src/a.js: severity should be info, found warn\n"
        "shop.examples.yml:3 src/a.js: rule should be shop/exports, found core/unknown\n"
        "2 examples, 1 failed\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["test", "nod"], "there is no pack 'nod'; did you mean 'node'?"),
        (["test", "./absent.yml"], "absent.examples.yml: No such file or directory"),
        (["list", "--pack", "nod"], "there is no pack 'nod'; did you mean 'node'?"),
        (["list", "--config", "absent.yml"], "absent.yml: No such file or directory"),
        (["list", "absent"], "there is no target 'absent'"),
        (["explain"], "No such command 'explain'"),
    ],
)
def test_what_is_not_there_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run(["rules", *words]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""


@pytest.mark.parametrize("words", [["list", "--pack", "./shop.yml"], ["test", "./shop.yml"]])
def test_a_broken_pattern_is_told_with_its_place_and_what_is_wrong(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    Path("shop.yml").write_text(PACK.replace('["/exports/"]', '["/exports/", "/cache[/"]'))
    Path("shop.examples.yml").write_text(EXAMPLES)
    assert run(["rules", *words]) == 2
    told = capsys.readouterr()
    place = "driftaudit: shop.yml:3:26 (labels, exports, 1) "
    assert told.err == f"{place}'/cache[/' matches nothing: a bracket is not closed\n"
    assert told.out == ""
