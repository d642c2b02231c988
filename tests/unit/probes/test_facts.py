"""The host's tables: as they are here, and as a host could make them up."""

import hashlib
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.errors import SourceError
from driftaudit.probes import facts
from driftaudit.probes.facts import FactsRequest, HostFacts, facts_over
from driftaudit.sources.agent.local import LocalChannel
from tests.support.git import write

MARKER = "driftaudit-marker"
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.just("root"), inner),
    max_leaves=12,
)


class Saying:
    """A channel over which a host says what it likes."""

    bytes_sent = 0
    bytes_received = 0

    def __init__(self, frames: list[tuple[bytes, object]]) -> None:
        packed = b""
        for kind, value in frames:
            payload = json.dumps(value).encode()
            packed += struct.pack(">cI", kind, len(payload)) + payload
        trailer = json.dumps({"frames": len(frames), "sha256": hashlib.sha256(packed).hexdigest()}).encode()
        self._left = f"\n{MARKER}\n".encode() + packed + struct.pack(">cI", b"T", len(trailer)) + trailer

    def send(self, data: bytes) -> None:
        """Take the program."""

    def end_input(self) -> None:
        """Go on."""

    def receive(self, size: int) -> bytes:
        data, self._left = self._left[:size], self._left[size:]
        return data

    def finish(self) -> tuple[int | None, bytes]:
        return 0, b""

    def close(self) -> None:
        """There is nothing to end."""


@contextmanager
def known_marker() -> Iterator[None]:
    with mock.patch.object(facts, "new_marker", lambda: MARKER):
        yield


def asked(root: Path | str = "/", *ports: int) -> FactsRequest:
    return FactsRequest(str(root), ports, files=root != "/")


def test_what_listens_here_and_what_runs(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as four,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        ports = [each.getsockname()[1] for each in (four, six)]
        found = facts_over(LocalChannel(), asked("/", *ports), "here")
    assert {each.port: each.address for each in found.listeners} == dict(
        zip(ports, ["127.0.0.1", "::1"], strict=True)
    )
    assert all(each.holders == {os.getpid()} for each in found.listeners)
    own = found.processes[os.getpid()]
    assert (own.cwd, own.parent, found.newest, found.fault) == (str(Path.cwd()), os.getppid(), None, "")
    assert os.getpid() in found.family(os.getppid())
    assert abs((own.started_at - found.processes[os.getppid()].started_at).days) < 2


def test_the_newest_file_is_one_of_code(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": "1", "node_modules/b.js": "2", "app.log": "3", ".git/index": "4"})
    (tmp_path / "a.js").touch()
    os.utime(tmp_path / "a.js", (1, 1))  # an old date, of a file that was put there just now
    request = FactsRequest(str(tmp_path), (), True, prune=("node_modules/",), left_out=("*.log",))
    newest = facts_over(LocalChannel(), request, "here").newest
    assert newest is not None
    assert (newest.path, newest.fault) == ("a.js", "")
    assert newest.changed_at.timestamp() == pytest.approx((tmp_path / "a.js").stat().st_ctime)


def test_a_root_that_is_not_there_is_a_gap() -> None:
    newest = facts_over(LocalChannel(), asked("/no/such/folder"), "here").newest
    assert newest is not None
    assert (newest.path, newest.fault) == (None, ".: No such file or directory")


@given(st.lists(st.tuples(st.sampled_from([b"H", b"K", b"L", b"R", b"W", b"P", b"Z"]), VALUES), max_size=5))
def test_whatever_a_host_says_is_taken_or_refused(frames: list[tuple[bytes, object]]) -> None:
    with known_marker():
        try:
            found = facts_over(Saying(frames), asked(), "host")
        except SourceError as error:
            assert "\n" not in error.message
        else:
            assert isinstance(found, HostFacts)


@pytest.mark.parametrize("moment", [1e300, float("nan"), -1e18])
def test_moments_that_no_calendar_has_are_refused(moment: float) -> None:
    frames: list[tuple[bytes, object]] = [(b"K", [True, moment, "/"])]
    with known_marker(), pytest.raises(SourceError, match="makes no sense"):
        facts_over(Saying(frames), asked(), "host")
