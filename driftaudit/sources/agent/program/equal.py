"""Folders that are equal to the desired ones, by git's tree ids."""

import stat

from .folder import FORMAT
from .opening import join, parts_of


class TreeContent:
    """A folder's git tree, made of its entries piece by piece. `is_one`: git has such trees.

    It has none for an empty folder, and for one with an entry that was not read or that git does not record.
    """

    def __init__(self):
        self.items = []
        self.is_one = True

    def add(self, found):
        for name, state, digest, extra in found:
            raw = name.encode("utf-8", "surrogateescape")
            kind = state.st_mode & FORMAT
            if digest:
                if kind == stat.S_IFLNK:
                    written = b"120000 "
                else:
                    written = b"100755 " if state.st_mode & stat.S_IXUSR else b"100644 "
                self.items.append((raw, None, written + raw + b"\0" + digest))
            elif kind == stat.S_IFDIR and extra != "pruned":
                self.items.append((raw + b"/", name, b""))
            else:
                self.is_one = False

    def pieces(self):
        """Return bytes, the name of a subfolder, bytes, ...; None where there is no such tree."""
        if not (self.items and self.is_one):
            return None
        pieces = [b""]
        held = []
        for _key, folder, content in sorted(self.items):
            if folder is None:
                held.append(content)
            else:
                pieces[-1] = b"".join(held)
                pieces += [folder, b""]
                held = []
        pieces[-1] = b"".join(held)
        return pieces


class Equal:
    """Finds the folders that are equal to the desired ones, whole subtrees first: they need not be sent.

    A folder's git tree id rests on its subfolders' ids, which other processes find: `opened` holds the
    folders that wait for those, `kept` their rows, which are sent only if they turn out to differ.
    """

    def __init__(self, trees, hasher):
        self.trees = trees
        self.hasher = hasher
        self.found = {}  # path: what is sent of it
        self.opened = []  # [path, pieces as hexadecimal digits, what is sent of it]
        self.kept = {}

    def settle(self):
        for path, pieces, facts in sorted(self.opened, key=lambda row: -len(parts_of(row[0]))):
            content = self.content(path, pieces)
            if content is not None and self.hasher.tree_id(content) == self.trees[path]:
                self.found[path] = facts
                del self.kept[path]

    def content(self, path, pieces):
        """Return the git tree of a folder, None where one of its subfolders is not the desired one."""
        parts = [bytes.fromhex(pieces[0])]
        for name, rest in zip(pieces[1::2], pieces[2::2]):
            below = join(path, name)
            if below not in self.found:
                return None
            parts.append(b"40000 %b\0%b" % (name.encode("utf-8", "surrogateescape"), self.trees[below]))
            parts.append(bytes.fromhex(rest))
        return b"".join(parts)
