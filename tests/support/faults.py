"""Faults in a stream of bytes, by position or by frame; and a program that puts one into another's output.

As a program: `faults.py FAULT COMMAND` runs the command, whose output is spoilt on its way. It needs only the
standard library, so that it can run on the host of a test.
"""

import json
import os
import re
import select
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass

_MARKER = re.compile(rb"\ndriftaudit-[0-9a-f]{32}\n")
_HEADER = struct.Struct(">cI")
_STALL_LIMIT = 30_000  # milliseconds, lest a stalled program outlives its test

Slice = tuple[int, int | None]


@dataclass(frozen=True)
class Fault:
    """What is passed on of a stream: these slices of its units, in this order, then no more.

    A unit is a byte, or with `framed` a frame (the first unit is all up to the end of the marker). `flip` is
    a unit, a byte in it, and a bit of that. With `stalls` the stream stays open after the last slice.
    """

    kind: str
    slices: tuple[Slice, ...] = ((0, None),)
    flip: tuple[int, int, int] | None = None
    stalls: bool = False
    framed: bool = False

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> "Fault":
        value = json.loads(text)
        value["slices"] = tuple((start, end) for start, end in value["slices"])
        value["flip"] = value["flip"] and tuple(value["flip"])
        return cls(**value)


HARMLESS = Fault("none")


def faults_at(at: int, *, framed: bool, width: int = 1, byte: int = 0, bit: int = 0) -> list[Fault]:
    """Return every kind of fault at one unit; `width` is how many units vanish, or come twice or too late."""
    after, later = at + width, at + 2 * width
    return [
        Fault("cut", ((0, at),), framed=framed),
        Fault("stall", ((0, at),), stalls=True, framed=framed),
        Fault("drop", ((0, at), (after, None)), framed=framed),
        Fault("flip", flip=(at, byte, bit), framed=framed),
        Fault("twice", ((0, after), (at, None)), framed=framed),
        Fault("swap", ((0, at), (after, later), (at, after), (later, None)), framed=framed),
    ]


class Spoiler:
    """Takes a stream bit by bit, and returns what is left of it."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._seen = bytearray()
        self._slices = list(fault.slices)
        self._passed = 0  # bytes of the slice that is being passed
        self._starts = [0]  # of the frames, as far as they are known

    @property
    def is_over(self) -> bool:
        """Whether nothing more is passed on."""
        return not self._slices

    @property
    def frames(self) -> int:
        """The number of whole frames that were seen."""
        return sum(1 for start in self._starts[1:] if start < len(self._seen))

    def feed(self, data: bytes) -> bytes:
        """Take more of the stream; return what is passed on now."""
        self._seen += data
        self._find_frames()
        out = bytearray()
        while self._slices:
            first, last = map(self._position, self._slices[0])
            if first is None:
                break
            end = len(self._seen) if last is None else min(last, len(self._seen))
            out += self._flipped(first + self._passed, end)
            self._passed = max(self._passed, end - first)
            if last is None or first + self._passed < last:
                break
            self._slices.pop(0)
            self._passed = 0
        return bytes(out)

    def _position(self, unit: int | None) -> int | None:
        """Return where a unit begins, None for one that is not known yet, or for the end."""
        if unit is None or not self._fault.framed:
            return unit
        return self._starts[unit] if unit < len(self._starts) else None

    def _flipped(self, start: int, end: int) -> bytes:
        piece = bytearray(self._seen[start:end])
        if self._fault.flip:
            unit, byte, bit = self._fault.flip
            at = self._position(unit)
            if at is not None and start <= at + byte < start + len(piece):
                piece[at + byte - start] ^= 1 << bit
        return bytes(piece)

    def _find_frames(self) -> None:
        if len(self._starts) == 1:
            marker = _MARKER.search(self._seen)
            if not marker:
                return
            self._starts.append(marker.end())
        while len(self._seen) >= self._starts[-1] + _HEADER.size:
            _kind, length = _HEADER.unpack_from(self._seen, self._starts[-1])
            self._starts.append(self._starts[-1] + _HEADER.size + length)


def _run(fault: Fault, command: str) -> int:
    process = subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE)
    assert process.stdout
    spoiler = Spoiler(fault)
    while not spoiler.is_over and (data := os.read(process.stdout.fileno(), 1 << 16)):
        passed = spoiler.feed(data)
        while passed:
            passed = passed[os.write(1, passed) :]
    if spoiler.is_over and fault.stalls:
        poll = select.poll()
        poll.register(1, 0)
        poll.poll(_STALL_LIMIT)  # until nobody reads any more
    process.stdout.close()
    if spoiler.is_over:
        process.kill()
    return process.wait()


if __name__ == "__main__":
    sys.exit(max(0, _run(Fault.loads(sys.argv[1]), sys.argv[2])))
