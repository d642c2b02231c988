"""What --help says fits a terminal of 80 columns, tables that click does not wrap too."""

import click
import pytest
from click.testing import CliRunner

from driftaudit.cli.main import cli


@pytest.mark.parametrize("name", [None, *sorted(cli.list_commands(click.Context(cli)))])
def test_no_line_is_longer_than_a_terminal(name: str | None) -> None:
    words = [name, "--help"] if name else ["--help"]
    said = CliRunner().invoke(cli, words, terminal_width=80, prog_name="driftaudit")
    assert said.exit_code == 0
    assert [line for line in said.output.splitlines() if len(line) > 80] == []
