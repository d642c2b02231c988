"""Opening what lies below the root, and nothing else."""

import errno
import os
import sys

QUIET = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
MOST_OPEN = 60  # descriptors of folders at a time
NO_ATIME = getattr(os, "O_NOATIME", 0)
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
        self.deep = None

    def open(self, path):
        """Return a descriptor that is valid until the next call."""
        parts = parts_of(path)
        kept = parts[:MOST_OPEN]
        common = 0
        while common < min(len(kept), len(self.chain)) and kept[common] == self.chain[common][0]:
            common += 1
        self.close(common)
        for part in kept[common:]:
            above = self.chain[-1][1] if self.chain else self.root
            self.chain.append([part, open_quietly(native(part), QUIET | os.O_DIRECTORY, above)])
        last = self.chain[-1][1] if self.chain else self.root
        if len(parts) > MOST_OPEN:
            last = self.deep = open_below(last, parts[MOST_OPEN:])
        return last

    def close(self, keep=0):
        while len(self.chain) > keep:
            os.close(self.chain.pop()[1])
        if self.deep is not None:
            os.close(self.deep)
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
    # A folder that became a file, or anything that became a link.
    return "unstable" if error.errno in (errno.ENOTDIR, errno.ELOOP) else "unreadable"


def reason_of(error):
    return error.strerror or str(error)
