"""Files that patterns name, looked up by the program."""

import json
import sys
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.sources.agent import matching
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.matching import Match, matches_over
from tests.support import interpreters
from tests.unit.sources.agent.test_lying_hosts import MARKER, Liar


def matches(*patterns: str) -> tuple[Match, ...]:
    return matches_over(LocalChannel(), patterns, "here", nice=0)


def names(*patterns: str) -> list[str]:
    return [Path(match.path).name for match in matches(*patterns)]


def test_patterns_are_those_of_a_shell(tmp_path: Path) -> None:
    for name in ("a-1.tgz", "a-2.tgz", "b-1.tgz", ".a-3.tgz", "sub/a-4.tgz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("12345")
    assert names(f"{tmp_path}/a-*.tgz") == ["a-1.tgz", "a-2.tgz"]
    assert names(f"{tmp_path}/[ab]-1.tgz") == ["a-1.tgz", "b-1.tgz"]
    assert names(f"{tmp_path}/*/a-?.tgz") == ["a-4.tgz"]
    assert names(f"{tmp_path}/none*") == []
    first = matches(f"{tmp_path}/a-1.tgz")[0]
    seen = (tmp_path / "a-1.tgz").stat()
    assert (first.size, first.modified_ns, first.is_folder, first.fault) == (5, seen.st_mtime_ns, False, "")


def test_a_name_that_is_there_is_no_pattern(tmp_path: Path) -> None:
    for name in ("a[1].tgz", "a1.tgz", "a\x80.tgz".encode("utf-8", "surrogateescape").decode(), "new\nline"):
        (tmp_path / name).touch()
        assert names(f"{tmp_path}/{name}") == [name]


def test_a_link_leads_to_where_the_file_really_is(tmp_path: Path) -> None:
    (tmp_path / "real.tgz").touch()
    (tmp_path / "link.tgz").symlink_to("real.tgz")
    (match,) = matches(f"{tmp_path}/link.tgz")
    assert (Path(match.path).name, match.real_path) == ("link.tgz", str(tmp_path.resolve() / "real.tgz"))


def test_what_cannot_be_had_says_why(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    assert [match.fault for match in matches(f"{tmp_path}/dangling")] == ["No such file or directory"]
    assert [match.fault for match in matches(f"{tmp_path}/gone")] == ["No such file or directory"]
    (match,) = matches(f"{tmp_path}/no-folder/*.tgz")
    assert match.fault == f"{tmp_path}/no-folder: No such file or directory"


@pytest.mark.parametrize("version", interpreters.VERSIONS)
def test_every_python_of_this_machine_finds_the_same(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "é-1.tgz").write_text("1")
    expected = matches(f"{tmp_path}/*-1.tgz")
    interpreter = interpreters.interpreter(version)
    if interpreter is None:
        return  # this machine has none of that version
    monkeypatch.setattr(sys, "executable", interpreter)
    assert matches(f"{tmp_path}/*-1.tgz") == expected


GOOD = [0, "/b/x", "/b/x", 1, 2, False, ""]


@pytest.mark.parametrize(
    "row",
    [
        [9, *GOOD[1:]],
        [-1, *GOOD[1:]],
        GOOD[:5],
        [0, 7, *GOOD[2:]],
        [0, "", *GOOD[2:]],
        [0, "/b\0", *GOOD[2:]],
        [*GOOD[:4], "soon", False, ""],
        [*GOOD[:4], None, False, ""],
        [*GOOD[:3], "much", 2, False, ""],
        {},
        7,
    ],
)
def test_a_host_that_lies_is_an_error(row: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "new_marker", lambda: MARKER)
    answer = (b"F", json.dumps(GOOD).encode())
    assert len(matches_over(Liar(answer), ["/b/*"], "h")) == 1
    with pytest.raises(SourceError):
        matches_over(Liar((b"F", json.dumps(row).encode())), ["/b/*"], "h")
    with pytest.raises(SourceError, match="denied"):
        matches_over(Liar((b"E", json.dumps(["OSError", "denied"]).encode())), ["/b/*"], "h")
