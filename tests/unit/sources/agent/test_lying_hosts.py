"""A host that answers in good order, and says what no agent says: an error that is told, never a crash."""

import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cache import Cache
from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.agent import reading
from driftaudit.sources.base import ScanRequest, no_progress

MARKER = "marker"
HELLO = {"root": "/r", "now": 1.7e9, "python": "3.11.0", "uid": 0, "executable": "/usr/bin/python3"}
ROW = ["a", 0o100644, 1, 10**18, 0, "a" * 40, ""]
COUNTS = [[1, 1, 1], False, "ext4"]


class Liar:
    """A channel whose other end says what it was told to, with a trailer that fits."""

    bytes_sent = bytes_received = 0

    def __init__(self, *frames: tuple[bytes, bytes]) -> None:
        data = b"".join(struct.pack(">cI", kind, len(payload)) + payload for kind, payload in frames)
        trailer = json.dumps({"frames": len(frames), "sha256": hashlib.sha256(data).hexdigest()}).encode()
        self.rest = b"\nmarker\n" + data + struct.pack(">cI", b"T", len(trailer)) + trailer

    def send(self, data: bytes) -> None:
        assert data

    def end_input(self) -> None:
        """Nothing is read."""

    def receive(self, size: int) -> bytes:
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def finish(self) -> tuple[int | None, bytes]:
        return 0, b""

    def close(self) -> None:
        self.rest = b""


def told(cache: Path, *frames: tuple[bytes, bytes]) -> Snapshot:
    request = ScanRequest(cache=Cache(cache))
    channel = Liar(*frames)
    return reading.read_tree(channel, SourceFacts("ssh", "u", "agent"), "/r", request, no_progress, host="h")


@pytest.fixture(autouse=True)
def marker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "new_marker", lambda: MARKER)


def plain(value: Any) -> bytes:
    return json.dumps(value).encode()


def packed(value: Any) -> bytes:
    return zlib.compress(plain(value))


def folders(*rows: list[Any], path: Any = "", state: Any = "", owners: Any = None) -> tuple[bytes, bytes]:
    return b"D", packed([[[path, state, list(rows)]], [], {"0": "root"} if owners is None else owners])


END = [(b"Q", packed([])), (b"U", zlib.compress(b"")), (b"N", plain(COUNTS))]


def test_an_honest_answer_is_a_tree(tmp_path: Path) -> None:
    found = told(tmp_path, (b"H", plain(HELLO)), folders(ROW, state="ab" * 16), *END)
    assert [entry.path for entry in found.entries] == ["a"]


LIES: dict[str, list[tuple[bytes, bytes]]] = {
    "no hello": END,
    "hello is a list": [(b"H", plain([]))],
    "hello is a word": [(b"H", plain("now"))],
    "a time that is none": [(b"H", plain({**HELLO, "now": "soon"}))],
    "a time without end": [(b"H", plain({**HELLO, "now": 1e999})), folders(ROW, state="ab" * 16), *END],
    "a root that is none": [(b"H", plain({**HELLO, "root": 7})), *END],
    "owners are a list": [folders(ROW, owners=["root"])],
    "an owner that nobody told": [folders([*ROW[:4], 9, *ROW[5:]])],
    "a mode without end": [folders(["a", 1 << 80, *ROW[2:]])],
    "a mode that is a word": [folders(["a", "file", *ROW[2:]])],
    "a name that is a number": [folders([7, *ROW[1:]])],
    "a row too short": [folders(ROW[:3])],
    "a folder that is a number": [folders(ROW, path=7)],
    "a folder twice": [folders(ROW), folders(ROW)],
    "a folder without end": [folders(ROW, state=None)],
    "a state that is none": [folders(ROW, state="xyz")],
    "a size without end": [folders(["a", 0o100644, 1 << 80, *ROW[3:]], state="ab" * 16)],
    "a size that is a word": [folders(["a", 0o100644, "much", *ROW[3:]])],
    "an equal folder that nobody asked for": [(b"Q", packed([["d", 1, 1, 1, "ab" * 16]]))],
    "an equal folder without its number": [(b"Q", packed([["d"]]))],
    "an unchanged folder that nobody knew": [(b"U", zlib.compress(b"\1"))],
    "an unknown kind of problem": [(b"D", packed([[], [["a", "odd", "?"]], {}]))],
    "brackets without end": [(b"D", zlib.compress(b"[" * 200_000))],
    "more brackets": [(b"G", b"[" * 200_000)],
    "no zlib": [(b"D", b"no zlib")],
    "no UTF-8": [(b"G", b"\xff\xfe")],
    "counts that are none": [(b"N", plain(7))],
    "an error that is none": [(b"E", plain([]))],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_an_error_that_is_told(lie: str, tmp_path: Path) -> None:
    frames = LIES[lie]
    kinds = {kind for kind, _payload in frames}
    hello = [] if lie == "no hello" or b"H" in kinds else [(b"H", plain(HELLO))]
    rest = [frame for frame in END if frame[0] not in kinds]
    with pytest.raises(SourceError) as caught:
        told(tmp_path, *hello, *frames, *rest)
    assert "\n" not in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../out", "a/b", "..", ".", "", "/etc", "nul\0nul"])
def test_a_name_that_no_file_can_have_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        told(tmp_path, (b"H", plain(HELLO)), folders([name, *ROW[1:]]), *END)
