"""Results as a file."""

import json
from pathlib import Path

import pytest

from benchmarks.record import load, save, together
from benchmarks.results import Key, Series
from tests.unit.benchmarks.samples import record


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    first = record(80_000)
    first.results[Key(80_000, 0, "rclone")] = Series((), 60)
    save(first, tmp_path / "record.json")
    assert load(tmp_path / "record.json") == first


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 9}'])
def test_another_file_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(SystemExit, match=r"record\.json is"):
        load(tmp_path / "record.json")


def test_a_file_that_is_not_there_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no record"):
        load(tmp_path / "record.json")


def test_a_record_is_plain_json(tmp_path: Path) -> None:
    save(record(80_000), tmp_path / "record.json")
    assert json.loads((tmp_path / "record.json").read_text())["machine"]["cores"] == "2"


def test_runs_of_different_trees_go_together_and_those_of_the_same_do_not() -> None:
    assert {key.files for key in together([record(10_000), record(80_000)])} == {10_000, 80_000}
    with pytest.raises(SystemExit, match="80,000"):
        together([record(10_000, 80_000), record(80_000)])
