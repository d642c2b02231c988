"""The page on probes, and the schemas, against the code."""

import json
import re
from pathlib import Path
from typing import get_args

from driftaudit.config.probes_schema import ProbeModel
from driftaudit.config.settings import ProbeKind, load_settings
from driftaudit.model.probe import HealthKind

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "probes.md").read_text()


def first_cells(section: str) -> list[str]:
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([a-z0-9_-]+)` \|", text, re.MULTILINE)


def test_the_page_has_every_kind_option_and_finding() -> None:
    kinds = get_args(ProbeKind)
    options = [field.alias or name for name, field in ProbeModel.model_fields.items() if name not in kinds]
    assert sorted(first_cells("Kinds")) == sorted([*kinds, *options])
    assert first_cells("What is found") == [kind.value for kind in HealthKind]


def test_the_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    target, more, rules = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    more = more.replace("irisx-admin", "irisx-api")
    path = tmp_path / "driftaudit.yml"
    path.write_text(f"version: 1\n{target}{more}{rules}")
    settings = load_settings(path)
    assert [probe.kind for probe in settings.targets["production"].probes] == [
        *("pm2", "tcp", "http", "http", "tcp", "http", "command"),
    ]
    assert settings.rules[0].conditions.health == {HealthKind.PORT_CLOSED, HealthKind.OTHER_PROCESS}


def test_all_schemas_have_the_same_words_for_probes() -> None:
    names = ("probe", "report", "guard")
    schemas = [json.loads((DOCS / f"{name}.schema.json").read_text())["$defs"] for name in names]
    assert all(each["probe"] == schemas[0]["probe"] for each in schemas)
    assert all(each["health"] == schemas[0]["health"] for each in schemas)
    assert schemas[0]["health"]["properties"]["kind"]["enum"] == [kind.value for kind in HealthKind]
    assert set(schemas[0]["probe"]["properties"]["kind"]["enum"]) == set(get_args(ProbeKind))
