"""Contents, as they are now. Whether they are what was scanned, the client finds out.

Frames: C [number of what was wanted, size in bytes], B bytes of the content that began last, and
X [number, kind, detail] where a content cannot be had, or not to its end.
"""

import os
import stat

from .hashing import Hasher, pieces
from .opening import QUIET, Folders, kind_of, native, open_quietly, reason_of
from .pace import Pace

OTHER = "it is of another kind than in the scan"


class Giver:
    """Sends contents, no faster than it may."""

    def __init__(self, request, sender):
        self.sender = sender
        self.pace = Pace(request["rate"])
        self.most = request["max_file_bytes"]

    def give(self, number, size, content):
        self.sender.message(b"C", [number, size])
        for piece in content:
            self.sender.frame(b"B", piece)
            self.pace.spent(len(piece))
            size -= len(piece)
        if size:
            refuse(self.sender, number, "unstable", "it became shorter while it was read")

    def is_refused(self, number, size, wanted):
        """Whether a file is not given for its size; `wanted` is the size that it had, or None."""
        if wanted not in (None, size):
            refuse(self.sender, number, "unstable", "it has %d bytes by now, and had %d" % (size, wanted))
        elif self.most is not None and size > self.most:
            detail = "%d bytes are more than the limit of %d" % (size, self.most)
            refuse(self.sender, number, "too-large", detail)
        else:
            return False
        return True


def refuse(sender, number, kind, detail):
    sender.message(b"X", [number, kind, detail])


def give_files(root, request, sender):
    folders, giver = Folders(root), Giver(request, sender)
    for number, (path, size, _digest, is_link) in enumerate(request["wanted"]):
        folder, _slash, name = path.rpartition("/")
        try:
            above = folders.open(folder)
            if is_link:
                target = os.fsencode(os.readlink(native(name), dir_fd=above))
                giver.give(number, len(target), [target])
            else:
                give_file(giver, number, above, native(name), size)
        except OSError as error:
            refuse(sender, number, kind_of(error), reason_of(error))
    sender.trailer()


def give_file(giver, number, folder, name, wanted):
    listed = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(listed.st_mode):  # a device is not even opened
        refuse(giver.sender, number, "unstable", OTHER)
        return
    handle = open_quietly(name, QUIET, folder)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            refuse(giver.sender, number, "unstable", OTHER)
        elif not giver.is_refused(number, state.st_size, wanted):
            giver.give(number, state.st_size, pieces(handle, state.st_size))
    finally:
        os.close(handle)


class Reading:
    """What is done with the members of an archive in one reading: they are counted."""

    seen = 0

    def problem(self, path, kind, detail):
        """The scan has told of it."""

    def send(self):
        """All was sent as it was read."""


class Finder(Reading):
    """Goes through the members of an archive, and notes which of them holds a content that is wanted."""

    def __init__(self, request, sender):
        self.sender = sender
        self.hasher = Hasher(request["object_format"])
        self.wanted = {row[2]: number for number, row in enumerate(request["wanted"])}
        self.sizes = {row[1] for row in request["wanted"]}
        self.found = {}  # number of what was wanted, by number of the member

    def add(self, member):
        self.sender.heartbeat()
        self.seen += 1
        if None not in self.sizes and member.size not in self.sizes:
            return
        content = content_of(member)
        if content is not None:
            digest = self.hasher.start(member.size)
            for piece in content:
                digest.update(piece)
            number = self.wanted.pop(digest.hexdigest(), None)
            if number is not None:
                self.found[self.seen] = number

    def send(self):
        for number in self.wanted.values():
            refuse(self.sender, number, "vanished", "no member of the archive has this content any more")


class Bringer(Reading):
    """Goes through the members once more, and gives the contents of those that were found."""

    def __init__(self, finder, request, sender):
        self.found = finder.found
        self.giver = Giver(request, sender)

    def add(self, member):
        self.seen += 1
        number = self.found.get(self.seen)
        if number is not None and not self.giver.is_refused(number, member.size, None):
            self.giver.give(number, member.size, content_of(member) or [])


def content_of(member):
    """Return the pieces of a file or of a link's target, None where the member has none of its own."""
    if stat.S_ISLNK(member.mode):
        return [member.link]
    is_file = stat.S_ISREG(member.mode) and not member.is_hard_link
    return member.content() if is_file and not (member.flaw or member.refusal) else None
