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
HEARTBEAT = 1.0  # seconds between signs of life
MAX_REFS = 100000
QUIET = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
LOCALE_IS_UTF8 = sys.getfilesystemencoding().lower() == "utf-8"
NO_ATIME = getattr(os, "O_NOATIME", 0)
FORMAT = 0o170000  # the bits of st_mode that say what a path is


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
        self.trees = request["trees"]

    def skipped(self, path, name, folder_unread):
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
        digest = self.empty.copy()
        digest.update(b"blob %d\0" % len(content))
        digest.update(content)
        return digest.hexdigest()

    def tree_id(self, content):
        digest = self.empty.copy()
        digest.update(b"tree %d\0" % len(content))
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
        content = os.read(handle, size) if size else b""
        if len(content) != size:
            raise Changed
        # Looking for one byte is far cheaper than for two, so a binary or a plain text costs no more than that.
        windows = b"\0" not in content and b"\r" in content and b"\r\n" in content
        return hasher.blob_id(content), hasher.blob_id(content.replace(b"\r\n", b"\n")) if windows else ""
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


def same_state(a, b):
    # Mode, inode, device, links, uid, gid and size in one comparison; then the exact times.
    return a[:7] == b[:7] and a.st_mtime_ns == b.st_mtime_ns and a.st_ctime_ns == b.st_ctime_ns


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
            prefix = path + "/" if path else ""
            rows = [self.row(folder, prefix, name, unread) for name in sorted(os.listdir(folder))]
        finally:
            os.close(folder)
        return [row for row in rows if row]

    def row(self, folder, prefix, name, unread):
        """Return [name, st_mode, size, mtime_ns, uid, digest, text digest or link target]."""
        shown = name if LOCALE_IS_UTF8 else portable(name)
        path = prefix + shown
        try:
            state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            return None
        if state.st_uid not in self.owners:
            self.meet_owner(state.st_uid)
        kind = state.st_mode & FORMAT
        if kind == stat.S_IFDIR:
            return self.folder_row(path, shown, state)
        if self.scope.only is not None and path not in self.scope.only:
            return None
        digest = extra = ""
        try:
            if kind == stat.S_IFREG:
                if not self.scope.skipped(path, shown, unread):
                    digest, extra = self.file_ids(folder, path, name, state)
            elif kind == stat.S_IFLNK:
                digest, extra = read_link(folder, name, self.hasher)
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            if isinstance(error, FileNotFoundError):
                return None
        except Changed:
            self.problems.append([path, "unstable", "it changed while it was read"])
        return [shown, state.st_mode, state.st_size, state.st_mtime_ns, state.st_uid, digest, extra]

    def meet_owner(self, uid):
        self.owners[uid] = self.new_owners[uid] = owner_name(uid)

    def folder_row(self, path, shown, state):
        if path not in self.folders and path not in self.pruned:
            if self.scope.only is not None:
                return None
            self.problems.append([path, "unstable", "the folder appeared during the scan"])
        return [shown, state.st_mode, 0, state.st_mtime_ns, state.st_uid, "", "pruned" if path in self.pruned else ""]

    def file_ids(self, folder, path, name, state):
        if not self.scope.read:
            if not os.access(name, os.R_OK, dir_fd=folder):
                self.problems.append([path, "unreadable", "Permission denied"])
            return "", ""
        if state.st_size > self.scope.max_file_bytes:
            detail = "%d bytes are more than the limit of %d" % (state.st_size, self.scope.max_file_bytes)
            self.problems.append([path, "too-large", detail])
            return "", ""
        ids = read_file(folder, name, state, self.hasher)
        self.hashed += 1
        self.bytes += state.st_size
        return ids


def tree_pieces(rows):
    """Return the git tree of a folder as bytes, names of subfolders, bytes, ...; None where git has no such tree.

    That is so for an empty folder, and for one with an entry that was not read or that git does not record.
    """
    items = []
    for name, mode, _size, _time, _uid, digest, extra in rows:
        raw = name.encode("utf-8", "surrogateescape")
        kind = mode & FORMAT
        if digest:
            written = b"120000 " if kind == stat.S_IFLNK else b"100755 " if mode & stat.S_IXUSR else b"100644 "
            items.append((raw, name, written + raw + b"\0" + bytes.fromhex(digest)))
        elif kind == stat.S_IFDIR and extra != "pruned":
            items.append((raw + b"/", name, b""))
        else:
            return None
    if not items:
        return None
    pieces = [b""]
    for _key, name, content in sorted(items):
        if content:
            pieces[-1] += content
        else:
            pieces += [name, b""]
    return pieces


class Equal:
    """Finds the folders that are equal to the desired ones, whole subtrees first: they need not be sent.

    A folder's git tree id rests on its subfolders' ids, which other processes find: `opened` holds the
    folders that wait for those, `kept` their rows, which are sent only if they turn out to differ.
    """

    def __init__(self, trees, hasher):
        self.trees = trees
        self.hasher = hasher
        self.found = {}  # path: [id, entries below, bytes below]
        self.opened = []  # [path, pieces, entries, bytes]
        self.kept = {}

    def settle(self):
        for path, pieces, entries, size in sorted(self.opened, key=lambda row: -len(parts_of(row[0]))):
            below = [self.found.get(join(path, name)) for name in pieces[1::2]]
            if None in below:
                continue
            content = bytes.fromhex(pieces[0])
            for name, (tree, _entries, _size), rest in zip(pieces[1::2], below, pieces[2::2]):
                content += b"40000 %b\0%b" % (name.encode("utf-8", "surrogateescape"), bytes.fromhex(tree))
                content += bytes.fromhex(rest)
            tree = self.hasher.tree_id(content)
            if tree == self.trees[path]:
                totals = [entries + sum(row[1] for row in below), size + sum(row[2] for row in below)]
                self.found[path] = [tree] + totals
                del self.kept[path]

    def topmost(self):
        """Return [path, entries below, bytes below] of each equal folder that lies in no other."""
        return [
            [path, row[1], row[2]]
            for path, row in sorted(self.found.items())
            if not path or path.rpartition("/")[0] not in self.found
        ]


def rows_payload(batch, problems, owners):
    return zlib.compress(json.dumps([batch, problems, owners]).encode("ascii"), 1)


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


class Worker:
    """Lists and hashes chunk after chunk; the next chunk's number comes from a pipe that all workers share.

    Frames to the parent: D rows for the client, K rows to keep until it is known whether they are needed,
    S folders that are equal, and folders that may be, N counts, W the end.
    """

    def __init__(self, root, scope, walk, output):
        self.root = root
        self.trees = scope.trees
        self.folders = walk.folders
        self.out = Sender(output)
        self.lister = Folder(scope, walk.folders, walk.pruned)
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
        rows = self.lister.rows(self.root, path, self.folders[path])
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


def scan(request, sender):
    path = os.path.expanduser(native(request["root"]))
    real = portable(os.path.realpath(path))
    hello = {"root": real, "now": time.time(), "python": "%d.%d.%d" % sys.version_info[:3], "uid": os.getuid()}
    hello["executable"] = portable(sys.executable or "")
    sender.message(b"H", hello)
    root = open_quietly(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    scope = Scope(request)
    walk = Walk(root, scope, sender)
    walk.run()
    if walk.problems:
        sender.frame(b"D", rows_payload([], walk.problems, {}))
    cores = os.cpu_count() or 1
    workers = request["workers"] or min(cores, max(2, cores // 2))
    Parent(sender, Equal(scope.trees, Hasher(scope.algorithm))).forward(start_workers(workers, root, scope, walk))
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
