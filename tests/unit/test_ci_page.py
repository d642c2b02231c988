"""docs/ci.md against the formats that it describes."""

import re
from pathlib import Path

from driftaudit.cli.output import Destination, destinations
from driftaudit.render import combined
from driftaudit.render.registry import FORMATS

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text()


def rows(head: str) -> list[list[str]]:
    table = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_format_is_there_and_no_other(tmp_path: Path) -> None:
    named = [name for row in rows("format") for name in re.findall(r"`([\w]+)`", row[0])]
    assert sorted(named) == sorted(FORMATS)


def test_the_endings_are_those_of_the_command_line() -> None:
    told = {row[1].strip("`"): row[0].strip("`") for row in rows("format") if row[1]}
    for ending, name in told.items():
        assert destinations([], [f"x{ending}"]) == [Destination(name, f"x{ending}")]


def test_the_signs_are_those_of_the_list() -> None:
    signs = {row[0].strip("`") for row in rows("sign")}
    assert signs == {"+", "-", "*", "!", "="}
    assert combined.__doc__ is not None
    assert all(f"`{sign}`" in combined.__doc__ for sign in signs)
