"""One request in, one answer out."""

import json
import os
import sys
import time
import zlib

from .equal import Equal
from .frames import Sender
from .hashing import Hasher
from .opening import native, open_quietly, portable, reason_of
from .pace import Pace
from .scope import Scope
from .state import WIDTH as STATE_WIDTH
from .state import Memory
from .workers import Parent


def scan(request, digests, sender):
    path = os.path.expanduser(native(request["root"]))
    real = os.path.realpath(path)
    hello = {
        "root": portable(real),
        "now": time.time(),
        "python": "%d.%d.%d" % sys.version_info[:3],
        "uid": os.getuid(),
        "executable": portable(sys.executable or ""),
    }
    sender.message(b"H", hello)
    if "patterns" in request:
        from .matches import give_matches  # sent only then

        give_matches(request, sender)
        return
    if "ports" in request:
        from .running import give_running  # sent only then

        give_running(request, sender)
        return
    if request.get("archive") and not os.path.isdir(path):
        from .archive import scan_archive  # sent only then

        scan_archive(path, request, sender)
        return
    root = open_quietly(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    if "wanted" in request:
        from .contents import give_files

        give_files(root, request, sender)
        return
    scope = Scope(request)
    folders = request["folders"]
    trees, states = by_folder(folders, digests, Hasher(scope.algorithm).width)
    memory = Memory(states, request["kept_at"], request["tick"], real, os.fstat(root).st_dev)
    count = workers(request["workers"])
    pace = Pace(request["rate"] / count)
    Parent(sender, Equal(trees, Hasher(scope.algorithm)), folders).run(root, scope, memory, pace, count)
    sender.trailer()


def workers(asked):
    cores = os.cpu_count() or 1
    return asked or min(cores, max(2, cores // 2))


def part():
    return sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))


def by_folder(folders, digests, width):
    """Return the desired trees and the known states, by folder: a byte says which of them there are."""
    trees, states = {}, {}
    at = 0
    for path in folders:
        flags = digests[at]
        at += 1
        if flags & 1:
            trees[path] = digests[at : at + width]
            at += width
        if flags & 2:
            states[path] = digests[at : at + STATE_WIDTH]
            at += STATE_WIDTH
    return trees, states


def main():
    packed, digests = part(), part()
    request = json.loads(zlib.decompress(packed).decode("ascii"))
    sender = Sender(1)
    os.write(1, b"\n" + request["marker"].encode("ascii") + b"\n")
    try:
        os.nice(request["nice"])
        scan(request, digests, sender)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except OSError as error:
        sender.message(b"E", [type(error).__name__, reason_of(error)])
    except Exception as error:
        sender.message(b"E", ["internal", repr(error)])
