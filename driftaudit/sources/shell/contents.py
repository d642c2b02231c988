"""The reading of contents: which calls are made next, and what their answers mean. Pure."""

import re
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.sources.agent.program.hashing import Hasher
from driftaudit.sources.shell.frames import call, encoded
from driftaudit.sources.shell.records import Record, Stated, decoded, path_of, reason_in
from driftaudit.sources.shell.survey import DENIED, Survey

SMALL = 16384  # bytes; up to that a content comes over sooner than two processes make its id there
MOST_TRIES = 3  # of a file that changes while it is read
MOST_NAMES = 32 << 10  # characters in one call
MOST = {  # files and bytes of content in one call, give or take one file
    "refs": (1, 1),
    "links": (200, 1 << 20),
    "try": (1000, 1 << 62),
    "bring": (500, 1 << 20),
    "ids": (100, 64 << 20),
    "stats": (1000, 1 << 62),
}
READING = ("bring", "ids")  # the calls that read contents of files
_DIGEST = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})( +-)?\n?")
_ID = re.compile(rb"(?m)^\^?([0-9a-f]{40,64})\b")
_STASHED = re.compile(rb"(?m)^[0-9a-f]+ ([0-9a-f]{40,64}) ")  # "old new who": only new ones are in the stash
MOST_REFS = 100_000


@dataclass(slots=True)
class Contents:
    """What was read of a tree. `next_call` says what to ask for, `take` takes the answer.

    `at_once` is how many bytes one call may read, give or take one file.
    """

    survey: Survey
    algorithm: str
    at_once: int = 1 << 62
    digests: dict[str, str] = field(default_factory=dict)
    text_digests: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    refs: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    hashed: int = 0  # files
    size: int = 0  # bytes hashed
    hashed_there: int = 0  # files, of whose line ends nothing is known
    _hasher: Hasher = field(init=False)
    _waiting: deque[tuple[str, list[str]]] = field(default_factory=deque)
    _asked: deque[tuple[str, list[str]]] = field(default_factory=deque)
    _answer: list[Record] = field(default_factory=list)
    _tries: dict[str, int] = field(default_factory=dict)
    _folders: list[str] = field(default_factory=list)  # to be looked at once more, last of all

    def __post_init__(self) -> None:
        self._hasher = Hasher(self.algorithm)
        found = self.survey
        small = {path for path in found.to_hash if found.stated[path].size <= SMALL}
        for function, paths in (
            ("refs", found.checkouts),
            ("links", found.links),
            ("try", found.to_try),
            ("bring", [path for path in found.to_hash if path in small]),
            ("ids", [path for path in found.to_hash if path not in small]),
        ):
            self._waiting.extend((function, portion) for portion in self._portions(function, paths))
        self._folders = [path for path, state in found.stated.items() if stat.S_ISDIR(state.mode)]

    def next_call(self) -> tuple[bytes, int] | None:
        """Return the next call and the bytes of content that it reads, or None where nothing waits now.

        An answer may bring more.
        """
        if not self._waiting and not self._asked:
            self._waiting.extend(("stats", portion) for portion in self._portions("stats", self._folders))
            self._folders = []
        if not self._waiting:
            return None
        function, paths = self._waiting.popleft()
        self._asked.append((function, paths))
        code = self._ids_call(paths) if function == "ids" else call(function, *map(encoded, paths))
        return code, sum(self.survey.stated[path].size for path in paths) if function in READING else 0

    def _portions(self, function: str, paths: list[str]) -> Iterator[list[str]]:
        """Divide paths into as many as go into one call of a function."""
        most_files, most_content = MOST[function]
        most_content = min(most_content, self.at_once) if function in READING else most_content
        portion, content, names = list[str](), 0, 0
        for path in paths:
            portion.append(path)
            content += self.survey.stated[path].size
            names += len(path)
            if len(portion) >= most_files or content >= most_content or names >= MOST_NAMES:
                yield portion
                portion, content, names = [], 0, 0
        if portion:
            yield portion

    def _ids_call(self, paths: list[str]) -> bytes:
        words = []
        for path in paths:
            words += [b"%d" % self.survey.stated[path].size, encoded(path)]
        return call("ids", *words)

    def take(self, record: Record) -> bool:
        """Take one record; return whether it was the last that a call gives. Raises ValueError."""
        if record.letter != "B":
            self._answer.append(record)
            return False
        function, paths = self._asked.popleft()
        answer, self._answer = self._answer, []
        taker = {
            "ids": self._ids,
            "bring": self._brought,
            "links": self._links,
            "try": self._tries_of,
            "refs": self._refs,
            "stats": self._same_folders,
        }
        taker[function](paths, answer)
        return True

    @property
    def unanswered(self) -> int:
        """The number of calls whose answers are still to come."""
        return len(self._asked)

    def _brought(self, paths: list[str], answer: list[Record]) -> None:
        """Take contents in a row. Where one file is not what it was, none can be told from the next."""
        (content,) = (text for letter, text in answer if letter == "C")
        after = dict(Stated.parse(text) for letter, text in answer if letter == "S")
        sizes = [self.survey.stated[path].size for path in paths]
        steady = [path for path in paths if after.get(path) == self.survey.stated[path]]
        if len(steady) < len(paths) or len(content) != sum(sizes):
            self._bring_otherwise(paths, steady)
            return
        for path, size, end in zip(paths, sizes, accumulate(sizes), strict=True):
            self._read(path, content[end - size : end])

    def _bring_otherwise(self, paths: list[str], steady: list[str]) -> None:
        """Ask by itself for each file that changed; where none did, one cannot be read: halve, to find it."""
        changed = set(paths) - set(steady)
        if not changed and len(paths) == 1:
            changed, steady = set(paths), []
        self._waiting.extend(("ids", [path]) for path in sorted(changed))
        middle = 0 if changed else len(steady) // 2
        self._waiting.extend(("bring", part) for part in (steady[:middle], steady[middle:]) if part)

    def _read(self, path: str, content: bytes) -> None:
        self._known(path, self._hasher.blob_id(content).hex(), len(content))
        if b"\0" not in content and b"\r\n" in content:
            self.text_digests[path] = self._hasher.blob_id(content.replace(b"\r\n", b"\n")).hex()

    def _known(self, path: str, digest: str, size: int) -> None:
        self.digests[path] = digest
        self.hashed += 1
        self.size += size

    def _ids(self, paths: list[str], answer: list[Record]) -> None:
        said = [text for letter, text in answer if letter == "F"]
        after = dict(Stated.parse(text) for letter, text in answer if letter == "S")
        gone = {path_of(text) for letter, text in answer if letter == "V"}
        for path, text in zip(paths, said, strict=True):
            if path in gone:
                self._vanished(path)
            else:
                self._id_of(path, text, after.get(path))

    def _id_of(self, path: str, said: bytes, after: Stated | None) -> None:
        before = self.survey.stated[path]
        digest = _DIGEST.fullmatch(said)
        if digest and after == before:
            self._known(path, digest[1].decode("ascii"), before.size)
            self.hashed_there += 1
        elif after not in (before, None):
            self._once_more(path, before, after)
        else:
            detail = DENIED if said.strip() == b"refused" else reason_in(_before_the_digest(said))
            self._problem(path, ProblemKind.UNREADABLE, detail)

    def _once_more(self, path: str, before: Stated, after: Stated) -> None:
        """Read a file again that changed, by what is known of it now; one that goes on changing is told."""
        tries = self._tries[path] = self._tries.get(path, 1) + 1
        if after.is_same_as(before) and tries <= MOST_TRIES:
            self.survey.stated[path] = after
            self._waiting.append(("ids", [path]))
        else:
            self._problem(path, ProblemKind.UNSTABLE, "it changed while it was read")

    def _links(self, paths: list[str], answer: list[Record]) -> None:
        targets = [text for letter, text in answer if letter == "K"]
        for path, target in zip(paths, targets, strict=True):
            if target:
                self.targets[path] = decoded(target)
                self.digests[path] = self._hasher.blob_id(target).hex()
            else:
                self._problem(path, ProblemKind.UNSTABLE, "it changed while it was read")

    def _tries_of(self, paths: list[str], answer: list[Record]) -> None:
        opened = [text.strip() for letter, text in answer if letter == "T"]
        for path, could in zip(paths, opened, strict=True):
            if could != b"yes":
                self._problem(path, ProblemKind.UNREADABLE, DENIED)

    def _refs(self, paths: list[str], answer: list[Record]) -> None:
        found: set[str] = set()
        trouble = ""
        for letter, text in answer:
            if letter in "RW":
                ids = (_ID if letter == "R" else _STASHED).findall(text)
                found.update(name.decode("ascii") for name in ids)
            elif letter == "Q":
                trouble = trouble or text.decode("utf-8", "replace")
        if "E" not in {letter for letter, _text in answer}:
            raise ValueError("refs without an end")
        self._checkout(paths[0], found, trouble)

    def _checkout(self, path: str, found: set[str], trouble: str) -> None:
        if trouble or len(found) > MOST_REFS:
            self._problem(path, ProblemKind.GIT_DIRECTORY, trouble or f"more than {MOST_REFS} refs")
        else:
            self.refs[path] = found

    def _same_folders(self, paths: list[str], answer: list[Record]) -> None:
        """Look whether a link was put in a folder's place: what was read by its name may lie elsewhere."""
        after = dict(Stated.parse(text) for letter, text in answer if letter == "S")
        for path in paths:
            if path not in after or not after[path].is_same_as(self.survey.stated[path]):
                self._problem(path, ProblemKind.UNSTABLE, "the folder was replaced during the scan")
                for below in [name for name in self.digests if name.startswith(path + "/")]:
                    del self.digests[below]
                    self.text_digests.pop(below, None)

    def _vanished(self, path: str) -> None:
        del self.survey.stated[path]
        self._problem(path, ProblemKind.VANISHED, "No such file or directory")

    def _problem(self, path: str, kind: ProblemKind, detail: str) -> None:
        self.problems.append(Problem(path, kind, detail))


def _before_the_digest(said: bytes) -> bytes:
    """Return what cat said of an error; the digest that follows is that of what it had read."""
    return b"\n".join(line for line in said.splitlines()[:1] if not _DIGEST.fullmatch(line)) or b"unreadable"
