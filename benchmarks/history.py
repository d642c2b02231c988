"""A repository with a long history, made in a few seconds: the same one each time."""

import random
import subprocess
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FIRST_DAY = 1_600_000_000  # seconds since the epoch
_HOUR = 3600


@dataclass
class _Branch:
    """What one branch holds while the history is written: the last commit's mark, and its files."""

    tip: int
    files: dict[str, int]


@dataclass
class History:
    """Writes `commits` commits over `files` files: edits, additions, removals, moved folders, merges."""

    files: int
    commits: int
    seed: int = 20251103
    _marks: int = 0
    _chance: random.Random = field(init=False)

    def make(self, folder: Path) -> Path:
        """Make the bare repository, unless it is there already, and return it."""
        if (folder / "made").exists():
            return folder
        folder.mkdir(parents=True)
        self._chance = random.Random(self.seed)
        _git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
        subprocess.run(
            ["git", "fast-import", "--quiet", "--force"],
            cwd=folder,
            input=b"".join(self._stream()),
            check=True,
        )
        _git(folder, "commit-graph", "write", "--reachable")
        (folder / "made").touch()
        return folder

    def _stream(self) -> Iterator[bytes]:
        main = _Branch(0, {})
        yield from self._first(main)
        side: _Branch | None = None
        for number in range(1, self.commits):
            if side and number % 25 == 0:
                yield from self._merge(main, side, number)
                side = None
            elif side is None and number % 25 == 15:
                side = _Branch(main.tip, dict(main.files))
                yield from self._edit(side, "side", number)
            elif side and number % 2:
                yield from self._edit(side, "side", number)
            else:
                yield from self._edit(main, "main", number)

    def _first(self, main: _Branch) -> Iterator[bytes]:
        for number in range(self.files):
            main.files[_path(number)] = yield from self._blob(f"file {number}")
        mark = self._next()
        yield _commit("main", mark, 0, "The first state")
        yield from (_modified(path, blob) for path, blob in main.files.items())
        yield b"\n"
        main.tip = mark

    def _edit(self, branch: _Branch, name: str, number: int) -> Iterator[bytes]:
        changed: list[bytes] = []
        names = self._chance.sample(sorted(branch.files), 20) if number % 50 == 7 else []
        names += [self._some(branch) for _ in range(12)]
        for path in names:
            branch.files[path] = yield from self._blob(f"{path} in {number}")
            changed.append(_modified(path, branch.files[path]))
        added = f"src/new/module_{number}.js"
        branch.files[added] = yield from self._blob(added)
        changed.append(_modified(added, branch.files[added]))
        if number % 40 == 3:
            changed += self._moved(branch, number)
        removed = self._some(branch)
        del branch.files[removed]
        changed.append(b"D %b\n" % removed.encode())
        mark = self._next()
        yield _commit(name, mark, number, f"Change {len(changed)} files", branch.tip)
        yield from changed
        yield b"\n"
        branch.tip = mark

    def _moved(self, branch: _Branch, number: int) -> Iterator[bytes]:
        folder = self._some(branch).rpartition("/")[0]
        new = f"moved/{number}/{folder.rpartition('/')[2]}"
        for path in [path for path in branch.files if path.startswith(folder + "/")]:
            blob = branch.files.pop(path)
            branch.files[new + path.removeprefix(folder)] = blob
            yield b"D %b\n" % path.encode()
            yield _modified(new + path.removeprefix(folder), blob)

    def _merge(self, main: _Branch, side: _Branch, number: int) -> Iterator[bytes]:
        """Take what the side has, where both differ: which side is right does not matter here."""
        mark = self._next()
        yield _commit("main", mark, number, "Merge the side", main.tip, side.tip)
        for path in sorted(main.files.keys() | side.files.keys()):
            if path not in side.files:
                yield b"D %b\n" % path.encode()
            elif main.files.get(path) != side.files[path]:
                yield _modified(path, side.files[path])
        yield b"\n"
        main.tip, main.files = mark, dict(side.files)

    def _some(self, branch: _Branch) -> str:
        """Return a path, of the first ones mostly: asking a dictionary for its nth key is slow."""
        paths = (_path(self._chance.randrange(self.files)) for _try in range(20))
        known = next((path for path in paths if path in branch.files), None)
        return known or self._chance.choice(list(branch.files))

    def _blob(self, text: str) -> Generator[bytes, None, int]:
        mark = self._next()
        content = f"// {text}\n".encode() + b"export const value = 1;\n" * 4
        yield b"blob\nmark :%d\ndata %d\n%b\n" % (mark, len(content), content)
        return mark

    def _next(self) -> int:
        self._marks += 1
        return self._marks


def _path(number: int) -> str:
    return f"src/area_{number // 1000}/part_{number // 40}/module_{number}.js"


def _modified(path: str, blob: int) -> bytes:
    return b"M 100644 :%d %b\n" % (blob, path.encode())


def _commit(branch: str, mark: int, number: int, message: str, *parents: int) -> bytes:
    when = _FIRST_DAY + number * _HOUR
    lines = [
        f"commit refs/heads/{branch}",
        f"mark :{mark}",
        f"author Ana Ruiz <ana@example.net> {when} +0000",
        f"committer Ana Ruiz <ana@example.net> {when} +0000",
        f"data {len(message)}",
        message,
        *(f"{'merge' if index else 'from'} :{parent}" for index, parent in enumerate(parents)),
    ]
    return ("\n".join(lines) + "\n").encode()


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
