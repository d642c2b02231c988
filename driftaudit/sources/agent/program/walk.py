"""The folders that there are."""

import os
import stat

from .opening import Folders, join, kind_of, parts_of, portable, reason_of
from .refs import git_refs


def folders_in(folder):
    """Names of the folders in an open folder, without asking for the state of each entry if that can be."""
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
        self.opened = Folders(root)

    def run(self):
        if self.scope.only is not None:
            self.folders = {
                "/".join(parts_of(p)[:d]): False for p in self.scope.only for d in range(len(parts_of(p)))
            }
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
        self.opened.close()

    def names(self, path):
        return folders_in(self.opened.open(path))

    def enter(self, waiting, parent, name, unread):
        path = join(parent, name)
        if name == ".git":
            self.pruned.add(path)
            self.git_directory(path)
            return
        if self.scope.is_pruned(path, name):
            self.pruned.add(path)
        else:
            waiting.append((path, self.scope.is_unread(path, name, unread)))

    def git_directory(self, path):
        try:
            refs = git_refs(self.root, path)
        except (OSError, ValueError) as error:
            self.problems.append([path, "git-directory", str(error)])
        else:
            self.sender.message(b"G", [path, sorted(refs)])
