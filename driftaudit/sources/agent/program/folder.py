"""The entries of one folder."""

import os
import pwd
import stat
import time

from .hashing import ChangedError, Hasher, read_file, read_link, same_state
from .opening import LOCALE_IS_UTF8, QUIET, Folders, kind_of, open_quietly, portable, reason_of
from .state import StateDigest

FORMAT = 0o170000  # the bits of st_mode that say what a path is
PIECE_NAMES = 2000  # entries of a folder that are held at a time
ONE_READING = 100  # names of any length that the system hands out at once
TRIES = 5  # to list a folder that changes
TICK = 0.01  # seconds; Linux tells changes that are further apart than this


def owner_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def names_in(descriptor):
    """Return the names, the device, and whether the names are all.

    Where a folder takes several readings and changes between them, a file that was there all the time may
    be named twice or not at all: some file systems move what is renamed.
    """
    names = os.listdir(descriptor)
    device = os.fstat(descriptor).st_dev
    if len(names) <= ONE_READING:
        return names, device, True
    for _ in range(TRIES):
        began, before = time.time(), os.fstat(descriptor)
        # Opened again: a descriptor may not show what is newer than it.
        own = open_quietly(".", QUIET | os.O_DIRECTORY, descriptor)
        try:
            names = os.listdir(own)
        finally:
            os.close(own)
        is_fresh = abs(began - before.st_ctime) < TICK  # then a further change may leave the same times
        if not is_fresh and same_state(before, os.fstat(descriptor)):
            return names, device, True
        time.sleep(TICK)
    return set(names), device, False


class Folder:
    """One folder, opened: its names, and what was found of it so far. `clean`: without a problem."""

    def __init__(self, path, unread, descriptor):
        self.path = path
        self.prefix = path + "/" if path else ""
        self.unread = unread
        self.descriptor = descriptor
        found, self.device, self.clean = names_in(descriptor)
        names = sorted(found)
        self.pieces = [names[at : at + PIECE_NAMES] for at in range(0, len(names), PIECE_NAMES)] or [[]]


class Lister:
    """Lists folders, and hashes what is in them."""

    def __init__(self, root, scope, spent):
        self.opened = Folders(root)
        self.scope = scope
        self.spent = spent  # hears of bytes as they are read
        self.hasher = Hasher(scope.algorithm)
        self.owners = {}
        self.reset()

    def reset(self):
        self.problems = []
        self.new_owners = {}
        self.hashed = 0

    def problem(self, path, error):
        self.problems.append([path, kind_of(error), reason_of(error)])

    def open(self, path, unread):
        """Return a Folder that is valid until the next call, or None where it cannot be listed."""
        try:
            folder = Folder(path, unread, self.opened.open(path))
        except OSError as error:
            self.problem(path, error)
            return None
        if not folder.clean:
            self.problems.append([path, "unstable", "it changed whenever it was listed"])
        return folder

    def states(self, folder, names):
        """Return [(name, state)] of the names that are still there."""
        found = []
        for name in names:
            try:
                found.append((name, os.stat(name, dir_fd=folder.descriptor, follow_symlinks=False)))
            except OSError as error:
                folder.clean = False
                self.problem(folder.prefix + portable(name), error)
        return found

    def state_digest(self, folder):
        """Return the digest of the folder's state, and the states where it is small enough to hold them."""
        digest = StateDigest(folder.device)
        held = None
        for names in folder.pieces:
            held = self.states(folder, names)
            digest.add(held)
        return digest, held if len(folder.pieces) == 1 else None

    def below(self, folder, states):
        """Return [path, unread] of the folders to look into, and the names of the pruned ones."""
        entered, pruned = [], set()
        for name, state in states:
            if state.st_mode & FORMAT != stat.S_IFDIR:
                continue
            shown = portable(name)
            path = folder.prefix + shown
            if self.scope.only_folders is not None and path not in self.scope.only_folders:
                continue
            if shown == ".git" or self.scope.is_pruned(path, shown):
                pruned.add(name)
            else:
                entered.append([path, self.scope.is_unread(path, shown, folder.unread)])
        return entered, pruned

    def rows(self, folder, states, pruned):
        """Return (name, state, digest, text digest or link target or "pruned") of each entry.

        Digests are bytes, b"" where there is none. What vanished meanwhile is left out, and a problem.
        """
        prefix, only = folder.prefix, self.scope.only
        found = []
        for name, state in states:
            shown = name if LOCALE_IS_UTF8 else portable(name)
            kind = state.st_mode & FORMAT
            if state.st_uid not in self.owners:
                self.owners[state.st_uid] = self.new_owners[state.st_uid] = owner_name(state.st_uid)
            if kind == stat.S_IFDIR:
                if only is None or prefix + shown in self.scope.only_folders:
                    found.append((shown, state, b"", "pruned" if name in pruned else ""))
            elif only is None or prefix + shown in only:
                ids = self.ids(folder, name, prefix + shown, state, kind)
                if ids is not None:
                    found.append((shown, state, ids[0], ids[1]))
        return found

    def ids(self, folder, name, path, state, kind):
        """Return digest, and text digest or link target, b"" where there is none; None where it vanished."""
        try:
            if kind == stat.S_IFREG:
                if self.scope.skipped(path, name, folder.unread):
                    return b"", b""
                return self.file_ids(folder, name, path, state)
            if kind == stat.S_IFLNK:
                return read_link(folder.descriptor, name, self.hasher)
        except ChangedError:
            folder.clean = False
            self.problems.append([path, "unstable", "it changed while it was read"])
        except OSError as error:
            folder.clean = False
            self.problem(path, error)
            if isinstance(error, FileNotFoundError):
                return None
        return b"", b""

    def file_ids(self, folder, name, path, state):
        size = state.st_size
        if not self.scope.read:
            if not os.access(name, os.R_OK, dir_fd=folder.descriptor):
                self.problems.append([path, "unreadable", "Permission denied"])
                folder.clean = False
            return b"", b""
        if size > self.scope.max_file_bytes:
            detail = "%d bytes are more than the limit of %d" % (size, self.scope.max_file_bytes)
            self.problems.append([path, "too-large", detail])
            folder.clean = False
            return b"", b""
        ids = read_file(folder.descriptor, name, state, self.hasher, self.spent)
        self.hashed += 1
        return ids


def row(found):
    """Return an entry as it is sent: [name, st_mode, size, mtime_ns, uid, digest, text digest or target]."""
    name, state, digest, extra = found
    size = 0 if state.st_mode & FORMAT == stat.S_IFDIR else state.st_size
    extra = extra.hex() if isinstance(extra, bytes) else extra
    return [name, state.st_mode, size, state.st_mtime_ns, state.st_uid, digest.hex(), extra]


def facts_of(found):
    """Return how many entries there are, the bytes of their files, and how many files were read."""
    files = [(state.st_size, digest) for _name, state, digest, _extra in found if stat.S_ISREG(state.st_mode)]
    return len(found), sum(size for size, _digest in files), sum(1 for _size, digest in files if digest)
