"""Opening what lies below the root, and nothing else."""

import errno
import os
import sys

QUIET = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
MOST_OPEN = 60  # descriptors of folders at a time
NO_ATIME = getattr(os, "O_NOATIME", 0)
# What opening or reading says of a path that is no longer of the kind that it was listed as.
OTHER_KIND = {errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.EINVAL, errno.EAGAIN, errno.ENXIO}
LOCALE_IS_UTF8 = sys.getfilesystemencoding().lower() == "utf-8"


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
            below = open_quietly(native(part), QUIET | os.O_DIRECTORY, current)
        finally:
            os.close(current)
        current = below
    return current


class Folders:
    """Opens folders below the root. Those above the last one stay open: the next is most often near."""

    def __init__(self, root):
        self.root = root
        self.chain = []  # [part, descriptor], from the root down
        self.deep = None  # parts and descriptor of the last one, where the chain does not reach it

    def open(self, path):
        """Return a descriptor that is valid until the next call."""
        parts = parts_of(path)
        if self.deep is not None and parts[: len(self.deep[0])] == self.deep[0]:
            start, rest = self.deep[1], parts[len(self.deep[0]) :]
        else:
            start, rest = self.nearest(parts[:MOST_OPEN]), parts[MOST_OPEN:]
        if not rest:
            return start
        below = open_below(start, rest)
        self.close_deep()
        self.deep = parts, below
        return below

    def nearest(self, parts):
        """Return a descriptor of a folder that is kept open with those above it."""
        self.close_deep()
        common = 0
        while common < min(len(parts), len(self.chain)) and parts[common] == self.chain[common][0]:
            common += 1
        while len(self.chain) > common:
            os.close(self.chain.pop()[1])
        for part in parts[common:]:
            above = self.chain[-1][1] if self.chain else self.root
            self.chain.append([part, open_quietly(native(part), QUIET | os.O_DIRECTORY, above)])
        return self.chain[-1][1] if self.chain else self.root

    def close_deep(self):
        if self.deep is not None:
            os.close(self.deep[1])
            self.deep = None


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
    if LOCALE_IS_UTF8:
        return name
    return os.fsdecode(name.encode("utf-8", "surrogateescape"))


def kind_of(error):
    """Return what an error in opening or reading says of a path that was listed a moment before."""
    if isinstance(error, FileNotFoundError):
        return "vanished"
    return "unstable" if error.errno in OTHER_KIND else "unreadable"


def reason_of(error):
    return error.strerror or str(error)
