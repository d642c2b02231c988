"""Scripts that cannot be read, or hardly."""

import pytest

from driftaudit.deploy.script.parser import ScriptSyntaxError, parse
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.simulation import simulate
from driftaudit.errors import UsageError
from tests.support.shell_models import live_effect, setting

LIVE = {"src/a": "0"}


def test_a_syntax_error_has_line_and_column() -> None:
    with pytest.raises(ScriptSyntaxError, match="line 2, column 1") as caught:
        parse("echo\nfi\n")
    assert (caught.value.line, caught.value.column) == (2, 1)


def test_windows_line_ends_are_said_and_the_worst_is_assumed() -> None:
    outcome = simulate("cd app\r\nrm -rf src\r\n", setting({}, LIVE), at_target=True)
    assert live_effect(outcome).deleted == {"src", "src/a"}
    problem = outcome.problems[0]
    assert (problem.trouble, problem.line, problem.may_touch) == (Trouble.LINE_ENDS, 1, True)


@pytest.mark.parametrize("text", ["echo x\n" * 10_001, "echo " + "x" * (1 << 20)])
def test_a_script_that_is_too_long(text: str) -> None:
    with pytest.raises(UsageError, match="longer than"):
        parse(text)


def test_ten_thousand_lines_are_read() -> None:
    outcome = simulate("touch app/x\n" * 9_999 + "rm app/src/a\n", setting({}, LIVE), at_target=True)
    assert live_effect(outcome).deleted == {"src/a"}
    assert outcome.lines[-1].line == 10_000


@pytest.mark.parametrize("text", ["(" * 3000 + ":" + ")" * 3000, "$(" * 3000 + ":" + ")" * 3000])
def test_depth_without_reason(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


@pytest.mark.parametrize("text", ["rm -rf \U000f0000", "", "\n\n# nothing\n", "\x00", "rm -rf \udcff"])
def test_strange_texts(text: str) -> None:
    try:
        outcome = simulate(text, setting({}, LIVE), at_target=True)
    except UsageError:
        return
    assert not live_effect(outcome).deleted


def test_a_run_without_an_end_is_said() -> None:
    outcome = simulate("while :; do touch app/x; rm app/x; done", setting({}, LIVE), at_target=True)
    assert any(problem.trouble is Trouble.ENDLESS and problem.may_touch for problem in outcome.problems)


@pytest.mark.parametrize("text", ["", "\n", "#!/bin/sh\n# to be written\n"])
def test_a_script_without_a_command_is_said(text: str) -> None:
    problems = simulate(text, setting({}, LIVE)).problems
    assert [(problem.trouble, problem.may_touch) for problem in problems] == [(Trouble.NOTHING_TO_RUN, True)]
