"""One request in, one answer out."""

import json
import os
import sys
import time

from .equal import Equal
from .frames import Sender, rows_payload
from .hashing import Hasher
from .opening import native, open_quietly, portable, reason_of
from .scope import Scope
from .walk import Walk
from .workers import Parent, start_workers


def scan(request, sender):
    path = os.path.expanduser(native(request["root"]))
    real = portable(os.path.realpath(path))
    hello = {
        "root": real,
        "now": time.time(),
        "python": "%d.%d.%d" % sys.version_info[:3],
        "uid": os.getuid(),
    }
    hello["executable"] = portable(sys.executable or "")
    sender.message(b"H", hello)
    if request.get("archive") and not os.path.isdir(path):
        from .archive import scan_archive  # sent only then

        scan_archive(path, request, sender)
        return
    root = open_quietly(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    scope = Scope(request)
    walk = Walk(root, scope, sender)
    walk.run()
    if walk.problems:
        sender.frame(b"D", rows_payload([], walk.problems, {}))
    cores = os.cpu_count() or 1
    workers = request["workers"] or min(cores, max(2, cores // 2))
    Parent(sender, Equal(scope.trees, Hasher(scope.algorithm))).forward(
        start_workers(workers, root, scope, walk)
    )
    sender.trailer()


def main():
    request = json.loads(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())).decode("ascii"))
    sender = Sender(1)
    os.write(1, b"\n" + request["marker"].encode("ascii") + b"\n")
    try:
        os.nice(request["nice"])
        scan(request, sender)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except OSError as error:
        sender.message(b"E", [type(error).__name__, reason_of(error)])
    except Exception as error:
        sender.message(b"E", ["internal", repr(error)])
