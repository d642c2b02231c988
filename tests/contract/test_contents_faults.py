"""No fault on the way gives a wrong or a partial file: in every method, anywhere in its stream."""

import os
import random
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from driftaudit.config.access import MethodName, Timeouts
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.repo import blob_id
from driftaudit.sources.base import FetchRequest, ScanRequest, no_progress
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.method import Place
from driftaudit.sources.methods import FETCHES, fetch_from_host
from driftaudit.sources.transport import Transport
from tests.contract.test_faults import BEHIND_THE_MAC, WITHOUT_DIGEST, at_frames, at_random, require_no_wrong
from tests.support.faults import HARMLESS
from tests.support.faulty import FaultyTransport, Recording, RecordingTransport, ReplayingTransport
from tests.support.sshd import SSHServer
from tests.support.transports import PARAMIKO

REPLAYED = 300  # faults at random places of a recorded answer
IN_STREAM = 40  # at random places of a real one
THREADS = 6  # most of the time they wait
SILENCE = 1.0  # seconds


@dataclass(frozen=True)
class Wanted:
    """What is fetched, how."""

    method: MethodName
    place: Place
    entries: tuple[Entry, ...]
    folder: Path

    def outcome(self, transport: Transport) -> str:
        """Fetch into a folder of its own, and return how that ended."""
        with TemporaryDirectory(dir=self.folder) as kept:
            try:
                request = FetchRequest(self.entries, Path(kept))
                found = fetch_from_host(transport, self.place, request, no_progress, self.method)
            except SourceError:
                return self.look_at(Path(kept), "refused")
            except Exception as error:
                return f"WRONG: {error!r}"
            whole = {entry.path for entry in self.entries} - {"gone"}
            if not found.files.keys() | {problem.path for problem in found.problems} >= whole:
                return "WRONG: a file without a word"
            return self.look_at(Path(kept), "right" if found.files.keys() == whole else "refused")

    def look_at(self, kept: Path, outcome: str) -> str:
        wrong = [file.name for file in kept.iterdir() if blob_id(file.read_bytes(), "sha1") != file.name]
        return f"WRONG: files {wrong}" if wrong else outcome


@pytest.fixture(params=list(FETCHES))
def wanted(request: pytest.FixtureRequest, tmp_path: Path, sshd: SSHServer) -> Wanted:
    root = tmp_path / "root"
    for number in range(12):
        (root / f"{number:02}").mkdir(parents=True)
        (root / f"{number:02}" / "file").write_text(f"{number}\n" * 20)
    (root / "large").write_bytes(os.urandom(300_000))
    (root / "link").symlink_to("large")
    (root / "gone").write_text("gone")
    found = DirectorySource(root).snapshot(ScanRequest()).entries
    entries = tuple(replace(entry, link_target=None) for entry in found if entry.has_content)
    (root / "gone").unlink()
    return Wanted(request.param, Place(sshd.url(root), str(root)), entries, tmp_path)


@pytest.fixture
def patient(sshd: SSHServer) -> Iterator[Transport]:
    with PARAMIKO.connected(sshd.url("/")) as transport:
        yield transport


def recorded(wanted: Wanted, transport: Transport) -> Recording:
    recording = RecordingTransport(transport)
    assert wanted.outcome(recording) == "right"
    (one,) = recording.recordings
    return one


@pytest.mark.parametrize("wanted", [name for name in FETCHES if name not in WITHOUT_DIGEST], indirect=True)
def test_faults_in_a_recorded_answer(
    wanted: Wanted, patient: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda size: "5e" * size)  # the marker that was recorded
    one = recorded(wanted, patient)
    assert wanted.outcome(ReplayingTransport([one], HARMLESS)) == "right"
    chance = random.Random(3)
    faults = [*at_frames(one.frames, chance), *at_random(len(one.output), REPLAYED, chance)]
    outcomes = [(fault, wanted.outcome(ReplayingTransport([one], fault))) for fault in faults]
    require_no_wrong(outcomes, f"{wanted.method}, recorded", REPLAYED)


def test_faults_inside_the_ssh_stream(wanted: Wanted, sshd: SSHServer, patient: Transport) -> None:
    one = recorded(wanted, patient)
    chance = random.Random(5)
    frames = [*at_frames(one.frames, chance)][::4] if one.frames else []
    planned = [*frames, *at_random(len(one.output), IN_STREAM * (1 if one.frames else 3), chance)]
    if wanted.method in WITHOUT_DIGEST:
        planned = [fault for fault in planned if fault.kind in BEHIND_THE_MAC]

    def batch(part: int) -> list[tuple[object, str]]:
        with PARAMIKO.connected(sshd.url("/"), Timeouts(silence=SILENCE)) as transport:
            done: list[tuple[object, str]] = [
                (fault, wanted.outcome(FaultyTransport(transport, fault))) for fault in planned[part::THREADS]
            ]
            assert wanted.outcome(FaultyTransport(transport, HARMLESS)) == "right"
            return done

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = [one for part in pool.map(partial(batch), range(THREADS)) for one in part]
    require_no_wrong(outcomes, f"{wanted.method}, in the stream", IN_STREAM // 2)
