"""Real packages: what we call missing is missing to Node, TypeScript and Python too, and vice versa."""

import pytest

from benchmarks.structure_oracle import run
from benchmarks.structure_packages import NPM, PYPI
from tests.support.programs import program


@pytest.mark.parametrize("spec", [*NPM, *PYPI])
def test_our_answers_are_those_of_node_and_python(spec: str) -> None:
    program("node")
    program("npm")
    whole, thinned = run(spec)
    assert whole.wrong + thinned.wrong == []
    assert whole.unparsed == 0
    assert whole.found > 0
    # A package has next to nothing that is missing; without a tenth of its sources it may.
    assert whole.missing < 10
