"""Names of modules: what we find Python finds, and what is missing to us is to Python."""

import random
from collections import Counter
from pathlib import Path

from driftaudit.structure.imports import Form, Import
from driftaudit.structure.python.resolver import PythonResolver
from driftaudit.structure.resolution import State
from tests.support.python_packages import found_by_python, some_tree
from tests.support.structure import analysis_of

_TREES = 20


def test_python_finds_what_we_find_and_misses_what_we_miss(tmp_path: Path) -> None:
    odd = random.Random(20251103)
    trees = [some_tree(odd) for _ in range(_TREES)]
    analyses = [analysis_of(tree.files) for tree in trees]
    asked = []
    for number, (tree, analysis) in enumerate(zip(trees, analyses, strict=True)):
        tree.write(tmp_path / str(number))
        roots = PythonResolver(analysis.tree, lambda _path: None, lambda _oid: None).roots
        asked += [(str(tmp_path / str(number)), q.importer, roots, q.module, q.name) for q in tree.questions]
    answers = iter(found_by_python(asked))
    told: Counter[tuple[State, bool]] = Counter()
    wrong: list[object] = []
    for number, (tree, analysis) in enumerate(zip(trees, analyses, strict=True)):
        for question in tree.questions:
            names = (question.name,) if question.name else ()
            ours = analysis.resolve(question.importer, Import(question.module, 1, Form.PYTHON, names))
            is_there = next(answers)
            if ours.sure:
                told[ours.state, is_there] += 1
            if ours.sure and ours.state is not State.UNKNOWN and ours.is_fine != is_there:
                wrong.append((number, question, ours, is_there))
    assert wrong == []
    assert min(told[State.FOUND, True], told[State.MISSING, False]) > _TREES
    assert told[State.GIVEN, True] > 0
    assert told[State.UNKNOWN, True] < told[State.FOUND, True] / 2
