"""Names of packages: what we find Node finds, at the same place, and what is missing to us is to Node."""

import random
from collections import Counter
from pathlib import Path

from driftaudit.structure.imports import Form, Import
from driftaudit.structure.resolution import Resolution, State
from tests.support.node_packages import Question, found_by_node, some_tree
from tests.support.structure import analysis_of

_TREES = 80
_MISSING = (State.MISSING, State.NOT_INSTALLED)


def test_node_finds_what_we_find_and_misses_what_we_miss(tmp_path: Path) -> None:
    odd = random.Random(20251103)
    trees = [some_tree(odd) for _ in range(_TREES)]
    asked = []
    for number, tree in enumerate(trees):
        tree.write(tmp_path / str(number))
        asked += [(str(tmp_path / str(number) / q.importer), q.name, q.way) for q in tree.questions]
    answers = iter(found_by_node(asked))
    wrong: list[object] = []
    told: Counter[tuple[State, bool]] = Counter()
    for number, tree in enumerate(trees):
        top = f"{tmp_path.resolve()}/{number}/"
        analysis = analysis_of(tree.files, links=tree.links)
        for question in tree.questions:
            theirs = [place.removeprefix(top) for place in next(answers)]
            form = Form.REQUIRE if question.way == "require" else _form(question)
            ours = analysis.resolve(question.importer, Import(question.name, 1, form))
            told[ours.state, bool(theirs)] += 1
            if not _agree(ours, theirs):
                wrong.append((number, question, ours, theirs))
    assert wrong == []
    for state in (State.FOUND, State.MISSING, State.GIVEN, State.NOT_INSTALLED):
        assert told[state, state in (State.FOUND, State.GIVEN)] > _TREES / 2
    assert told[State.UNKNOWN, True] < told[State.FOUND, True] / 50


def _form(question: Question) -> Form:
    return Form.IMPORT_CALL if question.way == "import" else Form.IMPORT


def _agree(ours: Resolution, theirs: list[str]) -> bool:
    if ours.state in _MISSING:
        return not theirs
    if ours.state is State.FOUND:
        return ours.path in theirs
    return ours.state is State.UNKNOWN or theirs == ["built-in"]
