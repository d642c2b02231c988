"""The members of a tar archive: ustar, GNU and pax. Stricter than the tarfile of any Python.

tarfile takes a damaged header for the end, and reads headers of any size into memory.
"""

import re
import stat

from .members import Member
from .streams import ArchiveError

BLOCK = 512
MOST_HEADER = 1 << 20  # bytes of one long name, or of one member's pax records
MOST_REGIONS = 200000  # of a sparse file
NOTHING = bytes(BLOCK)
KINDS = {
    b"0": stat.S_IFREG,
    b"\0": stat.S_IFREG,
    b"7": stat.S_IFREG,
    b"S": stat.S_IFREG,
    b"1": stat.S_IFREG,
    b"2": stat.S_IFLNK,
    b"3": stat.S_IFCHR,
    b"4": stat.S_IFBLK,
    b"5": stat.S_IFDIR,
    b"6": stat.S_IFIFO,
    b"D": stat.S_IFDIR,
}
BY_PAX = {b"path": "name", b"linkpath": "link", b"uname": "owner", b"GNU.sparse.name": "name"}


def number(field):
    if field[0] == 0x80:  # base 256, for what octal digits cannot say
        return int.from_bytes(field[1:], "big")
    if field[0] == 0xFF:
        return int.from_bytes(field, "big", signed=True)
    digits = field.split(b"\0")[0].strip() or b"0"
    if not re.match(rb"[0-7]+\Z", digits):
        raise ArchiveError("it is damaged: a header holds no number where one should stand")
    return int(digits, 8)


def text(field):
    return field.split(b"\0")[0]


def is_sound(block):
    total, told = sum(block) - sum(block[148:156]) + 8 * 32, number(block[148:156])
    if told == total:
        return True
    signed = sum(byte > 127 for byte in block) - sum(byte > 127 for byte in block[148:156])
    return told == total - 256 * signed  # as some old programs add


def padded(size):
    return -(-size // BLOCK) * BLOCK


def pax_records(data):
    at = 0
    while at < len(data):
        match = re.compile(rb"([0-9]{1,9}) ").match(data, at)
        end = at + int(match.group(1)) if match else 0
        key, equals, value = data[match.end() : end - 1].partition(b"=") if match else (b"", b"", b"")
        if not equals or end > len(data) or data[end - 1 : end] != b"\n":
            raise ArchiveError("it is damaged: a pax header makes no sense")
        yield key, value
        at = end


def decimal(value, what):
    if not re.match(rb"[0-9]{1,19}\Z", value):
        raise ArchiveError("it is damaged: the %s in a pax header is no number" % what)
    return int(value)


def nanoseconds(value):
    match = re.match(rb"(-?)([0-9]{1,18})(?:\.([0-9]*))?\Z", value)
    if not match:
        raise ArchiveError("it is damaged: the time in a pax header is none")
    sign, seconds, fraction = match.groups()
    total = int(seconds) * 10**9 + int(((fraction or b"") + bytes(9).replace(b"\0", b"0"))[:9])
    return -total if sign else total


class Tar:
    """Reads members from a tape. What follows the end of the archive is counted, and told to `stray`."""

    def __init__(self, tape, stray):
        self.tape = tape
        self.stray = stray
        self.defaults = []  # pax records for all that follows
        self.forget()

    def forget(self):
        """Forget what was said of the next member alone."""
        self.records = []
        self.long = {}

    def members(self):
        while True:
            block = self.block()
            if block == NOTHING:
                break
            kind, size = block[156:157], number(block[124:136])
            if kind in b"xXg":
                self.pax(kind, size)
            elif kind in b"LK":
                self.long["name" if kind == b"L" else "link"] = text(self.header_data(size))
            elif kind == b"V":  # the label of a volume
                self.tape.skip(padded(size))
            else:
                for member in self.member(kind, block, size):
                    yield member
                self.forget()
        self.end()

    def block(self):
        at = self.tape.position
        block = self.tape.exactly(BLOCK)
        if block != NOTHING and not is_sound(block):
            raise ArchiveError(
                "it is damaged: there is no header at byte %d" % at if at else "this is no tar archive"
            )
        return block

    def header_data(self, size):
        if not 0 <= size <= MOST_HEADER:
            raise ArchiveError("a header in it has %d bytes" % size, "archive-limit")
        return self.tape.exactly(padded(size))[:size]

    def pax(self, kind, size):
        records = list(pax_records(self.header_data(size)))
        if kind == b"g":
            self.defaults += records
            if len(self.defaults) > MOST_HEADER // 8:
                raise ArchiveError("it has too many global headers", "archive-limit")
        else:
            self.records += records

    def member(self, kind, block, size):
        """Yield the member of a header, and read past its data."""
        records = dict(self.defaults)
        records.update(self.records)
        if records.get(b"size"):
            size = decimal(records[b"size"], "size")
        if kind == b"1":
            size = 0  # as GNU tar has it: the size is the target's
        member = self.described(kind, block, records)
        if size < 0 or (size and kind in KINDS and kind != b"D" and not stat.S_ISREG(member.mode)):
            raise ArchiveError(
                "a member that is no file has a size: programs differ in what they make of that"
            )
        regions = self.old_regions(block) if kind == b"S" else None
        start = self.tape.position
        self.tape.require(size)
        if regions is not None:
            member.size = number(block[483:495])
        elif any(key.startswith(b"GNU.sparse.") for key in records) and stat.S_ISREG(member.mode):
            member.size, regions = self.pax_regions(records)
        elif stat.S_ISREG(member.mode):
            member.size = size
        self.add_content(member, regions, size - (self.tape.position - start))
        yield member
        self.tape.skip(start + padded(size) - self.tape.position)

    def described(self, kind, block, records):
        name, magic = text(block[:100]), block[257:263]
        prefix = block[345:476] if block[508:512] == b"tar\0" else block[345:500]
        if magic == b"ustar\0" and text(prefix):
            name = text(prefix) + b"/" + name
        fields = {"name": name, "link": text(block[157:257]), "owner": text(block[265:297])}
        fields.update(self.long)
        fields.update((BY_PAX[key], records[key]) for key in BY_PAX if records.get(key))
        as_folder = kind in (b"0", b"\0", b"7") and fields["name"].endswith(b"/")  # as BSD wrote them
        file_type = stat.S_IFDIR if as_folder else KINDS.get(kind, stat.S_IFREG)
        member = Member(fields["name"], file_type | number(block[100:108]) & 0o7777)
        member.link = fields["link"]
        member.is_hard_link = kind == b"1"
        member.size = len(member.link) if kind == b"2" else 0
        if kind not in KINDS:
            member.refusal = [
                "unsupported",
                "a member of the type %s is not known here" % ascii(kind.decode("latin-1")),
            ]
        owner = fields["owner"] or records.get(b"uid") or b"%d" % number(block[108:116])
        member.owner = owner.decode("utf-8", "replace")
        mtime = records.get(b"mtime")
        member.modified = nanoseconds(mtime) if mtime else number(block[136:148]) * 10**9
        return member

    def add_content(self, member, regions, size):
        if regions is None:
            member.content = lambda: self.tape.content(size)
            return
        require_order(regions, member.size, size)
        member.content = lambda: self.expanded(regions, member.size)

    def old_regions(self, block):
        """The map of a sparse file as GNU tar wrote it first: in the header, and in blocks that follow."""
        fields, extended = block[386:482], block[482]
        while extended:
            more = self.tape.exactly(BLOCK)
            fields, extended = fields + more[:504], more[504]
            if len(fields) > 24 * MOST_REGIONS:
                raise ArchiveError("a sparse file in it has too many parts", "archive-limit")
        pairs = (fields[at : at + 24] for at in range(0, len(fields), 24))
        return [(number(pair[:12]), number(pair[12:])) for pair in pairs if pair[12:].strip(b"\0 ")]

    def pax_regions(self, records):
        size = records.get(b"GNU.sparse.realsize") or records.get(b"GNU.sparse.size") or b""
        if records.get(b"GNU.sparse.major") == b"1":
            numbers = self.map_in_data()
        elif b"GNU.sparse.map" in records:
            numbers = [decimal(word, "map") for word in records[b"GNU.sparse.map"].split(b",") if word]
        else:
            keys = (b"GNU.sparse.offset", b"GNU.sparse.numbytes")
            numbers = [decimal(value, "map") for key, value in self.records if key in keys]
        return decimal(size, "size"), list(zip(numbers[::2], numbers[1::2]))

    def map_in_data(self):
        """Lines of decimals in front of the data, filled up to whole blocks; the first counts the pairs."""
        data = self.tape.exactly(BLOCK)
        wanted = 1
        while True:
            lines = data.split(b"\n")[:-1]
            if lines:
                wanted = 1 + 2 * decimal(lines[0], "map")
            if wanted > 2 * MOST_REGIONS:
                raise ArchiveError("a sparse file in it has too many parts", "archive-limit")
            if len(lines) >= wanted:
                return [decimal(line, "map") for line in lines[1:wanted]]
            data += self.tape.exactly(padded(max(1, 2 * (wanted - len(lines)))))

    def expanded(self, regions, size):
        at = 0
        for offset, length in regions:
            for piece in self.tape.hole(offset - at):
                yield piece
            for piece in self.tape.content(length):
                yield piece
            at = offset + length
        for piece in self.tape.hole(size - at):
            yield piece

    def end(self):
        """Read the rest: zeros, or what no member has."""
        count = 0
        while True:
            piece = self.tape.some(1 << 17)
            if not piece:
                break
            count += len(piece) - piece.count(0)
        if count:
            self.stray(count)


def require_order(regions, size, data):
    at = 0
    for offset, length in regions:
        if offset < at or length < 0:
            raise ArchiveError("it is damaged: the parts of a sparse file overlap")
        at = offset + length
    if at > size or sum(length for _offset, length in regions) != data:
        raise ArchiveError("it is damaged: the parts of a sparse file are more or less than its data")
