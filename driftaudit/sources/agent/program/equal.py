"""Folders that are equal to the desired ones, by git's tree ids."""

import stat

from .folder import FORMAT
from .opening import join, parts_of


def tree_pieces(rows):
    """Return a folder's git tree as bytes, names of subfolders, bytes, ...; None where git has no such tree.

    That is so for an empty folder, and for one with an entry that was not read or that git does not record.
    """
    items = []
    for name, mode, _size, _time, _uid, digest, extra in rows:
        raw = name.encode("utf-8", "surrogateescape")
        kind = mode & FORMAT
        if digest:
            written = (
                b"120000 " if kind == stat.S_IFLNK else b"100755 " if mode & stat.S_IXUSR else b"100644 "
            )
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
            paths = [join(path, name) for name in pieces[1::2]]
            if not all(below in self.found for below in paths):
                continue
            below = [self.found[path] for path in paths]
            content = bytes.fromhex(pieces[0])
            for name, (tree, _entries, _size), rest in zip(pieces[1::2], below, pieces[2::2]):
                content += b"40000 %b\0%b" % (name.encode("utf-8", "surrogateescape"), bytes.fromhex(tree))
                content += bytes.fromhex(rest)
            tree = self.hasher.tree_id(content)
            if tree == self.trees[path]:
                totals = [entries + sum(row[1] for row in below), size + sum(row[2] for row in below)]
                self.found[path] = [tree, *totals]
                del self.kept[path]

    def topmost(self):
        """Return [path, entries below, bytes below] of each equal folder that lies in no other."""
        return [
            [path, row[1], row[2]]
            for path, row in sorted(self.found.items())
            if not path or path.rpartition("/")[0] not in self.found
        ]
