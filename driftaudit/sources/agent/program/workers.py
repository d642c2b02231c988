"""The processes that list and hash, and the one that passes on what they find."""

import json
import os
import select
import stat
import struct

from .equal import tree_pieces
from .folder import Folder
from .frames import HEARTBEAT, Sender, rows_payload

FRAME_BYTES = 256 * 1024  # of JSON, before a worker sends what it has


class Worker:
    """Lists and hashes chunk after chunk; the next chunk's number comes from a pipe that all workers share.

    Frames to the parent: D rows for the client, K rows to keep until it is known whether they are needed,
    S folders that are equal, and folders that may be, N counts, W the end.
    """

    def __init__(self, root, scope, walk, output):
        self.trees = scope.trees
        self.folders = walk.folders
        self.out = Sender(output)
        self.lister = Folder(root, scope, walk.folders, walk.pruned)
        self.batch, self.size = [], 0
        self.equal, self.opened = [], []
        self.entries = 0

    def run(self, tasks, chunks):
        while True:
            number = os.read(tasks, 4)
            if not number:
                break
            for path in chunks[struct.unpack(">I", number)[0]]:
                self.folder(path)
            self.flush()
        self.flush()
        self.out.frame(b"W", b"")

    def folder(self, path):
        known_problems = len(self.lister.problems)
        rows = self.lister.rows(path, self.folders[path])
        self.entries += len(rows)
        wanted = self.trees.get(path)
        pieces = tree_pieces(rows) if wanted and known_problems == len(self.lister.problems) else None
        size = sum(row[2] for row in rows if stat.S_ISREG(row[1])) if pieces else 0
        if pieces and len(pieces) == 1:
            tree = self.lister.hasher.tree_id(pieces[0])
            if tree == wanted:
                self.equal.append([path, tree, len(rows), size])
                return
        elif pieces:
            shown = [piece.hex() if isinstance(piece, bytes) else piece for piece in pieces]
            self.opened.append([path, shown, len(rows), size])
            name = path.encode("utf-8", "surrogateescape")
            self.out.frame(b"K", struct.pack(">H", len(name)) + name + rows_payload([[path, rows]], [], {}))
            return
        self.batch.append([path, rows])
        self.size += 100 * len(rows)
        if self.size >= FRAME_BYTES:
            self.flush()

    def flush(self):
        lister = self.lister
        if lister.new_owners or self.batch or lister.problems:
            self.out.frame(b"D", rows_payload(self.batch, lister.problems, lister.new_owners))
        if self.equal or self.opened:
            self.out.message(b"S", [self.equal, self.opened])
        self.out.frame(b"N", struct.pack(">IIQ", self.entries, lister.hashed, lister.bytes))
        lister.reset()
        self.batch, self.size, self.entries = [], 0, 0
        self.equal, self.opened = [], []


def start_workers(count, root, scope, walk):
    paths = [path for path, unread in walk.folders.items() if unread is not None]
    length = max(1, len(paths) // 4000)  # so that all chunk numbers fit into the pipe at once
    chunks = [paths[at : at + length] for at in range(0, len(paths), length)]
    tasks, deal = os.pipe()
    os.write(deal, b"".join(struct.pack(">I", number) for number in range(len(chunks))))
    outputs = []
    for _ in range(min(count, len(chunks)) or 1):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(deal)
            os.close(reader)
            try:
                Worker(root, scope, walk, writer).run(tasks, chunks)
            except BrokenPipeError:
                os._exit(1)
            except Exception as error:
                Sender(writer).message(b"E", ["internal", repr(error)])
            os._exit(0)
        os.close(writer)
        outputs.append(reader)
    os.close(deal)
    os.close(tasks)
    return outputs


class Parent:
    """Passes on the workers' rows as they come, and what was kept once it is known what is equal."""

    def __init__(self, sender, equal):
        self.sender = sender
        self.equal = equal

    def forward(self, outputs):
        """A worker that ends without its last frame is an error."""
        buffers = {reader: bytearray() for reader in outputs}
        while buffers:
            for reader in select.select(list(buffers), [], [], HEARTBEAT)[0]:
                data = os.read(reader, 1 << 18)
                if not data:
                    raise OSError("a hashing process ended before its work was done")
                buffers[reader] += data
                if self.take_frames(buffers[reader]):
                    del buffers[reader]
            self.sender.heartbeat()
        for _worker in outputs:
            os.wait()
        self.equal.settle()
        for payload in self.equal.kept.values():
            self.sender.frame(b"D", payload)
        self.sender.message(b"Q", [self.equal.topmost(), self.sender.counts[1]])

    def take_frames(self, buffer):
        """Take every whole frame out of a buffer; return whether the worker's last was among them."""
        while len(buffer) >= 5:
            kind, length = struct.unpack_from(">cI", buffer)
            if len(buffer) < 5 + length:
                return False
            payload = bytes(buffer[5 : 5 + length])
            del buffer[: 5 + length]
            if kind == b"W":
                return True
            self.take(kind, payload)
        return False

    def take(self, kind, payload):
        if kind == b"N":
            self.sender.counts = [a + b for a, b in zip(self.sender.counts, struct.unpack(">IIQ", payload))]
        elif kind == b"S":
            equal, opened = json.loads(payload.decode("ascii"))
            self.equal.found.update((path, row) for path, *row in equal)
            self.equal.opened += opened
        elif kind == b"K":
            end = 2 + struct.unpack_from(">H", payload)[0]
            self.equal.kept[payload[2:end].decode("utf-8", "surrogateescape")] = payload[end:]
        else:
            self.sender.frame(kind, payload)
