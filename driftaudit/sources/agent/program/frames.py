"""The frames of the answer."""

import hashlib
import json
import os
import struct
import time
import zlib

HEARTBEAT = 1.0  # seconds between signs of life


def packed(value):
    return zlib.compress(json.dumps(value).encode("ascii"), 1)


class Sender:
    """Writes frames to standard output and keeps the count and the digest for the trailer."""

    def __init__(self, output):
        self.output = output
        self.digest = hashlib.sha256()
        self.counts = [0, 0, 0]  # entries, files hashed, bytes hashed
        self.frames = 0
        self.last = time.monotonic()

    def frame(self, kind, payload):
        data = struct.pack(">cI", kind, len(payload)) + payload
        self.digest.update(data)
        self.frames += 1
        self.write(data)

    def write(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self.output, view) :]

    def message(self, kind, value):
        self.frame(kind, json.dumps(value).encode("ascii"))

    def heartbeat(self):
        if time.monotonic() - self.last >= HEARTBEAT:
            self.last = time.monotonic()
            self.message(b"P", self.counts)

    def trailer(self):
        payload = json.dumps({"frames": self.frames, "sha256": self.digest.hexdigest()}).encode("ascii")
        self.write(struct.pack(">cI", b"T", len(payload)) + payload)
