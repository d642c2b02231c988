"""The README and the pages beside it against the code that they describe."""

import re
import shlex
from itertools import groupby
from pathlib import Path

import click
import pytest
import yaml

from docs.pictures import PICTURE, picture
from driftaudit.cli.main import COMMANDS, cli
from driftaudit.config.settings import load_settings
from driftaudit.deploy.registry import METHODS, WORST_CASE
from driftaudit.errors import ExitCode

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text()
EXIT_CODES = (TOP / "docs" / "exit-codes.md").read_text()
PAGES = sorted([TOP / "README.md", TOP / "CHANGELOG.md", *(TOP / "docs").rglob("*.md")])


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    """Return every driftaudit command of the README: in blocks, in a pipeline's steps, in the text."""
    lines = [line.strip() for block in blocks("(?:sh|yaml)") for line in block.splitlines()]
    shown = [line.removeprefix("- run: ") for line in lines]
    inline: list[str] = re.findall(r"`(driftaudit [^`]+)`", README)
    return [line for line in shown if line.startswith("driftaudit ")] + inline


def tables(page: str) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, the first row its head."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        for line in page.splitlines()
    ]
    found = [[row for row in group if row] for is_table, group in groupby(rows, bool) if is_table]
    return [[head, *body] for head, _rule, *body in found]


def table(page: str, first_head: str) -> list[list[str]]:
    return next(rows for rows in tables(page) if rows[0][0] == first_head)


def resolve(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that the words name, and what is left of them."""
    command: click.Command | None = cli
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words[0])
        words = words[1:]
    assert command is not None
    return command, words


def test_the_readme_shows_commands() -> None:
    assert len(commands()) > 10


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_readme_is_understood(line: str) -> None:
    command, arguments = resolve(shlex.split(line, comments=True)[1:])
    command.make_context(str(command.name), arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    for name in re.findall(r"`driftaudit ([a-z]+)", page.read_text()):
        assert name in COMMANDS


def test_the_exit_codes_are_those_of_the_code() -> None:
    rows = table(EXIT_CODES, "code")
    assert [(int(code), name) for code, name, _meaning in rows[1:]] == [
        (int(code), code.name.lower()) for code in ExitCode
    ]
    assert table(README, "code") == rows


def test_the_deploy_methods_are_those_of_the_code() -> None:
    named = [row[0].strip("`") for row in table(README, "method")[1:]]
    assert named == [*(name for name in METHODS if name != WORST_CASE), "script", "none"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if not link.startswith("https://"):
            assert (page.parent / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE)
    assert set(named) <= targets


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    (text,) = [block for block in blocks("yaml") if block.startswith("version:")]
    path = tmp_path / "driftaudit.yml"
    path.write_text(text)
    assert list(load_settings(path).targets) == ["production"]


def test_the_pipeline_of_the_readme_fetches_the_history_and_checks_before_it_deploys() -> None:
    (text,) = [block for block in blocks("yaml") if block.startswith("steps:")]
    steps = yaml.safe_load(text)["steps"]
    assert steps[0]["with"] == {"fetch-depth": 0}
    runs = [step["run"] for step in steps if "run" in step]
    assert runs[-2].startswith("driftaudit check ")
    assert runs[-1] == "./deploy.sh"


def test_the_picture_is_what_the_incident_prints_now() -> None:
    assert PICTURE.read_text() == picture(), "run `make pictures`, and look at the difference"


def test_the_picture_asks_nobody_for_anything() -> None:
    addresses = re.findall(r"[a-z]+://[^\"' )<]+", PICTURE.read_text())
    assert addresses == ["http://www.w3.org/2000/svg"]  # the name of the format, which nobody fetches
