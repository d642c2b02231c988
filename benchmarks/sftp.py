"""Reading a tree over SFTP: ours beside paramiko's SFTPClient, over one sshd on loopback, in turn.

    python -m benchmarks.sftp                          5,000 small files
    python -m benchmarks.sftp --files 20000
    python -m benchmarks.sftp --delay 50 --peer-files 300    behind 50 ms of round trip

Ours lists, checks and hashes; the peer lists and reads each file to its end, and checks nothing. Prints files
a second of both. `--peer-files` reads only so many with the peer: it takes its time behind a delay.
"""

import argparse
import os
import stat
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import paramiko

from driftaudit.config.access import Access
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.delay import running_delay
from tests.support.sshd import SSHServer, make_client_home, make_key, running_sshd


def main() -> None:
    options = _options()
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory(dir=options.work)))
        _make_tree(folder / "live", options.files, options.size)
        for key in ("host", "client"):
            make_key(folder / key)
        home = make_client_home(folder / "home", folder / "client")
        os.environ["HOME"] = str(home.path)
        server = things.enter_context(running_sshd(folder / "sshd", home, folder / "host"))
        port = things.enter_context(_delayed(server, options.delay / 1000))
        home.configure(f"Host far\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {server.name}\n")
        _in_turn(server, port, folder / "live", options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--size", type=int, default=2_000, help="bytes of a file")
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds of round trip")
    parser.add_argument("--peer-files", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path)
    return parser.parse_args()


def _make_tree(folder: Path, files: int, size: int) -> None:
    for number in range(files):
        place = folder / f"part{number // 16:05d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06d}.js").write_bytes(os.urandom(size))


@contextmanager
def _delayed(server: SSHServer, seconds: float) -> Iterator[int]:
    if not seconds:
        yield server.port
        return
    with running_delay(server.port, seconds / 2) as port:
        yield port


def _in_turn(server: SSHServer, port: int, live: Path, options: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {"ours": [], "paramiko": []}
    for _round in range(options.rounds):
        rates["ours"].append(_ours(live))
        rates["paramiko"].append(_peer(server, port, live, options.peer_files))
        print({name: f"{found[-1]:.0f} files/s" for name, found in rates.items()}, flush=True)
    ours, peer = (statistics.median(found) for found in rates.values())
    print(f"median: ours {ours:.0f} files/s, paramiko {peer:.0f} files/s, ratio {ours / peer:.1f}")


def _ours(live: Path) -> float:
    started = time.perf_counter()
    source = SSHSource(SSHAddress.parse(f"ssh://far{live}"), Access(method="sftp"))
    found = source.snapshot(ScanRequest())
    assert found.complete
    return found.scan.hashed_files / (time.perf_counter() - started)


def _peer(server: SSHServer, port: int, live: Path, most: int | None) -> float:
    started, files = time.perf_counter(), 0
    key = paramiko.Ed25519Key.from_private_key_file(str(server.client.ssh / "id_ed25519"))
    transport = paramiko.Transport(("127.0.0.1", port))
    transport.connect(username=server.user, pkey=key)
    client = paramiko.SFTPClient.from_transport(transport)
    assert client
    folders = [str(live)]
    while folders:
        folder = folders.pop()
        for row in client.listdir_attr(folder):
            path = f"{folder}/{row.filename}"
            if stat.S_ISDIR(row.st_mode or 0):
                folders.append(path)
                continue
            with client.open(path) as file:
                file.prefetch(row.st_size)
                file.read()
            files += 1
            if files == most:
                folders.clear()
                break
    transport.close()
    return files / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
