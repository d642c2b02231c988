"""No fault on the way gives a shorter tree that looks complete: in every method, anywhere in its stream.

Three layers. On the wire, ssh's own checks answer. Inside the ssh stream, and in a recorded answer, there is
only the method's protocol between a fault and a wrong verdict.
"""

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from driftaudit.config.access import Access, MethodName, Timeouts, TransportName
from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources.base import AbsentRootError, ScanRequest, no_progress
from driftaudit.sources.git import GitSource
from driftaudit.sources.method import Place
from driftaudit.sources.methods import METHODS
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.sources.transport import Transport
from tests.support.faults import HARMLESS, Fault, faults_at
from tests.support.faulty import FaultyTransport, Recording, RecordingTransport, ReplayingTransport
from tests.support.git import commit, new_repository
from tests.support.proxy import Proxy, running_proxy
from tests.support.sshd import SSHServer
from tests.support.transports import PARAMIKO

FOLDERS = 24
REPLAYED = 500  # faults at random places of a recorded answer
IN_STREAM = 60  # at random places of a real one
THREADS = 6  # most of the time they wait
ON_THE_WIRE = 8  # places for each kind of fault and each transport
STALL = 0.5  # seconds of silence, where that is the fault
WAITING = 3.0  # where it may follow from one: both sides wait for the other
PATIENCE = 20.0  # where it does not, as the program does not wait for answers
# SFTP has no digest over its stream. ssh's MAC guards it, and every fault on the wire is tried for it too;
# what is left to a server or kernel, behind the MAC, is to end and to stall (ADR 11).
WITHOUT_DIGEST = frozenset[MethodName]({"sftp"})
BEHIND_THE_MAC = frozenset({"cut", "stall"})
IMPATIENT = Timeouts(connect=2, login=2, silence=0.8)

Seen = tuple[object, ...]


@dataclass(frozen=True)
class Tree:
    """What is read, how, and what of it is right."""

    method: MethodName
    place: Place
    request: ScanRequest

    def read(self, transport: Transport) -> Snapshot:
        return METHODS[self.method](transport, self.place, self.request, no_progress)


@pytest.fixture(params=list(METHODS))
def tree(request: pytest.FixtureRequest, tmp_path: Path, sshd: SSHServer) -> Tree:
    """A tree of many folders, one of them as desired, with a file that is too large to be read."""
    folder = new_repository(tmp_path / "tree")
    names = ("a", "b", "deep/c", "deep/er/d")  # folders in folders, which the agent sends one by one
    files = {f"{number:02}/{name}": f"{number} {name}\n" for number in range(FOLDERS) for name in names}
    commit(folder, {**files, "large": "x" * 5000, "script": "#!/bin/sh\n"})
    trees = GitSource(Repository.containing(folder), "HEAD").folder_trees()
    (folder / ".git").rename(tmp_path / "git-away")
    for number in range(1, FOLDERS):
        (folder / f"{number:02}" / "b").write_text("edited\n")
    (folder / "link").symlink_to("script")
    (folder / "script").chmod(0o755)
    scan = ScanRequest(trees=trees, max_file_bytes=4000)
    return Tree(request.param, Place(sshd.url(folder), str(folder)), scan)


@pytest.fixture
def patient(sshd: SSHServer) -> Iterator[Transport]:
    with PARAMIKO.connected(sshd.url("/")) as transport:
        yield transport


def seen(snapshot: Snapshot) -> Seen:
    """All that a verdict can rest on."""
    return (
        snapshot.entries,
        snapshot.problems,
        snapshot.git_directories,
        snapshot.equal_folders,
        snapshot.source.real_root,
    )


def outcome(read: Callable[[], Snapshot], right: Seen) -> str:
    """Return how a reading ended: refused, right, or wrong in one way or the other."""
    try:
        found = read()
    except AbsentRootError:
        return "WRONG: a root that is there was said to be absent"
    except SourceError:
        return "refused"
    except Exception as error:
        return f"WRONG: {error!r}"
    return "right" if seen(found) == right else "WRONG: another tree"


def require_no_wrong(outcomes: Iterable[tuple[object, str]], layer: str, at_least: int) -> None:
    """Fail with the faults that gave a wrong result, and print how many there were."""
    outcomes = list(outcomes)
    wrong = [f"{fault}: {told}" for fault, told in outcomes if told.startswith("WRONG")]
    counts = Counter(told for _fault, told in outcomes)
    print(f"{layer}: {len(outcomes)} faults: {dict(counts)}")  # noqa: T201 - shown by `pytest -s`
    assert not wrong, "\n".join(wrong[:20])
    assert len(outcomes) >= at_least
    assert counts["refused"] >= 0.8 * len(outcomes)  # else the faults would prove little


def at_frames(frames: int, chance: random.Random) -> Iterator[Fault]:
    """Yield every kind of fault at every frame boundary; flips in the header, and in the payload."""
    for number in range(frames + 1):
        yield from faults_at(number, framed=True, byte=chance.randrange(5), bit=chance.randrange(8))
        yield Fault("flip", flip=(number, 5 + chance.randrange(20), chance.randrange(8)), framed=True)


def at_random(length: int, count: int, chance: random.Random) -> Iterator[Fault]:
    """Yield faults of any kind and width at random bytes."""
    for _number in range(count):
        width = chance.choice([1, 2, 4, 5, 16, 100, 1000])
        at, bit = chance.randrange(length), chance.randrange(8)
        yield chance.choice(faults_at(at, framed=False, width=width, bit=bit))


def in_stream(tree: Tree, recordings: list[Recording], chance: random.Random) -> Iterator[tuple[int, Fault]]:
    """Yield faults for each channel: two or three kinds at each frame boundary by turns, others at random.

    A stream without frames gets more at random, one without a digest only what may befall it.
    """
    for number, one in enumerate(recordings):
        for at, fault in enumerate(at_frames(one.frames, chance) if one.frames else ()):
            if at % 7 % 3 == at // 7 % 3:  # seven kinds
                yield number, fault
        for fault in at_random(len(one.output), IN_STREAM if one.frames else 4 * IN_STREAM, chance):
            if tree.method not in WITHOUT_DIGEST or fault.kind in BEHIND_THE_MAC:
                yield number, fault


def recorded(tree: Tree, transport: Transport) -> tuple[Seen, list[Recording]]:
    """Return what is right, and what the programs on the host said."""
    recording = RecordingTransport(transport)
    right = seen(tree.read(recording))
    assert right[0]  # entries
    assert right[1]  # problems
    assert tree.method != "agent" or recording.recordings[0].frames > FOLDERS
    return right, recording.recordings


@pytest.mark.parametrize("tree", [name for name in METHODS if name not in WITHOUT_DIGEST], indirect=True)
def test_faults_in_a_recorded_answer(tree: Tree, patient: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of fault at every frame boundary, and many at random places."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "5e" * size)  # the marker that was recorded
    right, recordings = recorded(tree, patient)
    assert outcome(lambda: tree.read(ReplayingTransport(recordings, HARMLESS)), right) == "right"
    chance = random.Random(3)
    outcomes = []
    for number, one in enumerate(recordings):
        faults = [*at_frames(one.frames, chance), *at_random(len(one.output), REPLAYED, chance)]
        for fault in faults:
            replay = ReplayingTransport(recordings, fault, number)
            outcomes.append((fault, outcome(partial(tree.read, replay), right)))
    require_no_wrong(outcomes, f"{tree.method}, recorded", REPLAYED)


def test_faults_inside_the_ssh_stream(tree: Tree, patient: Transport) -> None:
    """The real program, over a real sshd; what it says is spoilt before it is encrypted."""
    right, recordings = recorded(tree, patient)
    planned = list(in_stream(tree, recordings, random.Random(5)))
    patience = PATIENCE if recordings[0].frames else WAITING

    def batch(part: int) -> Iterator[tuple[object, str]]:
        for silence in (STALL, patience):
            with PARAMIKO.connected(tree.place.url, Timeouts(silence=silence)) as transport:
                for number, fault in planned[part::THREADS]:
                    if fault.stalls == (silence == STALL):
                        spoilt = FaultyTransport(transport, fault, number)
                        yield fault, outcome(partial(tree.read, spoilt), right)
                if silence != STALL:  # the connection is as good as ever: it was the faults that were refused
                    harmless = FaultyTransport(transport, HARMLESS)
                    assert outcome(partial(tree.read, harmless), right) == "right"

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = [one for part in pool.map(lambda part: [*batch(part)], range(THREADS)) for one in part]
    require_no_wrong(outcomes, f"{tree.method}, in the stream", IN_STREAM)


@pytest.mark.parametrize("transport", get_args(TransportName))
def test_faults_on_the_wire(tree: Tree, sshd: SSHServer, transport: TransportName) -> None:
    """Between client and server, from the first byte of the connection on."""
    sshd.client.configure(f"Host *\n  HostKeyAlias {sshd.name}\n")
    chance = random.Random(7)

    def through(proxy: Proxy, timeouts: Timeouts) -> Snapshot:
        address = SSHAddress.parse(tree.place.url.replace(f":{sshd.port}/", f":{proxy.port}/"))
        return SSHSource(address, Access(transport, tree.method, timeouts=timeouts)).snapshot(tree.request)

    with running_proxy(sshd.port) as whole:
        right = seen(through(whole, Timeouts()))
    places = [*range(0, whole.passed, whole.passed // ON_THE_WIRE)][:ON_THE_WIRE]
    planned = [
        fault
        for start in places
        for at in [min(start + chance.randrange(whole.passed // ON_THE_WIRE), whole.passed - 100)]
        for fault in ({"cut_after": at}, {"cut_after": at, "stall": True}, {"drop": at}, {"flip": at})
    ]

    def spoilt(fault: dict[str, int]) -> tuple[object, str]:
        with running_proxy(sshd.port, **fault) as proxy:
            return fault, outcome(partial(through, proxy, IMPATIENT), right)

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(spoilt, planned))
    require_no_wrong(outcomes, f"{tree.method}, on the wire by {transport}", 4 * ON_THE_WIRE)
