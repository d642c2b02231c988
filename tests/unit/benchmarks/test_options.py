"""The command line of the benchmark."""

import pytest

from benchmarks.options import options
from benchmarks.peers import BY_NAME


def test_what_is_left_out_has_a_default() -> None:
    asked = options([])
    assert asked.sizes == [10_000, 80_000]
    assert asked.drifts == [0, 20, 2_000]
    assert asked.rounds == 5
    assert list(asked.contenders) == list(BY_NAME.values())


def test_a_part_can_be_asked_for() -> None:
    line = "--sizes 400,000 80000 --drift 20 0 --rounds 1 --only check-warm,rsync"
    asked = options(line.split())
    assert asked.sizes == [80_000, 400_000]
    assert asked.drifts == [0, 20]
    assert [contender.name for contender in asked.contenders] == ["check-warm", "rsync"]
    assert asked.shown.endswith("--drift 20 0 --rounds 1 --only check-warm,rsync")


@pytest.mark.parametrize("line", ["--only nonsense", "--rounds 0", "--sizes 0", "--drift -1", "--sizes many"])
def test_what_makes_no_sense_is_refused(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(line.split())
    assert "usage:" in capsys.readouterr().err
