"""The state of a folder in a few bytes: equal ones mean that nothing in it was touched."""

import hashlib
import os
import struct
import time

WIDTH = 16  # bytes

# Where inodes and change times are kept through all that can be done to a file.
STABLE = {
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "zfs",
    "f2fs",
    "jfs",
    "reiserfs",
    "bcachefs",
    "overlay",
}

pack = struct.Struct("=IQQqqq").pack


class StateDigest:
    """Takes the entries of a folder piece by piece. `newest` is the latest change, in nanoseconds."""

    def __init__(self, device):
        self.digest = hashlib.blake2b(pack(0, 0, device, 0, 0, 0), digest_size=WIDTH)
        self.newest = 0

    def add(self, states):
        """Take [(name, state)], sorted by name."""
        rows = []
        for _name, state in states:
            changed = state.st_ctime_ns
            if changed > self.newest:
                self.newest = changed
            rows.append(
                pack(state.st_mode, state.st_ino, state.st_dev, state.st_size, state.st_mtime_ns, changed)
            )
        names = "\0".join([name for name, _state in states])
        self.digest.update(names.encode("utf-8", "surrogateescape") + b"\0\0")
        self.digest.update(b"".join(rows))

    def value(self):
        return self.digest.digest()


class Memory:
    """Which states the client knows already, and which it may keep for the next scan."""

    def __init__(self, known, kept_at, tick, root, device):
        self.started_ns = int(time.time() * 10**9)
        self.newest_kept = self.started_ns - int(tick * 10**9)
        self.clock_ran_back = kept_at is not None and self.started_ns < kept_at
        self.known = {} if self.clock_ran_back else known
        self.kinds, mounts = file_systems()
        # Subvolumes have device numbers that no mount names: what is mounted above them says it.
        self.kind = self.kinds.setdefault(device, mounts.get(mount_above(root)))

    def may_be_kept(self, device, newest):
        """Whether the state of a folder tells of every later change.

        Not where the file system may not keep inodes and times as they should be, and not where something is
        so new that a change after its reading could leave the same times.
        """
        return newest < self.newest_kept and self.kinds.get(device) in STABLE

    def unkept_kind(self):
        """Return the kind of the root's file system if its states say too little, else nothing."""
        return "" if self.kind in STABLE else self.kind or "unknown"


def file_systems():
    """Return the kinds of file systems by device number and by mount point, as far as Linux tells."""
    kinds, mounts = {}, {}
    try:
        with open("/proc/self/mountinfo", "rb") as rows:
            for row in rows:
                before, _dash, after = row.partition(b" - ")
                fields = before.split(b" ")
                major, _colon, minor = fields[2].partition(b":")
                kind = after.split(b" ")[0].decode("ascii", "replace")
                kinds[os.makedev(int(major), int(minor))] = mounts[os.fsdecode(fields[4])] = kind
    except (OSError, ValueError, IndexError):
        pass  # not Linux
    return kinds, mounts


def mount_above(path):
    while not os.path.ismount(path) and path != "/":
        path = os.path.dirname(path)
    return path
