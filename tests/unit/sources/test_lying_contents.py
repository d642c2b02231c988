"""A host that gives other contents than it was asked for: an error or a problem, and never a wrong file."""

import json
from pathlib import Path
from typing import Any

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.repo import blob_id
from driftaudit.sources.agent import fetching
from driftaudit.sources.base import Fetched, FetchRequest, no_progress
from driftaudit.sources.intake import Bring, fetched
from driftaudit.sources.method import Place
from driftaudit.sources.shell.fetching import fetch_over
from tests.support.local_shell import ReplayChannel
from tests.unit.sources.agent.test_lying_hosts import HELLO, MARKER, Liar

MARK = "mark"


def entry(path: str, content: bytes) -> Entry:
    return Entry(path, Kind.FILE, "100644", len(content), blob_id(content, "sha1"))


WANTED = (entry("one", b"1111"), entry("two", b"22"))


@pytest.fixture(autouse=True)
def marker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "new_marker", lambda: MARKER)


def from_agent(kept: Path, *frames: tuple[bytes, Any]) -> Fetched:
    raw = [
        (kind, value if isinstance(value, bytes) else json.dumps(value).encode()) for kind, value in frames
    ]

    def bring(entries: Any, intake: Any) -> None:
        channel = Liar((b"H", json.dumps(HELLO).encode()), *raw)
        fetching.fetch_over(channel, "/r", entries, intake, host="h", archive=None)

    return whatever_came(kept, bring)


def from_shell(kept: Path, *records: str) -> Fetched:
    said = "".join(f"\n{MARK}{record}" for record in ("H1//r\n/", "B", *records))

    def bring(entries: Any, intake: Any) -> None:
        fetch_over(ReplayChannel(said.encode()), Place("h", "/r"), entries, intake, MARK)

    return whatever_came(kept, bring)


def whatever_came(kept: Path, bring: Bring) -> Fetched:
    """Fetch, and see that nothing wrong was left in the folder."""
    try:
        return fetched(FetchRequest(WANTED, kept), no_progress, "h", bring)
    finally:
        assert all(blob_id(file.read_bytes(), "sha1") == file.name for file in kept.iterdir())


GIVEN = [(b"C", [0, 4]), (b"B", b"1111")]
REST = [(b"C", [1, 2]), (b"B", b"2"), (b"P", [0, 0, 0]), (b"B", b"2")]


def test_an_honest_answer_gives_files(tmp_path: Path) -> None:
    found = from_agent(tmp_path, *GIVEN, *REST)
    assert {path: file.read_bytes() for path, file in found.files.items()} == {"one": b"1111", "two": b"22"}
    assert from_agent(tmp_path, *GIVEN, (b"X", [1, "vanished", "gone"])).problems[0].path == "two"
    amid = from_agent(tmp_path, *GIVEN, *REST[:2], (b"X", [1, "unreadable", "EIO"]))
    assert (set(amid.files), amid.problems[0].detail) == ({"one"}, "EIO")


def test_another_content_of_the_right_size_is_a_problem(tmp_path: Path) -> None:
    found = from_agent(tmp_path, (b"C", [0, 4]), (b"B", b"evil"), *REST)
    assert [problem.path for problem in found.problems] == ["one"]


@pytest.mark.parametrize(
    "frames",
    [
        [],
        GIVEN,
        [*GIVEN, *GIVEN, *REST],
        [*GIVEN, (b"C", [2, 4]), (b"B", b"3333"), *REST],
        [*GIVEN, (b"C", [-1, 2]), (b"B", b"22")],
        [*GIVEN, (b"C", ["../two", 2]), (b"B", b"22")],
        [*GIVEN, (b"C", [[1], 2]), (b"B", b"22")],
        [*GIVEN, (b"C", [1, 1 << 60])],
        [*GIVEN, (b"C", [1, "2"]), (b"B", b"22")],
        [*GIVEN, (b"C", [1, 2]), (b"B", b"2")],
        [*GIVEN, (b"C", [1, 2]), (b"B", b"222")],
        [*GIVEN, *REST, (b"B", b"2")],
        [(b"B", b"1111")],
        [(b"C", [0, 4]), *REST, (b"B", b"1111")],
        [*GIVEN, (b"X", [1, "of-no-kind", ""])],
        [*GIVEN, (b"X", [0, "vanished", ""]), *REST],
        [*GIVEN, (b"X", [1])],
        [*GIVEN, (b"X", {})],
        [*GIVEN, (b"C", b"no json")],
        [*GIVEN, (b"E", ["OSError", "told by the host"])],
    ],
)
def test_what_no_agent_says_is_refused(frames: list[tuple[bytes, Any]], tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        from_agent(tmp_path, *frames)
    assert "\n" not in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize(
    "records",
    [
        ["B", "Z"],
        ["C1111", "B", "Z"],
        ["C1111", "C22", "C333", "B", "Z"],
        ["C1111", "C22", "B", "D0123", "Z"],
        ["C1111", "Hwhat", "B"],
        ["C1111", "B"],
        ["C1111"],
        ["S0/0", "B"],
        [],
    ],
)
def test_what_no_script_says_is_refused(records: list[str], tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        from_shell(tmp_path, *records)
    assert caught.value.advice
