"""Where packs are read from, and what a wrong one is told."""

from pathlib import Path

import pytest

from driftaudit.errors import ConfigError, UsageError
from driftaudit.policy.packs import available_packs, load_pack

PACK = """\
description: The shop.
labels:
  runtime: [/exports/]
rules:
  - {id: shop/exports, when: {path: /exports/}, severity: info, reason: Nightly.}
"""


def test_core_is_the_last_of_the_shipped_packs() -> None:
    assert available_packs() == ("node", "php", "pm2", "python", "core")


def test_a_shipped_pack_is_read_by_its_name() -> None:
    pack = load_pack("node")
    assert (pack.name, pack.path.name) == ("node", "node.yml")
    assert "node_modules/" in pack.labels["generated"]


def test_a_pack_of_ones_own_is_read_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.yml").write_text(PACK)
    monkeypatch.chdir(tmp_path)
    pack = load_pack("./shop.yml")
    assert (pack.name, pack.description) == ("shop", "The shop.")
    assert [rule.where for rule in pack.rules] == ["shop.yml:5"]
    assert load_pack(str(tmp_path / "shop.yml")).rules == pack.rules


def test_an_unknown_pack_is_told_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        load_pack("nod")
    assert caught.value.message == "there is no pack 'nod'; did you mean 'node'?"
    assert (
        caught.value.advice
        == "Shipped packs: node, php, pm2, python, core. A file of your own begins with './'."
    )


def test_examples_are_no_pack() -> None:
    with pytest.raises(UsageError, match=r"there is no pack 'core\.examples'"):
        load_pack("core.examples")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "id: shop/",
            "id: mall/",
            "shop.yml:5:10 (rules, 0, id) 'mall/exports' must begin with the name of its pack: 'shop/'",
        ),
        ("description: The shop.\n", "", "shop.yml:1:1 'description' is missing"),
        ("labels:", "label:", "shop.yml:2:1 unknown key 'label'; did you mean 'labels'?"),
        (
            "/exports/]",
            "./a]",
            (
                "shop.yml:3:13 (labels, runtime, 0) './a' matches nothing: "
                "patterns begin at the root, without '.' and '..'"
            ),
        ),
    ],
)
def test_a_wrong_pack_is_told_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    (tmp_path / "shop.yml").write_text(PACK.replace(old, new))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_pack("./shop.yml")
    assert caught.value.message == message


def test_a_pack_of_ones_own_cannot_be_called_core(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_pack(f"{tmp_path}/core.yml")
    assert caught.value.message == f"{tmp_path}/core.yml: a shipped pack is called 'core'"


def test_a_pack_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_pack(f"{tmp_path}/none.yml")
    assert caught.value.message == f"{tmp_path}/none.yml: No such file or directory"
