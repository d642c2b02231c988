"""What a request says of folders and files: looked into, read, or neither."""

from .opening import parts_of
from .patterns import Patterns


class Scope:
    """Which folders are not looked into, and which files are not read."""

    def __init__(self, request):
        self.prune = Patterns(request["prune"])
        self.unread = Patterns(request["unread"])
        # A pattern for folders alone matches no file, so most need not be asked for one.
        rows = [[row for row in request[key] if not row[1]] for key in ("prune", "unread")]
        self.for_files = [Patterns(kept) for kept in rows if kept]
        self.for_any_file = Patterns([row for kept in rows for row in kept])
        # Below an unread folder what any pattern takes back is read: rather too much than too little.
        undoing = [row for row in request["prune"] + request["unread"] if not row[0]]
        self.taken_back = Patterns([[True, *row[1:]] for row in undoing])
        self.known = set(request["known"])
        self.known_folders = folders_above(self.known)
        self.only = None if request["only"] is None else set(request["only"])
        self.only_folders = None if self.only is None else folders_above(self.only)
        self.read = request["read"]
        self.max_file_bytes = request["max_file_bytes"]
        self.algorithm = request["object_format"]

    def is_pruned(self, path, name):
        if path in self.known_folders or self.prune.may_undo_below(path, name):
            return False
        return self.prune.match(path, name, True)

    def is_unread(self, path, name, above):
        """Whether the files of a folder are left unread; `above` says so of the folder that it lies in."""
        if above and not self.taken_back.match(path, name, True):
            return True
        return self.prune.match(path, name, True) or self.unread.match(path, name, True)

    def skipped(self, path, name, folder_unread):
        if not folder_unread and not self.for_any_file.may_match(path, name):
            return False
        if path in self.known:
            return False
        if folder_unread:
            return not self.taken_back.match(path, name, False)
        return any(patterns.match(path, name, False) for patterns in self.for_files)


def folders_above(paths):
    return {"/".join(parts_of(path)[:depth]) for path in paths for depth in range(len(parts_of(path)))}
