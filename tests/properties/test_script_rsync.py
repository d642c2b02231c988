"""What the simulator says of an rsync line is what rsync does, for random options, filters and trees.

More lines: DRIFTAUDIT_SCRIPTS=300 python -m pytest tests/properties/test_script_rsync.py
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.properties.test_script_oracle import compared
from tests.support.programs import program
from tests.support.shell_sandbox import Tree
from tests.support.shell_scripts import paths, trees

LINES = int(os.environ.get("DRIFTAUDIT_SCRIPTS", "60"))
RULES = ["a", "/a", "a/", "*", "b*", "a/b", "/a/**", "**/c", "[ab]", "*/", "d/***", "?"]
KINDS = [f"--filter='{letter} {{}}'" for letter in "P-+RHS"] + ["--exclude='{}'", "--include='{}'"]
OPTIONS = [
    *["--delete-excluded", "--force", "--max-delete=1"],
    *["--existing", "--ignore-existing", "-b", "--backup-dir=old", "--suffix=.old", "-m", "-z", "--no-links"],
    *["--inplace", "-e ssh", "--stats", "-q", "--checksum", "--safe-links", "-n", "--chmod=u+x", "--dirs"],
]


@st.composite
def lines(draw: DrawFn) -> str:
    """Return an rsync line, in one direction or the other, or on one host."""
    words = ["rsync", draw(st.sampled_from(["-a", "-a", "-av", "-r", "-rl", "-rlt"]))]
    words += draw(st.sampled_from([[], ["--delete"], ["--delete"], ["--delete-after"], ["--delete-before"]]))
    words += draw(st.lists(st.sampled_from(OPTIONS), max_size=4, unique=True))
    rules = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(RULES)), max_size=4))
    words += [kind.format(rule) for kind, rule in rules]
    sources = draw(st.lists(st.one_of(paths, st.just(".")), min_size=1, max_size=2))
    ends = [source + draw(st.sampled_from(["", "/", "/"])) for source in sources]
    target = draw(st.one_of(paths, st.just("."), st.just("new"))) + draw(st.sampled_from(["", "/"]))
    where = draw(st.sampled_from(["to", "to", "to", "from", "there"]))
    if where == "there":  # no folder into itself: what comes of that hangs on when rsync comes to it
        target = "new/" if "." in sources else draw(st.sampled_from(["new", "new/", "b", "b/"]))
        ends = [end for end in ends if end[0] not in ".b"] or ["a/"]
        return f'ssh host "{" ".join([*words, *ends, target])}"'
    if where == "from":
        return " ".join([*words, f"user@host:{ends[0]}", target])
    return " ".join([*words, *ends, f"host:{target}"])


def _is_to_link(line: str, local: Tree, remote: Tree) -> bool:
    """Whether a line goes to a link: to one that leads nowhere the simulator says that it cannot tell."""
    target = line.rstrip('"').rpartition(" ")[2].removeprefix("host:").rstrip("/")
    return any(tree.get(target, "").startswith("-> ") for tree in (local, remote))


@pytest.mark.timeout(1800)
def test_what_rsync_would_do_is_what_it_does() -> None:
    program("rsync")
    counted: Counter[str] = Counter()

    @settings(
        max_examples=LINES,
        derandomize="DRIFTAUDIT_SCRIPTS" not in os.environ,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(lines(), trees(), trees())
    def check(line: str, local: Tree, remote: Tree) -> None:
        assume(not _is_to_link(line, local, remote))
        kind = compared(line, local, remote)
        counted[kind] += 1
        event(kind)

    check()
    assert counted["unsure"] <= 0.02 * counted.total(), counted
