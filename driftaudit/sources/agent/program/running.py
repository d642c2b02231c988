"""Which processes there are, which of them listen on which ports, and when files last changed.

Frames: L [port, address, owner of the socket, processes that hold it, whether all could be asked], R rows of
processes (number, parent, name, seconds that it has run, user, working folder or null, and which path below
the root it was started with, or null), W [path of the file
that changed last, its ctime, files seen, why not all were seen], all of them read from /proc and by lstat.
"""

import os
import socket
import stat
import time

from .opening import native, portable, reason_of
from .scope import Scope

LISTENING = "0A"
BOOT_CLOCK = 7  # CLOCK_BOOTTIME, which Python has a name for since 3.7
TABLES = (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6))
MOST_ROWS = 20000
AT_A_TIME = 500
LONGEST = 16384  # bytes of a command line that are looked at
MOST_WORDS = 32


def give_running(request, sender):
    named = os.path.abspath(os.path.expanduser(native(request["root"])))
    sender.message(b"K", [os.path.exists("/proc/self/stat"), time.time(), portable(named)])
    if os.path.exists("/proc/self/stat"):
        give_listeners(set(request["ports"]), sender)
        give_processes(os.path.realpath(named), sender)
    if request["files"]:
        sender.message(b"W", newest(request, sender))
    sender.trailer()


def give_listeners(ports, sender):
    sockets = {}
    for table, family in TABLES:
        for fields in rows_of(table):
            address, port = place_of(fields[1], family)
            if fields[3] == LISTENING and port in ports:
                sockets[fields[9]] = (port, address, int(fields[7]))
    holders, all_asked = holders_of(set(sockets)) if sockets else ({}, True)
    for inode, (port, address, owner) in sorted(sockets.items(), key=lambda item: item[1]):
        sender.message(b"L", [port, address, user_of(owner), sorted(holders.get(inode, ())), all_asked])


def rows_of(table):
    try:
        with open(table) as lines:
            return [line.split() for line in lines][1:]
    except OSError:
        return []


def place_of(text, family):
    """Return address and port of a row: words of four bytes in the order of this machine."""
    words, port = text.split(":")
    parts = [bytes.fromhex(words[at : at + 8]) for at in range(0, len(words), 8)]
    swapped = b"".join(part[::-1] if little_endian() else part for part in parts)
    return socket.inet_ntop(family, swapped), int(port, 16)


def little_endian():
    return socket.htons(1) != 1


def holders_of(inodes):
    """Return the processes that hold each socket, and whether every process could be looked into."""
    holders = {}  # type: ignore[var-annotated]
    all_asked = True
    wanted = {"socket:[%s]" % inode: inode for inode in inodes}
    for number in numbers():
        folder = "/proc/%d/fd" % number
        try:
            names = os.listdir(folder)
        except FileNotFoundError:
            continue
        except OSError:
            all_asked = False
            continue
        for name in names:
            inode = wanted.get(target_of(folder + "/" + name))
            if inode:
                holders.setdefault(inode, set()).add(number)
    return holders, all_asked


def numbers():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def target_of(link):
    try:
        return os.readlink(link)
    except OSError:
        return None


def give_processes(root, sender):
    rows = []
    for number in numbers()[:MOST_ROWS]:
        row = process(number, root)
        if row:
            rows.append(row)
        if len(rows) == AT_A_TIME:
            sender.message(b"R", rows)
            rows = []
    sender.message(b"R", rows)


def process(number, root):
    try:
        with open("/proc/%d/stat" % number, "rb") as file:
            line = os.fsdecode(file.read())
        owner = os.stat("/proc/%d" % number).st_uid
    except OSError:
        return None
    name = line[line.index("(") + 1 : line.rindex(")")]
    fields = line[line.rindex(")") + 2 :].split()
    if fields[0] == "Z":
        return None
    age = time.clock_gettime(BOOT_CLOCK) - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    cwd = target_of("/proc/%d/cwd" % number)
    inside = path_inside(number, cwd or "/", root)
    shown = [None if path is None else portable(path) for path in (cwd, inside)]
    return [number, int(fields[1]), portable(name), age, user_of(owner), *shown]


def path_inside(number, cwd, root):
    """Return the program, or the first word of the command line, that lies below the root; else nothing."""
    try:
        with open("/proc/%d/cmdline" % number, "rb") as file:
            words = [os.fsdecode(word) for word in file.read(LONGEST).split(b"\0")[:MOST_WORDS]]
    except OSError:
        words = []
    for word in [target_of("/proc/%d/exe" % number) or "", *words]:
        path = os.path.realpath(os.path.join(cwd, word))
        if word and path.startswith(root + "/") and os.path.lexists(path):
            return path
    return None


def user_of(uid, known={}):  # noqa: B006 - asked once for each user
    if uid not in known:
        try:
            import pwd

            known[uid] = pwd.getpwuid(uid).pw_name
        except (ImportError, KeyError):
            known[uid] = str(uid)
    return known[uid]


def newest(request, sender):
    """Return the file that was changed, or put there, last, less what the patterns leave out."""
    walk = Walk(request, time.monotonic() + request["seconds"])
    while walk.folders:
        sender.heartbeat()
        if not walk.step():
            break
    return [walk.path, walk.changed, walk.seen, walk.fault]


class Walk:
    """Goes through all folders below the root, one at each step."""

    def __init__(self, request, until):
        self.scope = Scope(
            dict(request, known=[], only=None, read=False, max_file_bytes=0, object_format="sha1")
        )
        self.root = os.path.realpath(os.path.expanduser(native(request["root"])))
        self.until = until
        self.folders = [("", False)]
        self.path, self.changed, self.seen, self.fault = None, 0.0, 0, ""

    def step(self):
        """Look into one folder; return whether there is time for more."""
        folder, unread = self.folders.pop()
        if time.monotonic() > self.until:
            self.fault = "it took too long"
            return False
        try:
            children = list(os.scandir(os.path.join(self.root, native(folder)) if folder else self.root))
        except OSError as error:
            if not folder or not isinstance(error, FileNotFoundError):  # a folder may go meanwhile
                self.fault = self.fault or "%s: %s" % (folder or ".", reason_of(error))
            return True
        for child in children:
            name = portable(child.name)
            path = folder + "/" + name if folder else name
            if child.is_dir(follow_symlinks=False):
                if name != ".git" and not self.scope.is_pruned(path, name):
                    self.folders.append((path, self.scope.is_unread(path, name, unread)))
            elif not self.scope.skipped(path, name, unread):
                self.take(path, child)
        return True

    def take(self, path, child):
        try:
            state = child.stat(follow_symlinks=False)
        except OSError:
            return  # gone meanwhile
        if stat.S_ISREG(state.st_mode) or stat.S_ISLNK(state.st_mode):
            self.seen += 1
            if state.st_ctime > self.changed:
                self.path, self.changed = path, state.st_ctime
