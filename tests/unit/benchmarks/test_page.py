"""The tables, and the page that they stand on."""

from pathlib import Path

import pytest

from benchmarks.page import BEGIN, END, goals_table, measured_part, put_into
from benchmarks.peers import CONTENDERS
from benchmarks.results import Key, Series
from benchmarks.tables import commands_table, size_table
from tests.unit.benchmarks.samples import record, results

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]


def test_a_row_says_what_was_measured() -> None:
    found = [row for row in rows(size_table(results(80_000), 80_000)) if row[0].strip() == "check, cold"]
    assert found[1] == [
        "check, cold", "20", "2.80 (1.40 to 4.20)", "0.70", "90", "20", "200.0", "5.0", "80,000", "0", "20",
    ]  # fmt: skip


def test_what_was_stopped_says_so_in_a_row_as_long_as_the_others() -> None:
    stopped = {**results(80_000), Key(80_000, 0, "rclone"): Series((), 60)}
    table = size_table(stopped, 80_000)
    assert "| rclone check | 0 | not finished in 60 s |" in table
    assert {line.count("|") for line in table.splitlines()} == {12}


def test_a_table_has_only_its_own_tree() -> None:
    assert "| 10,000 |" not in size_table(results(10_000, 80_000), 80_000)


def test_the_goals_say_met_and_not_measured() -> None:
    table = goals_table(results(80_000))
    assert "| cold, beside `rsync -c` | 80,000 | 0.75 times | 0.70 times | met |" in table
    assert "| peak memory of the client | 400,000 | 300 MB |  | not measured |" in table


def test_a_command_is_shown_without_names_of_this_machine() -> None:
    table = commands_table(CONTENDERS)
    assert str(Path.home()) not in table
    assert "127.0.0.1" not in table
    assert "`driftaudit check ssh://HOST/ROOT --deploy mirror --format json --no-cache`" in table


def test_only_what_is_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}old\n{END}after\n")
    put_into(page, "new\n")
    assert page.read_text() == f"before\n{BEGIN}new\n{END}after\n"


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n")
    with pytest.raises(SystemExit, match="both marks"):
        put_into(page, "new\n")
    assert page.read_text() == "text\n"


def test_the_page_of_the_documentation_has_its_marks(tmp_path: Path) -> None:
    copy = tmp_path / "page.md"
    copy.write_text(PAGE.read_text())
    put_into(copy, measured_part([record(80_000)]))
    assert "### 80,000 files, 1.30 GB, 5,000 folders" in copy.read_text()
    assert "`python -m benchmarks`: cores 2, rsync 3.2.7; load 0.1 before it began." in copy.read_text()
