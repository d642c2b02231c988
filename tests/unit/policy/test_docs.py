"""The index of docs/rules.md and the page on waivers against what they describe."""

import re
from pathlib import Path

from driftaudit.config.waivers_schema import checked_waivers
from driftaudit.config.yaml_document import parse_document
from driftaudit.model.waiver import WaiverState
from driftaudit.policy.packs import available_packs, load_pack

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"
WAIVERS = PAGE.with_name("waivers.md")


def index_rows() -> list[list[str]]:
    index = PAGE.read_text().split("## Index\n")[1].split("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in index.splitlines()
        if line.startswith("| `")
    ]


def test_the_index_has_every_rule_of_the_shipped_packs_in_order_and_no_other() -> None:
    listed = [(row[0].strip("`"), row[2]) for row in index_rows() if len(row) == 3]
    rules = [rule for pack in available_packs() for rule in load_pack(pack).rules]
    assert listed == [(rule.id, rule.severity) for rule in rules]


def test_the_index_has_every_label_of_the_shipped_packs_and_no_other() -> None:
    listed = {
        row[0].strip("`"): set(re.findall(r"`([^`]+)`", row[1])) for row in index_rows() if len(row) == 2
    }
    assert listed == {pack: set(load_pack(pack).labels) for pack in available_packs()}


def test_the_page_on_waivers_shows_a_file_that_is_read_and_all_states() -> None:
    page = WAIVERS.read_text()
    example, build = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = checked_waivers(parse_document(f"{example}{build}".encode(), "waivers.md"))
    (waiver,) = file.waivers
    assert [each.path for each in file.builds] == ["public"]
    assert (waiver.permits_destroy, waiver.targets) == (True, ("production",))
    listed = re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)
    assert listed == [state.value for state in WaiverState]
