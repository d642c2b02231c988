"""The process that deals the folders out, and passes on what the workers find."""

import json
import os
import select
import struct
import zlib

from .frames import HEARTBEAT, Sender
from .worker import Worker

MOST_FOLDERS = 64  # a shift


class Team:
    """The worker processes: who is idle, and which folders are still to be looked into."""

    def __init__(self, count):
        self.count = count
        self.waiting = [["", False]]
        self.idle = []
        self.inputs = {}  # what a worker reads its shifts from, by what is read of it
        self.buffers = {}

    def start(self, make_worker):
        for _ in range(self.count):
            (tasks, deal), (reader, writer) = os.pipe(), os.pipe()
            if os.fork() == 0:
                for other in [deal, reader, *self.inputs, *self.inputs.values()]:
                    os.close(other)
                work(make_worker(writer), tasks, writer)
            os.close(tasks)
            os.close(writer)
            self.inputs[reader] = deal
            self.buffers[reader] = bytearray()
            self.idle.append(reader)

    def deal(self):
        """Give each idle worker its share. The last found come first: they lie near each other."""
        while self.idle and self.waiting:
            share = max(1, min(MOST_FOLDERS, len(self.waiting) // (2 * self.count)))
            shift, self.waiting = self.waiting[-share:], self.waiting[:-share]
            data = memoryview(json.dumps(shift).encode("ascii") + b"\n")
            worker = self.inputs[self.idle.pop()]
            while data:
                data = data[os.write(worker, data) :]

    def is_done(self):
        return not self.waiting and len(self.idle) == self.count

    def frames(self):
        """Yield (worker, kind, payload) of what has come in, or nothing where nothing does for a while."""
        for reader in select.select(list(self.buffers), [], [], HEARTBEAT)[0]:
            data = os.read(reader, 1 << 18)
            if not data:
                raise OSError("a hashing process ended before its work was done")
            buffer = self.buffers[reader]
            buffer += data
            while len(buffer) >= 5:
                kind, length = struct.unpack_from(">cI", buffer)
                if len(buffer) < 5 + length:
                    break
                payload = bytes(buffer[5 : 5 + length])
                del buffer[: 5 + length]
                yield reader, kind, payload

    def end(self):
        for deal in self.inputs.values():
            os.close(deal)
        for _ in self.inputs:
            os.wait()


def work(worker, tasks, writer):
    """Be a worker, and end with it."""
    try:
        with os.fdopen(tasks, "rb") as shifts:
            worker.run(shifts)
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:
        Sender(writer).message(b"E", ["internal", repr(error)])
    os._exit(0)


class Parent:
    """Passes on the workers' rows as they come, and what was kept once it is known what is equal."""

    def __init__(self, sender, equal, asked):
        self.sender = sender
        self.equal = equal
        self.numbers = {path: number for number, path in enumerate(asked)}
        self.unchanged = bytearray(len(asked))

    def run(self, root, scope, memory, pace, count):
        team = Team(count)
        team.start(lambda output: Worker(root, scope, self.equal.trees, memory, pace, output))
        while not team.is_done():
            team.deal()
            for worker, kind, payload in team.frames():
                if kind == b"M":
                    team.waiting += json.loads(payload.decode("ascii"))
                    team.idle.append(worker)
                else:
                    self.take(kind, payload)
            self.sender.heartbeat()
        team.end()
        self.conclude(memory)

    def take(self, kind, payload):
        if kind == b"N":
            self.sender.counts = [a + b for a, b in zip(self.sender.counts, struct.unpack(">IIQ", payload))]
        elif kind == b"S":
            equal, opened = json.loads(payload.decode("ascii"))
            self.equal.found.update(equal)
            self.equal.opened += opened
        elif kind == b"U":
            for path in json.loads(payload.decode("ascii")):
                self.unchanged[self.numbers[path]] = 1
        elif kind == b"K":
            end = 2 + struct.unpack_from(">H", payload)[0]
            path = payload[2:end].decode("utf-8", "surrogateescape")
            self.equal.kept.setdefault(path, []).append(payload[end:])
        else:
            self.sender.frame(kind, payload)

    def conclude(self, memory):
        """Send what was kept and is not the desired one, then what is, what is unchanged, and the counts."""
        self.equal.settle()
        for payloads in self.equal.kept.values():
            for payload in payloads:
                self.sender.frame(b"D", payload)
        rows = [[path, *facts] for path, facts in sorted(self.equal.found.items())]
        self.sender.frame(b"Q", zlib.compress(json.dumps(rows).encode("ascii")))
        self.sender.frame(b"U", zlib.compress(bytes(self.unchanged)))
        self.sender.message(b"N", [self.sender.counts, memory.clock_ran_back, memory.unkept_kind()])
