"""What GNU's and BusyBox's tools say of one tree. `python -m tests.golden.shell.record` records it anew.

Needs Linux, BusyBox, and setpriv where root runs it. The transcripts hold what came from the host, under the
mark `golden`; what is sent can be seen in scan.sh and frames.py.
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from driftaudit.sources.base import ScanRequest, no_progress
from driftaudit.sources.method import Place
from driftaudit.sources.shell.method import read_over
from tests.support.bare_hosts import busybox_tools, gnu_tools
from tests.support.cli import bind_root
from tests.support.local_shell import ShellChannel
from tests.support.programs import program

HERE = Path(__file__).parent
MARK = "golden"
PLACE = Place("ssh://host/srv/app", "/srv/app")
REQUEST = ScanRequest(prune=("node_modules/",), unread=("*.log",), max_file_bytes=100_000)
MODIFIED_NS = 1_700_000_000_123_456_789
REF = "1" * 40

FILES: dict[bytes, tuple[bytes, int]] = {
    b"app.js": (b"app\n", 0o644),
    b"crlf.txt": (b"one\r\ntwo\r\n", 0o644),
    b"empty": (b"", 0o600),
    b"run.sh": (b"#!/bin/sh\n", 0o755),
    b"large.bin": (bytes(range(256)) * 80, 0o644),
    b"huge.bin": (b"\0" * 100_001, 0o644),
    b"app.log": (b"not read\n", 0o644),
    b"closed.txt": (b"closed\n", 0o000),
    b"closed.bin": (b"closed\n" * 3000, 0o000),
    b"odd/-n": (b"like an option\n", 0o644),
    b"odd/it's a\nline": (b"a line end\n", 0o644),
    b"odd/ends with\n": (b"large\n" * 3000, 0o644),
    b"odd/\xff\\ \xc3\xbc": (b"no UTF-8\n", 0o644),
}
LINKS = {b"current": b"app.js", b"odd/link": b"to a\nline end\n"}
FOLDERS = (b"empty.d", b"odd", b"closed.d", b"closed\nline.d")
PRUNED = b"node_modules"


def build(folder: Path) -> None:
    """Make the tree. Its folders' times are not set."""
    for name in (*FOLDERS, PRUNED):
        (folder / os.fsdecode(name)).mkdir()
    (folder / os.fsdecode(PRUNED) / "not-listed").write_text("")
    (folder / ".git" / "refs").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(f"{REF}\n")
    (folder / ".git" / "refs" / "broken").symlink_to("nowhere")
    os.mkfifo(folder / "fifo")
    for name, target in LINKS.items():
        (folder / os.fsdecode(name)).symlink_to(os.fsdecode(target))
    for name, (content, mode) in FILES.items():
        path = folder / os.fsdecode(name)
        path.write_bytes(content)
        path.chmod(mode)
        os.utime(path, ns=(MODIFIED_NS, MODIFIED_NS))
    for name in FOLDERS:
        if name.startswith(b"closed"):
            (folder / os.fsdecode(name)).chmod(0)


def summed(said: bytes) -> bytes:
    """Return a transcript with the digest that fits it."""
    separator = f"\n{MARK}".encode()
    before, _mark, _digest = said.rpartition(separator + b"D")
    start = before.index(separator)
    digest = hashlib.sha1(before[start:] + b"\n").hexdigest().encode()
    return separator.join([before, b"D" + digest + b"  -", b"Z\n"])


def record(name: str, shell: list[str], path: str, folder: Path) -> None:
    """Read the tree as a login that modes bind, and keep what was said."""
    before = bind_root() if os.getuid() == 0 else []
    channel = ShellChannel(shell, path, before)
    read_over(channel, Place(PLACE.url, str(folder)), REQUEST, no_progress, MARK)
    said = channel.received.replace(os.fsencode(folder), os.fsencode(PLACE.root))
    (HERE / f"{name}.transcript").write_bytes(summed(said))


def main() -> None:
    """Record both."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "tree"
        folder.mkdir()
        build(folder)
        record("gnu", ["/bin/sh"], gnu_tools(place / "gnu"), folder)
        record("busybox", [program("busybox"), "sh"], busybox_tools(place / "busybox"), folder)
        subprocess.run(["chmod", "-R", "u+rwx", str(folder)], check=True)


if __name__ == "__main__":
    main()
