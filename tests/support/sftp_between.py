"""Stands between a client and the real sftp-server, and does what a test wants done.

Run by sshd as its SFTP server: `python sftp_between.py SERVER EVENTS`, where EVENTS is a JSON file:
[{"request": 3, "holding": "app.txt", "run": "shell command"}, {"answer": 104, "nth": 2, "do": "cut"}]
An event happens once: before the first request of that type that holds these bytes is passed on, or in place
of the nth answer of that type.
"""

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

FAILURE = 4


def packets(stream: IO[bytes]) -> Iterator[bytes]:
    while head := stream.read(4):
        yield head + stream.read(int.from_bytes(head, "big"))


def with_length(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def status(packet: bytes, code: int) -> bytes:
    said = b"\n \x1b[31mno\t" * 100
    return with_length(
        b"\x65" + packet[5:9] + struct.pack(">II", code, len(said)) + said + struct.pack(">I", 0)
    )


def one_name(packet: bytes, name: bytes) -> bytes:
    text = struct.pack(">I", len(name)) + name
    attributes = struct.pack(">IQIIIII", 15, 1, 0, 0, 0o100644, 0, 0)
    return with_length(b"\x68" + packet[5:9] + struct.pack(">I", 1) + text + text + attributes)


CHANGES: Mapping[str, Callable[[bytes], bytes]] = {
    "cut": lambda packet: with_length(packet[4:-1]),
    "longer": lambda packet: with_length(packet[4:] + b"\0"),
    "failure": lambda packet: status(packet, FAILURE),
    "end": lambda packet: status(packet, 1),
    "other-number": lambda packet: packet[:5] + b"\xff\xff\xff\xff" + packet[9:],
    "twice": lambda packet: packet + packet,
    "huge": lambda packet: struct.pack(">I", 0x7FFFFFFF) + packet[4:],
    "short": lambda packet: struct.pack(">I", 1) + packet[4:],
    "other-type": lambda packet: with_length(b"\x66" + packet[5:9] + struct.pack(">I", 1) + b"x"),
    "text": lambda packet: b"Connection to production closed.\n",
    "no-names": lambda packet: with_length(b"\x68" + packet[5:9] + struct.pack(">I", 0)),
    "no-data": lambda packet: with_length(b"\x67" + packet[5:9] + struct.pack(">I", 0)),
    "too-much": lambda packet: with_length(b"\x67" + packet[5:9] + struct.pack(">I", 99999) + b"x" * 99999),
    "up": lambda packet: one_name(packet, b"../../etc"),
    "empty-name": lambda packet: one_name(packet, b""),
}


def main() -> None:
    events = json.loads(Path(sys.argv[2]).read_text())
    server = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin
    assert server.stdout
    threading.Thread(target=answers, args=(server.stdout, events), daemon=True).start()
    for packet in packets(sys.stdin.buffer):
        for event in [e for e in events if e.get("request") == packet[4]]:
            if event["holding"].encode() in packet:
                events.remove(event)
                subprocess.run(event["run"], shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        server.stdin.write(packet)
        server.stdin.flush()
    server.stdin.close()
    server.wait()


def answers(stream: IO[bytes], events: list[dict[str, Any]]) -> None:
    counts: dict[int, int] = {}
    for packet in packets(stream):
        kind = packet[4]
        counts[kind] = counts.get(kind, 0) + 1
        sent = packet
        for event in events:
            if (event.get("answer"), event.get("nth")) == (kind, counts[kind]):
                sent = CHANGES[event["do"]](packet)
        sys.stdout.buffer.write(sent)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
