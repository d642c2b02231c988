"""Examples as tests of a pack: what fails is said with file and line."""

from pathlib import Path

import pytest

from driftaudit.errors import ConfigError
from driftaudit.policy.examples import failed_examples

PACK = """\
description: The shop.
labels: {exports: [/exports/]}
rules:
  - {id: shop/exports, when: {label: exports, kind: [file, symlink]}, severity: info, reason: Nightly.}
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("shop.yml").write_text(PACK)
    return Path("shop.examples.yml")


def test_examples_that_hold_give_no_failure(pack: Path) -> None:
    pack.write_text("""\
examples:
  - {path: [exports/a.csv, exports/b.csv], labels: [exports], severity: info, rule: shop/exports}
  - {path: exports/, labels: [exports], rule: core/unknown}
  - {path: exports/link, kind: symlink, rule: shop/exports}
  - {path: exports/a.csv, action: delete, severity: block, rule: core/only-copy}
  - {path: src/a.js, origin: missing, action: create, labels: [], rule: core/drift}
""")
    assert failed_examples("./shop.yml") == ()


def test_each_failure_is_a_line_with_path_and_place(pack: Path) -> None:
    pack.write_text("""\
examples:
  - path: [exports/a.csv, src/a.js]
    labels: [exports]
  - {path: exports/a.csv, labels: [], severity: block, rule: core/drift}
""")
    assert failed_examples("./shop.yml") == (
        "shop.examples.yml:2 src/a.js: labels should be [exports], found []",
        "shop.examples.yml:4 exports/a.csv: labels should be [], found [exports]",
        "shop.examples.yml:4 exports/a.csv: severity should be block, found info",
        "shop.examples.yml:4 exports/a.csv: rule should be core/drift, found shop/exports",
    )


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ("{path: a}", "2:5 (examples, 0) an example says what is expected: labels, severity or rule"),
        (
            "{path: a, origin: new, rule: r}",
            (
                "2:23 (examples, 0, origin) 'new' is not one of missing, stale, ahead, hotfix, "
                "leftover, moved, foreign, unknown, variant"
            ),
        ),
        ("{rule: r}", "2:5 (examples, 0) an example is about a 'path', or about 'health'"),
        ("{path: [], rule: r}", "2:12 (examples, 0, path) must not be empty"),
    ],
)
def test_a_wrong_example_is_told_where(pack: Path, example: str, message: str) -> None:
    pack.write_text(f"examples:\n  - {example}\n")
    with pytest.raises(ConfigError) as caught:
        failed_examples("./shop.yml")
    assert caught.value.message == f"shop.examples.yml:{message}"


def test_a_pack_without_examples_is_an_error(pack: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        failed_examples("./shop.yml")
    assert caught.value.message == "shop.examples.yml: No such file or directory"
