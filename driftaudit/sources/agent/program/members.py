"""The tree that unpacking an archive would make, member by member: of one name the last counts."""

import stat

from .frames import packed
from .hashing import Hasher
from .streams import ArchiveError

MOST_MEMBERS = 1000000
MOST_NAMES = 1 << 27  # bytes of all paths together
HELD = 1 << 23  # bytes; the text of a larger file is not looked at for CRLF, which takes a second reading
NAMED = 20  # paths that the note names
MOST_PATH = 1 << 13  # bytes; systems take half of it at a time
FRAME_ROWS = 2000
MADE_UP = stat.S_IFDIR | 0o755


class Member:
    """What an archive says of one name. `content` is a function that yields it, `link` the target."""

    __slots__ = (
        "content",
        "flaw",
        "is_hard_link",
        "link",
        "mode",
        "modified",
        "name",
        "owner",
        "refusal",
        "size",
    )

    def __init__(self, name, mode):
        self.name = name
        self.mode = mode  # st_mode
        self.size = 0
        self.modified = None  # nanoseconds, None where no clock says
        self.owner = None
        self.link = b""
        self.is_hard_link = False
        self.content = None
        self.flaw = None  # [kind, detail] where the content cannot be had
        self.refusal = None  # the same where the member as a whole cannot


class RefusedError(Exception):
    """A member that would not be unpacked, or not where its name says: path, kind and detail of a problem."""


def ids_of(hasher, pieces, size):
    """Return the git blob id, and that of the text with CRLF made LF, or "" where that changes nothing."""
    if size > HELD:
        digest = hasher.start(size)
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest(), ""
    content = b"".join(pieces)
    windows = b"\r\n" in content and b"\0" not in content
    plain = hasher.blob_id(content.replace(b"\r\n", b"\n")).hex() if windows else ""
    return hasher.blob_id(content).hex(), plain


def shown(name):
    return name.decode("utf-8", "surrogateescape")


def place_of(name):
    """Return where a name lies under the root, "" for the root itself."""
    text = shown(name)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    path = "/".join(parts)
    if not name or b"\0" in name:
        raise RefusedError("", "unsafe-member", "a member has no name, or one that ends nowhere")
    if len(name) > MOST_PATH:
        raise RefusedError("", "unsafe-member", "a member has a name of %d bytes" % len(name))
    if ".." in parts:
        raise RefusedError("", "unsafe-member", "%s leads out of its folder" % text)
    if name.startswith(b"/"):
        raise RefusedError(path, "unsafe-member", "the path in the archive is absolute")
    return path


def what_of(row):
    return stat.S_IFMT(row[0]), row[1], row[4:]


class Members:
    """Takes the members in their order. Rows are sent only once all of the archive was found to be sound."""

    def __init__(self, scope, sender):
        self.scope = scope
        self.sender = sender
        self.hasher = Hasher(scope.algorithm)
        self.rows = {}  # path: (st_mode, size, mtime_ns, owner, digest, text digest or link target)
        self.folders = {"": False}  # path: whether its files are left unread
        self.pruned = set()
        self.problems = []
        self.owners = {None: 0}
        self.twice = {}
        self.seen = self.names = 0
        self.batch, self.waiting = [], 0

    def add(self, member):
        self.sender.heartbeat()
        self.seen += 1
        if self.seen > MOST_MEMBERS:
            raise self.too_many("members")
        try:
            self.put(member)
        except RefusedError as refused:
            self.problem(*refused.args)

    def too_many(self, what):
        return ArchiveError("it has more %s than are read" % what, "archive-limit")

    def problem(self, path, kind, detail):
        self.note_name(path + detail)
        self.problems.append([path, kind, detail])

    def note_name(self, path):
        self.names += len(path)
        if self.names > MOST_NAMES:
            raise self.too_many("names")

    def put(self, member):
        path = place_of(member.name)
        self.note_name(path)
        if member.refusal:
            raise RefusedError(path, *member.refusal)
        folder, _slash, name = path.rpartition("/")
        unread = self.folder_above(path, folder) if path else None
        if unread is None:
            return
        if stat.S_ISDIR(member.mode):
            self.put_folder(path, name, unread, member)
            return
        if path in self.folders:
            raise RefusedError(path, "member-conflict", "it is a folder in the archive, and no folder, too")
        make = self.linked if member.is_hard_link else self.row
        self.remember(path, make(path, name, unread, member))

    def folder_above(self, path, folder):
        """Make the folders above a member. Return whether its files are left unread, None where pruned."""
        missing = []
        known = folder
        while known not in self.folders:
            if known in self.rows:
                self.refuse_below(path, known)
            missing.append(known)
            known = known.rpartition("/")[0]
        for below in reversed(missing):
            if known in self.pruned:
                return None
            self.note_name(below)
            self.open_folder(below, below.rpartition("/")[2], self.folders[known])
            self.remember(below, (MADE_UP, 0, None, None, "", self.pruned_or_not(below)))
            known = below
        return None if known in self.pruned else self.folders[known]

    def refuse_below(self, path, above):
        if stat.S_ISLNK(self.rows[above][0]):  # it may land anywhere, so nothing is known of the whole
            raise RefusedError("", "unsafe-member", "%s would be written through the link %s" % (path, above))
        raise RefusedError(path, "member-conflict", "%s is no folder in the archive" % above)

    def open_folder(self, path, name, unread):
        if name == ".git":
            self.problem(path, "unsupported", "a checkout in an archive is not looked into")
        if name == ".git" or self.scope.is_pruned(path, name):
            self.pruned.add(path)
        self.folders[path] = self.scope.is_unread(path, name, unread)

    def pruned_or_not(self, path):
        return "pruned" if path in self.pruned else ""

    def put_folder(self, path, name, unread, member):
        if path not in self.folders:
            if path in self.rows:
                raise RefusedError(
                    path, "member-conflict", "it is a file or a link in the archive, and a folder, too"
                )
            self.open_folder(path, name, unread)
        row = (member.mode, 0, member.modified, member.owner, "", self.pruned_or_not(path))
        self.remember(path, row)

    def remember(self, path, row):
        earlier = self.rows.get(path)
        if earlier is not None and what_of(earlier) != what_of(row):
            self.twice[path] = True
            if stat.S_ISLNK(earlier[0]):  # programs make links last, or not
                self.problem(path, "member-conflict", "it is a link first, and then something else")
        if row[3] not in self.owners:
            self.owners[row[3]] = len(self.owners)
        self.rows[path] = row

    def linked(self, path, name, unread, member):
        target = place_of(member.link)
        row = self.rows.get(target)
        if row is None or target in self.folders:
            raise RefusedError(path, "missing-link-target", "the archive has no file %s to link to" % target)
        if stat.S_ISREG(row[0]) and not row[4] and self.is_read(path, name, unread):
            self.problem(path, "unreadable", "it is a hard link to %s, which was not read" % target)
        return row

    def is_read(self, path, name, unread):
        return self.scope.read and not self.scope.skipped(path, name, unread)

    def row(self, path, name, unread, member):
        ids = "", ""
        if stat.S_ISREG(member.mode):
            if self.is_read(path, name, unread):
                ids = self.file_ids(path, member)
        elif stat.S_ISLNK(member.mode):
            if not member.link or b"\0" in member.link:
                raise RefusedError(path, "unsafe-member", "a link whose target is no path")
            ids = self.hasher.blob_id(member.link).hex(), shown(member.link)
        return (member.mode, member.size, member.modified, member.owner, *ids)

    def file_ids(self, path, member):
        if member.flaw:
            self.problem(path, *member.flaw)
            return "", ""
        if member.size > self.scope.max_file_bytes:
            detail = "%d bytes are more than the limit of %d" % (member.size, self.scope.max_file_bytes)
            self.problem(path, "too-large", detail)
            return "", ""
        ids = ids_of(self.hasher, member.content(), member.size)
        self.sender.counts[1] += 1
        self.sender.counts[2] += member.size
        return ids

    def send(self):
        """Send all rows, each folder's together."""
        owners = {str(number): name for name, number in self.owners.items()}
        self.sender.frame(b"D", packed([[], self.problems, owners]))
        for folder, paths in sorted(self.by_folder().items()):
            paths.sort()
            for at in range(0, len(paths), FRAME_ROWS):
                rows = [self.sent_row(path) for path in paths[at : at + FRAME_ROWS]]
                self.send_rows(folder, "" if at + FRAME_ROWS >= len(paths) else None, rows)
        self.flush()
        self.sender.message(b"N", [self.sender.counts, False, ""])
        self.sender.message(b"A", self.notes())

    def by_folder(self):
        below = {}  # type: ignore[var-annotated] # Python 3.6 has no short way to say it
        for path in self.rows:
            below.setdefault(path.rpartition("/")[0], []).append(path)
        return below

    def send_rows(self, folder, state, rows):
        self.batch.append([folder, state, rows])
        self.waiting += len(rows)
        if self.waiting >= FRAME_ROWS:
            self.flush()

    def flush(self):
        self.sender.heartbeat()
        self.sender.frame(b"D", packed([self.batch, [], {}]))
        self.batch, self.waiting = [], 0

    def sent_row(self, path):
        mode, size, modified, owner, digest, extra = self.rows[path]
        return [path.rpartition("/")[2], mode, size, modified, self.owners[owner], digest, extra]

    def notes(self):
        if not self.twice:
            return []
        paths = sorted(self.twice)
        more = " and %d more" % (len(paths) - NAMED) if len(paths) > NAMED else ""
        count = "1 path stands" if len(paths) == 1 else "%d paths stand" % len(paths)
        names = ", ".join(paths[:NAMED]) + more
        return [
            "%s twice in the archive, and not the same: the last counts, as in unpacking: %s" % (count, names)
        ]
