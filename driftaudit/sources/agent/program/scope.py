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
        # Below an unread folder what a pattern of the same list takes back is read.
        self.lists = [
            (bit, patterns, Patterns([[True, *row[1:]] for row in request[key] if not row[0]]))
            for bit, key, patterns in ((1, "prune", self.prune), (2, "unread", self.unread))
        ]
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
        """Return bits: by which lists the files of a folder are left unread; `above` is its parent's."""
        found = 0
        for bit, patterns, taken_back in self.lists:
            is_below = above & bit and not taken_back.match(path, name, True)
            if is_below or patterns.match(path, name, True):
                found |= bit
        return found

    def skipped(self, path, name, folder_unread):
        if not folder_unread and not self.for_any_file.may_match(path, name):
            return False
        if path in self.known:
            return False
        if folder_unread:
            return any(
                folder_unread & bit and not taken_back.match(path, name, False)
                for bit, _patterns, taken_back in self.lists
            )
        return any(patterns.match(path, name, False) for patterns in self.for_files)


def folders_above(paths):
    return {"/".join(parts_of(path)[:depth]) for path in paths for depth in range(len(parts_of(path)))}
