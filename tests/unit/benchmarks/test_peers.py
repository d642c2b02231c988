"""The registry of what is measured."""

import shlex

import pytest

from benchmarks.peers import BY_NAME, CONTENDERS, SHOWN, Contender


def test_names_are_there_once() -> None:
    assert len(BY_NAME) == len(CONTENDERS)


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.name)
def test_what_is_shown_is_what_is_run(contender: Contender) -> None:
    assert shlex.split(contender.shown) == contender.command(SHOWN)


def test_a_command_is_easy_to_read() -> None:
    assert BY_NAME["find"].shown == "ssh HOST \"find ROOT -printf '%p %s %T@ %C@ %i\\n'\""


def test_a_program_that_is_not_there_is_absent_and_our_own_never_is() -> None:
    assert Contender("x", "x", lambda _place: [], program="no-such-program").absent
    assert not BY_NAME["git-status"].absent
    assert not BY_NAME["check-cold"].absent
