"""The program that lists and hashes a tree where it lies. It is sent to the host as it stands here.

Python 3.6, standard library only. It opens files read-only, follows no link below the root, and writes
nothing but its answer: a marker, then frames of one type byte, a length of four bytes and a payload, and
last a trailer with counts and the SHA-256 of all that came before. No trailer, no result.

It reads one request from standard input: a length in decimal, a newline, and that many bytes of JSON
(protocol.py says which keys). Folders are listed first, then dealt to worker processes, which list and
hash what lies in them.
"""

import hashlib
import json
import os
import pwd
import re
import select
import stat
import struct
import sys
import time
import zlib

PIECE = 128 * 1024  # bytes read at a time; larger buffers were slower on small files
FRAME_BYTES = 256 * 1024  # of JSON, before a worker sends what it has
HEARTBEAT = 2.0  # seconds between signs of life
MAX_REFS = 100000
QUIET = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
LOCALE_IS_UTF8 = sys.getfilesystemencoding().lower() == "utf-8"
NO_ATIME = getattr(os, "O_NOATIME", 0)


def open_quietly(name, flags, folder=None):
    """Open without leaving a trace in the access time, where the system lets us."""
    try:
        return os.open(name, flags | NO_ATIME, dir_fd=folder)
    except PermissionError:
        return os.open(name, flags, dir_fd=folder)


def open_below(root, parts):
    """Open a folder part by part, so that a link swapped in on the way cannot lead out of the root."""
    current = os.dup(root)
    for part in parts:
        try:
            below = open_quietly(part, QUIET | os.O_DIRECTORY, current)
        finally:
            os.close(current)
        current = below
    return current


def parts_of(path):
    return path.split("/") if path else []


def join(folder, name):
    return folder + "/" + name if folder else name


def portable(name):
    """Return the name as UTF-8 with surrogate escapes, whatever this host's locale made of it."""
    if LOCALE_IS_UTF8:
        return name
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def native(name):
    return os.fsdecode(name.encode("utf-8", "surrogateescape"))


class Patterns:
    """Ordered gitignore patterns; the last that matches decides. patterns.py says what a row holds."""

    def __init__(self, rows):
        self.rows = [
            (wanted, folders_only, how, re.compile(text).match if how in ("glob", "path") else text)
            for wanted, folders_only, how, text in rows
        ]
        # Most names match nothing: that is told without going through the rows.
        texts = {how: [row[3] for row in rows if row[0] and row[2] == how] for how in HOW}
        self.names = set(texts["name"])
        self.suffixes = tuple(texts["suffix"])
        self.prefixes = tuple(texts["prefix"])
        self.any_glob, self.any_path = any_of(texts["glob"]), any_of(texts["path"])

    def match(self, path, name, is_folder):
        seen_name = name + "/" if is_folder else name
        seen_path = path + "/" if is_folder else path
        maybe = (
            name in self.names
            or name.endswith(self.suffixes)
            or name.startswith(self.prefixes)
            or (self.any_glob and self.any_glob(seen_name))
            or (self.any_path and self.any_path(seen_path))
        )
        if not maybe:
            return False
        for wanted, folders_only, how, test in reversed(self.rows):
            if (is_folder or not folders_only) and HOW[how](test, name, seen_name, seen_path):
                return wanted
        return False


HOW = {
    "name": lambda text, name, seen_name, seen_path: name == text,
    "prefix": lambda text, name, seen_name, seen_path: name.startswith(text),
    "suffix": lambda text, name, seen_name, seen_path: name.endswith(text),
    "glob": lambda match, name, seen_name, seen_path: match(seen_name),
    "path": lambda match, name, seen_name, seen_path: match(seen_path),
}


def any_of(expressions):
    return re.compile("|".join("(?:%s)" % text for text in expressions)).match if expressions else None


class Scope:
    """Which folders are not looked into, and which files are not read."""

    def __init__(self, request):
        self.prune = Patterns(request["prune"])
        self.unread = Patterns(request["unread"])
        # A pattern for folders alone matches no file, so most need not be asked for one.
        rows = ([row for row in request[key] if not row[1]] for key in ("prune", "unread"))
        self.for_files = [Patterns(kept) for kept in rows if kept]
        # Below an unread folder what any pattern takes back is read: rather too much than too little.
        self.taken_back = Patterns([[True] + row[1:] for row in request["unread"] if not row[0]])
        self.known = set(request["known"])
        self.known_folders = {
            "/".join(parts_of(path)[:depth]) for path in self.known for depth in range(len(parts_of(path)))
        }
        self.only = None if request["only"] is None else set(request["only"])
        self.read = request["read"]
        self.max_file_bytes = request["max_file_bytes"]
        self.algorithm = request["object_format"]

    def skipped(self, path, name, folder_unread):
        if not self.read:
            return True
        if path in self.known:
            return False
        if folder_unread:
            return not self.taken_back.match(path, name, False)
        return any(patterns.match(path, name, False) for patterns in self.for_files)


class Changed(Exception):
    """A file differed before and after it was read."""


class Hasher:
    """Makes git blob ids. A copy of an empty hash is many times cheaper than a new one."""

    def __init__(self, algorithm):
        try:
            self.empty = hashlib.new(algorithm, usedforsecurity=False)
        except TypeError:  # before Python 3.9
            self.empty = hashlib.new(algorithm)

    def start(self, size):
        digest = self.empty.copy()
        digest.update(b"blob %d\0" % size)
        return digest

    def blob_id(self, content):
        digest = self.start(len(content))
        digest.update(content)
        return digest.hexdigest()


def pieces(handle, size):
    """Read `size` bytes, or what there is of them, in pieces no larger than they need be."""
    while size > 0:
        piece = os.read(handle, min(size, PIECE))
        if not piece:
            return
        size -= len(piece)
        yield piece


def with_unix_line_ends(stream):
    held = b""
    for piece in stream:
        piece = held + piece
        held = b"\r" if piece.endswith(b"\r") else b""
        yield piece[: len(piece) - len(held)].replace(b"\r\n", b"\n")
    yield held


def blob_ids(handle, size, hasher):
    """Return the git blob id, and that of the text with CRLF made LF, or "" where that changes nothing."""
    if size <= PIECE:
        return small_blob_ids(os.read(handle, size) if size else b"", size, hasher)
    digest = hasher.start(size)
    seen = line_ends = 0
    text = True
    last = b""
    for piece in pieces(handle, size):
        digest.update(piece)
        seen += len(piece)
        text = text and b"\0" not in piece
        if text:
            line_ends += (piece.count(b"\r\n") if b"\r" in piece else 0) + (last == b"\r" and piece[:1] == b"\n")
            last = piece[-1:]
    if seen != size:
        raise Changed
    if not (text and line_ends):
        return digest.hexdigest(), ""
    os.lseek(handle, 0, os.SEEK_SET)
    plain = hasher.start(size - line_ends)
    for piece in with_unix_line_ends(pieces(handle, size)):
        plain.update(piece)
    return digest.hexdigest(), plain.hexdigest()


def small_blob_ids(content, size, hasher):
    if len(content) != size:
        raise Changed
    # Looking for one byte is far cheaper than for two, so a binary or a plain text costs no more than that.
    has_windows_line_ends = b"\0" not in content and b"\r" in content and b"\r\n" in content
    plain = hasher.blob_id(content.replace(b"\r\n", b"\n")) if has_windows_line_ends else ""
    return hasher.blob_id(content), plain


def same_state(a, b):
    return (
        a.st_mtime_ns == b.st_mtime_ns
        and a.st_ctime_ns == b.st_ctime_ns
        and a.st_size == b.st_size
        and a.st_ino == b.st_ino
        and a.st_dev == b.st_dev
        and a.st_mode == b.st_mode
    )


def read_file(folder, name, listed, hasher):
    handle = open_quietly(name, QUIET, folder)
    try:
        ids = blob_ids(handle, listed.st_size, hasher)
        if not same_state(listed, os.fstat(handle)):
            raise Changed
        return ids
    finally:
        os.close(handle)


def read_link(folder, name, hasher):
    target = os.fsencode(os.readlink(name, dir_fd=folder))
    return hasher.blob_id(target), target.decode("utf-8", "surrogateescape")


def owner_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def kind_of(error):
    return "vanished" if isinstance(error, FileNotFoundError) else "unreadable"


def reason_of(error):
    return error.strerror or str(error)


class Folder:
    """Lists one folder: a row for each entry, and a problem for what could not be read."""

    def __init__(self, scope, folders, pruned):
        self.scope = scope
        self.hasher = Hasher(scope.algorithm)
        self.folders = folders
        self.pruned = pruned
        self.owners = {}
        self.reset()

    def reset(self):
        self.problems = []
        self.new_owners = {}
        self.hashed = 0
        self.bytes = 0

    def rows(self, root, path, unread):
        try:
            folder = open_below(root, parts_of(path))
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            return []
        try:
            rows = [self.row(folder, path, name, unread) for name in sorted(os.listdir(folder))]
        finally:
            os.close(folder)
        return [row for row in rows if row]

    def row(self, folder, parent, name, unread):
        """Return [name, st_mode, size, mtime_ns, uid, digest, text digest or link target]."""
        shown = portable(name)
        path = join(parent, shown)
        try:
            state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            return None
        self.meet_owner(state.st_uid)
        if stat.S_ISDIR(state.st_mode):
            return self.folder_row(path, shown, state)
        if self.scope.only is not None and path not in self.scope.only:
            return None
        digest = extra = ""
        try:
            if stat.S_ISLNK(state.st_mode):
                digest, extra = read_link(folder, name, self.hasher)
            elif stat.S_ISREG(state.st_mode) and not self.scope.skipped(path, shown, unread):
                digest, extra = self.file_ids(folder, path, name, state)
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            if isinstance(error, FileNotFoundError):
                return None
        except Changed:
            self.problems.append([path, "unstable", "it changed while it was read"])
        return [shown, state.st_mode, state.st_size, state.st_mtime_ns, state.st_uid, digest, extra]

    def meet_owner(self, uid):
        if uid not in self.owners:
            self.owners[uid] = self.new_owners[uid] = owner_name(uid)

    def folder_row(self, path, shown, state):
        if path not in self.folders and path not in self.pruned:
            if self.scope.only is not None:
                return None
            self.problems.append([path, "unstable", "the folder appeared during the scan"])
        return [shown, state.st_mode, 0, state.st_mtime_ns, state.st_uid, "", "pruned" if path in self.pruned else ""]

    def file_ids(self, folder, path, name, state):
        if state.st_size > self.scope.max_file_bytes:
            detail = "%d bytes are more than the limit of %d" % (state.st_size, self.scope.max_file_bytes)
            self.problems.append([path, "too-large", detail])
            return "", ""
        ids = read_file(folder, name, state, self.hasher)
        self.hashed += 1
        self.bytes += state.st_size
        return ids


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
        self.last = time.monotonic()

    def rows(self, batch, problems, owners, counts):
        payload = zlib.compress(json.dumps([batch, problems, owners]).encode("ascii"), 1)
        self.frame(b"D", struct.pack(">IIQ", *counts) + payload)

    def message(self, kind, value):
        self.frame(kind, json.dumps(value).encode("ascii"))

    def heartbeat(self):
        if time.monotonic() - self.last >= HEARTBEAT:
            self.message(b"P", self.counts[1:])

    def trailer(self):
        value = {"frames": self.frames, "entries": self.counts[0], "hashed": self.counts[1], "bytes": self.counts[2]}
        value["sha256"] = self.digest.hexdigest()
        payload = json.dumps(value).encode("ascii")
        self.write(struct.pack(">cI", b"T", len(payload)) + payload)


def folders_in(folder):
    """Names of the folders in an open folder, without asking for the state of each entry where that can be."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except TypeError:  # Python 3.6 cannot scan a descriptor
        states = ((name, os.stat(name, dir_fd=folder, follow_symlinks=False)) for name in os.listdir(folder))
        return [name for name, state in states if stat.S_ISDIR(state.st_mode)]


class Walk:
    """Finds the folders to list. `folders` maps each to whether its files are left unread."""

    def __init__(self, root, scope, sender):
        self.root = root
        self.scope = scope
        self.sender = sender
        self.folders = {}
        self.pruned = set()
        self.problems = []

    def run(self):
        if self.scope.only is not None:
            self.folders = {"/".join(parts_of(p)[:d]): False for p in self.scope.only for d in range(len(parts_of(p)))}
            self.folders.setdefault("", False)
            return
        waiting = [("", False)]
        while waiting:
            path, unread = waiting.pop()
            self.sender.heartbeat()
            try:
                names = self.names(path)
            except OSError as error:
                self.problems.append([path, kind_of(error), reason_of(error)])
                self.folders[path] = None
                continue
            self.folders[path] = unread
            for name in names:
                self.enter(waiting, path, portable(name), unread)

    def names(self, path):
        folder = open_below(self.root, parts_of(path))
        try:
            return folders_in(folder)
        finally:
            os.close(folder)

    def enter(self, waiting, parent, name, unread):
        path = join(parent, name)
        if name == ".git":
            self.pruned.add(path)
            self.git_directory(path)
            return
        expendable = self.scope.prune.match(path, name, True)
        if expendable and path not in self.scope.known_folders:
            self.pruned.add(path)
        else:
            waiting.append((path, unread or expendable or self.scope.unread.match(path, name, True)))

    def git_directory(self, path):
        try:
            refs = git_refs(self.root, path)
        except (OSError, ValueError) as error:
            self.problems.append([path, "git-directory", str(error)])
        else:
            self.sender.message(b"G", [path, sorted(refs)])


def git_refs(root, path):
    """Object ids that the refs of a checkout name, its stash and its other working trees included."""
    found = set()
    waiting = ["HEAD", "packed-refs", "refs", "logs/refs/stash", "worktrees"]
    while waiting:
        name = waiting.pop()
        content = git_file(root, path, name)
        if isinstance(content, list):
            waiting.extend(join(name, below) for below in content if name != "worktrees")
            waiting.extend(join(name, below) + "/HEAD" for below in content if name == "worktrees")
            continue
        # The stash log has "old new who": only the new ids are entries of the stash.
        ids = re.findall(r"(?m)^[0-9a-f]+ ([0-9a-f]{40,64}) " if "logs/" in name else r"(?m)^\^?([0-9a-f]{40,64})\b", content)
        found.update(ids)
        if len(found) > MAX_REFS:
            raise ValueError("more than %d refs" % MAX_REFS)
    if git_file(root, path, "reftable"):
        raise ValueError("its refs are stored as a reftable, which is not read")
    return found


def git_file(root, path, name):
    """Text of a file, names in a folder, or "" where there is neither."""
    parts = parts_of(join(path, name))
    try:
        folder = open_below(root, parts[:-1])
    except FileNotFoundError:
        return ""
    try:
        handle = open_quietly(native(parts[-1]), QUIET, folder)
    except FileNotFoundError:
        return ""
    finally:
        os.close(folder)
    try:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            return [portable(below) for below in os.listdir(handle)]
        return b"".join(pieces(handle, 1 << 26)).decode("ascii", "replace")
    finally:
        os.close(handle)


def work(root, scope, walk, tasks, chunks, output):
    """List and hash chunk after chunk; the next chunk's number comes from a pipe that all workers share."""
    out = Sender(output)
    batch, size, entries = [], 0, 0
    lister = Folder(scope, walk.folders, walk.pruned)

    def flush():
        out.rows(batch, lister.problems, lister.new_owners, (entries, lister.hashed, lister.bytes))
        lister.reset()

    while True:
        number = os.read(tasks, 4)
        if not number:
            break
        for path in chunks[struct.unpack(">I", number)[0]]:
            rows = lister.rows(root, path, walk.folders[path])
            batch.append([path, rows])
            entries += len(rows)
            size += 100 * len(rows)
            if size >= FRAME_BYTES:
                flush()
                batch, size, entries = [], 0, 0
    flush()
    out.frame(b"W", b"")


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
                work(root, scope, walk, tasks, chunks, writer)
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


def forward(outputs, sender):
    """Pass on the workers' frames, whole, as they come. A worker that ends without its last frame is an error."""
    buffers = {reader: bytearray() for reader in outputs}
    while buffers:
        ready = select.select(list(buffers), [], [], HEARTBEAT)[0]
        for reader in ready:
            data = os.read(reader, 1 << 18)
            if not data:
                raise OSError("a hashing process ended before its work was done")
            buffers[reader] += data
            if pass_frames(buffers[reader], sender):
                del buffers[reader]
        sender.heartbeat()


def pass_frames(buffer, sender):
    while len(buffer) >= 5:
        kind, length = struct.unpack_from(">cI", buffer)
        if len(buffer) < 5 + length:
            return False
        payload = bytes(buffer[5 : 5 + length])
        del buffer[: 5 + length]
        if kind == b"W":
            return True
        if kind == b"D":
            for index, value in enumerate(struct.unpack_from(">IIQ", payload)):
                sender.counts[index] += value
        sender.frame(kind, payload)
    return False


def scan(request, sender):
    path = os.path.expanduser(native(request["root"]))
    root = open_quietly(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    real = portable(os.path.realpath(path))
    hello = {"root": real, "now": time.time(), "python": "%d.%d.%d" % sys.version_info[:3], "uid": os.getuid()}
    sender.message(b"H", hello)
    scope = Scope(request)
    walk = Walk(root, scope, sender)
    walk.run()
    if walk.problems:
        sender.rows([], walk.problems, {}, (0, 0, 0))
    workers = request["workers"] or max(1, (os.cpu_count() or 1) // 2)
    forward(start_workers(workers, root, scope, walk), sender)
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


main()
