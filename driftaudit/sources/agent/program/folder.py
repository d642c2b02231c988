"""The entries of one folder."""

import os
import pwd
import stat

from .hashing import ChangedError, Hasher, read_file, read_link
from .opening import LOCALE_IS_UTF8, Folders, kind_of, portable, reason_of

FORMAT = 0o170000  # the bits of st_mode that say what a path is


def owner_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


class Folder:
    """Lists one folder: a row for each entry, and a problem for what could not be read."""

    def __init__(self, root, scope, folders, pruned):
        self.opened = Folders(root)
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

    def rows(self, path, unread):
        try:
            folder = self.opened.open(path)
            names = sorted(os.listdir(folder))
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            return []
        prefix = path + "/" if path else ""
        rows = [self.row(folder, prefix, name, unread) for name in names]
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
        if state.st_mode & FORMAT == stat.S_IFDIR:
            return self.folder_row(path, shown, state)
        if self.scope.only is not None and path not in self.scope.only:
            return None
        ids = self.ids(folder, path, name, state, unread)
        if ids is None:
            return None
        return [shown, state.st_mode, state.st_size, state.st_mtime_ns, state.st_uid, *ids]

    def ids(self, folder, path, name, state, unread):
        """Return digest, and text digest or link target, "" where there is none; None where it vanished."""
        kind = state.st_mode & FORMAT
        try:
            if kind == stat.S_IFREG:
                return (
                    ("", "")
                    if self.scope.skipped(path, name, unread)
                    else self.file_ids(folder, path, name, state)
                )
            if kind == stat.S_IFLNK:
                return read_link(folder, name, self.hasher)
        except OSError as error:
            self.problems.append([path, kind_of(error), reason_of(error)])
            if isinstance(error, FileNotFoundError):
                return None
        except ChangedError:
            self.problems.append([path, "unstable", "it changed while it was read"])
        return "", ""

    def meet_owner(self, uid):
        self.owners[uid] = self.new_owners[uid] = owner_name(uid)

    def folder_row(self, path, shown, state):
        if path not in self.folders and path not in self.pruned:
            if self.scope.only is not None:
                return None
            self.problems.append([path, "unstable", "the folder appeared during the scan"])
        return [
            shown,
            state.st_mode,
            0,
            state.st_mtime_ns,
            state.st_uid,
            "",
            "pruned" if path in self.pruned else "",
        ]

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
