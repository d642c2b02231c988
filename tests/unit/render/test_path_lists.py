"""The list with signs, the lists of names, and GitHub's workflow commands."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.cli.output import Destination, destinations, write
from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Action, Finding
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render import combined, github
from driftaudit.render.base import RenderOptions
from driftaudit.render.path_lists import PATH_LISTS

ODD = ["a b", "new\nline", "caf\udce9", "-rf", "* x", "::error::x", "\u202e"]


def test_the_signs_are_those_of_rclone(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding], entry_of: Callable[..., Entry]
) -> None:
    same = {"desired": entry_of("same.js"), "deployed": entry_of("same.js"), "aspects": ()}
    audit = audit_of(
        finding_of("only-live.js"),
        finding_of("only-desired.js", Action.CREATE, "core/drift"),
        finding_of("both.js", Action.OVERWRITE),
        finding_of("same.js", Action.DELETE, "core/drift", **same),
        finding_of("unread.js", Action.OVERWRITE, aspects=()),
        finding_of("lost.js"),
        problems=(
            Problem("lost.js", ProblemKind.UNREADABLE, "Permission denied"),
            Problem("", ProblemKind.SHALLOW_CLONE, "50 commits"),
        ),
    )
    assert combined.render(audit, RenderOptions()).splitlines() == [
        "! .",
        "* both.js",
        "! lost.js",
        "+ only-desired.js",
        "- only-live.js",
        "= same.js",
        "! unread.js",
    ]


@given(st.lists(st.text(st.characters(codec=None), min_size=1), unique=True))
def test_each_path_is_one_line(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding], names: list[str]
) -> None:
    audit = audit_of(*map(finding_of, names))
    lines = combined.render(audit, RenderOptions()).split("\n")[:-1]
    assert len(set(lines)) == len(lines) == len(names)
    annotations = github.render(audit, RenderOptions()).split("\n")[:-1]
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in annotations)


def test_the_lists_by_class(incident: Callable[..., Audit]) -> None:
    audit = incident()
    drawn = {name: draw(audit, RenderOptions()).split("\0")[:-1] for name, draw in PATH_LISTS.items()}
    assert drawn["creates0"] == [
        "src/middleware/rate-limit.js",
        "src/routes/admin-users.js",
        "src/services/analytics.js",
    ]
    assert drawn["overwrites0"] == ["src/config.js", "src/start.sh"]
    assert len(drawn["deletes0"]) == 17
    assert drawn["abandons0"] == []
    assert "src/services/freeswitch.js" in drawn["blocking0"]
    assert drawn["unseen0"] == ["src/private"]


def test_names_are_written_byte_for_byte(
    tmp_path: Path, audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    report = PATH_LISTS["deletes0"](audit_of(*map(finding_of, ODD)), RenderOptions())
    write(Destination("deletes0", str(tmp_path / "list")), report)
    found = (tmp_path / "list").read_bytes().split(b"\0")
    assert found == [*sorted(map(os.fsencode, ODD), key=os.fsdecode), b""]


def test_endings_name_formats(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("a.sarif", "b.xml", "c.md")]
    assert [place.format for place in destinations([], files)] == ["sarif", "junit", "markdown"]


@pytest.mark.parametrize("verdict", Verdict)
def test_annotations_lead_with_the_verdict(verdict: Verdict, audit_of: Callable[..., Audit]) -> None:
    first = github.render(audit_of(verdict=verdict, reason="50%, say"), RenderOptions()).splitlines()[0]
    command = "notice" if verdict is Verdict.PASS else "error"
    assert first == f"::{command} title=driftaudit%3A production {verdict.value}::50%25, say"


def test_an_annotation_is_at_the_file_of_the_repository(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    odd = "src/a,b:c%\n.js"
    audit = audit_of(finding_of(odd), mapping=PathMapping((("api/src", "src"),)))
    line = github.render(audit, RenderOptions()).splitlines()[1]
    assert line.startswith("::error file=api/src/a%2Cb%3Ac%25\\n.js,line=1,title=core/only-copy::delete ")


def test_more_than_are_shown_are_counted(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    lines = github.render(audit_of(*(finding_of(str(at)) for at in range(30))), RenderOptions()).splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert lines[-1].endswith("::21 more of 30 findings: the report has them all.")
