"""A process that lists and hashes: a folder, and what lies below it, until the others want their share."""

import json
import struct
import time

from .equal import TreeContent
from .folder import Lister, facts_of, row
from .frames import HEARTBEAT, Sender, packed
from .opening import join
from .refs import git_refs
from .state import StateDigest

FRAME_ROWS = 2500  # rows of folders, before a worker sends what it has
TOLD_BYTES = 1 << 20  # read since the counts were told, before the clock is asked
SHIFT = 0.02  # seconds, after which what is still to do is shared anew


class Worker:
    """Does shift after shift: folders come as a line of JSON over a pipe, what was found goes to the parent.

    Frames to the parent: D rows for the client, K rows to keep until it is known whether they are needed,
    S folders that are equal, and folders that may be, U folders whose state the client knows, G and P as for
    the client, N counts, M the folders that are left at the end of a shift, E an error.
    """

    def __init__(self, root, scope, trees, memory, pace, output):
        self.root = root
        self.trees = trees
        self.memory = memory
        self.pace = pace
        self.lister = Lister(root, scope, self.spent)
        self.out = Sender(output)
        self.entries = self.bytes = 0
        self.told = time.monotonic()
        self.clear()

    def clear(self):
        self.groups, self.rows = [], 0
        self.equal, self.opened, self.unchanged = [], [], []

    def run(self, shifts):
        for line in shifts:
            waiting = json.loads(line.decode("ascii"))
            ends = time.monotonic() + SHIFT
            while waiting and time.monotonic() < ends:
                waiting += self.visit(*waiting.pop())
            self.flush()
            self.out.message(b"M", waiting)

    def visit(self, path, unread):
        """List a folder; return [path, unread] of those in it that are to be looked into as well."""
        folder = self.lister.open(path, unread)
        if folder is None:
            return []
        held = None
        if path in self.memory.known:
            digest, held = self.lister.state_digest(folder)
            if folder.clean and digest.value() == self.memory.known[path]:
                return self.pass_over(folder, held)
        return self.list(folder, held)

    def pass_over(self, folder, held):
        """Read nothing in a folder whose state the client knows; those below it have states of their own."""
        self.unchanged.append(folder.path)
        self.entries += sum(len(names) for names in folder.pieces)
        below = []
        for names in folder.pieces:
            entered, pruned = self.lister.below(folder, held or self.lister.states(folder, names))
            below += entered
            self.look_at_git(folder, pruned)
        return below

    def list(self, folder, held):
        state = StateDigest(folder.device)
        tree = TreeContent() if folder.path in self.trees else None
        below, found, earlier = [], None, []
        facts = [0, 0, 0]  # entries, bytes, files hashed
        for names in folder.pieces:
            if found is not None:
                earlier.append(packed([[[folder.path, None, [row(one) for one in found]]], [], {}]))
            states = held or self.lister.states(folder, names)
            state.add(states)
            entered, pruned = self.lister.below(folder, states)
            below += entered
            self.look_at_git(folder, pruned)
            found = self.lister.rows(folder, states, pruned)
            facts = [a + b for a, b in zip(facts, facts_of(found))]
            if tree:
                tree.add(found)
        self.entries += facts[0]
        is_kept = folder.clean and self.memory.may_be_kept(folder.device, state.newest)
        self.conclude(folder, tree, earlier, found, [*facts, state.value().hex() if is_kept else ""])
        return below

    def conclude(self, folder, tree, earlier, found, facts):
        """Say that the folder is the desired one, or may be, or send what is in it."""
        path = folder.path
        pieces = tree.pieces() if tree and folder.clean else None
        if pieces and len(pieces) == 1 and self.lister.hasher.tree_id(pieces[0]) == self.trees[path]:
            self.equal.append([path, facts])
            return
        group = [path, facts[3], [row(one) for one in found]]
        if pieces and len(pieces) > 1:
            shown = [piece.hex() if isinstance(piece, bytes) else piece for piece in pieces]
            self.opened.append([path, shown, facts])
            name = path.encode("utf-8", "surrogateescape")
            for payload in [*earlier, packed([[group], [], {}])]:
                self.out.frame(b"K", struct.pack(">H", len(name)) + name + payload)
            return
        for payload in earlier:
            self.out.frame(b"D", payload)
        self.groups.append(group)
        self.rows += len(found)
        if self.rows >= FRAME_ROWS:
            self.flush()

    def spent(self, size):
        self.bytes += size
        self.pace.spent(size)
        if self.bytes > TOLD_BYTES and time.monotonic() - self.told > HEARTBEAT / 2:
            self.tell_counts()

    def tell_counts(self):
        self.told = time.monotonic()
        self.out.frame(b"N", struct.pack(">IIQ", self.entries, self.lister.hashed, self.bytes))
        self.entries = self.bytes = self.lister.hashed = 0

    def look_at_git(self, folder, pruned):
        if ".git" not in pruned:
            return
        path = join(folder.path, ".git")
        try:
            self.out.message(b"G", [path, sorted(git_refs(self.root, path))])
        except (OSError, ValueError) as error:
            self.lister.problems.append([path, "git-directory", str(error)])

    def flush(self):
        lister = self.lister
        if lister.new_owners or self.groups or lister.problems:
            self.out.frame(b"D", packed([self.groups, lister.problems, lister.new_owners]))
        if self.equal or self.opened:
            self.out.message(b"S", [self.equal, self.opened])
        if self.unchanged:
            self.out.message(b"U", self.unchanged)
        self.tell_counts()
        lister.reset()
        self.clear()
