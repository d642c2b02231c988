"""What an earlier run worked out, kept in the user's cache folder. Never trusted where it is damaged."""

import contextlib
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import xxhash

_MAGIC = b"driftaudit cache 1\n"
_KEPT = 50  # files of one kind


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of results by key. Without a folder nothing is remembered, and nothing is looked up.

    A file holds a line that names the format, the XXH3 digest of the rest, and the compressed result. What
    is not whole, or of another format, is worked out anew. The key stands for all that the result rests on.
    """

    folder: Path | None = None
    anew: bool = False  # look nothing up, but keep what is worked out

    @classmethod
    def of_user(cls, *, anew: bool = False) -> "Cache":
        """Return the cache in the folder that the system has for it."""
        import platformdirs

        return cls(platformdirs.user_cache_path("driftaudit"), anew)

    def remembered(self, kind: str, key: Iterable[str], make: Callable[[], bytes]) -> bytes:
        """Return the result that is kept for a key, or make and keep it. A cache that fails is no error."""
        words = tuple(key)
        kept = self.kept(kind, words)
        if kept is not None:
            return kept
        result = make()
        self.keep(kind, words, result)
        return result

    def kept(self, kind: str, key: Iterable[str]) -> bytes | None:
        """Return what is kept for a key; None where nothing is, or where it is damaged."""
        return None if self.folder is None or self.anew else _read(self._path(self.folder, kind, key))

    def keep(self, kind: str, key: Iterable[str], result: bytes, *, packed: bool = True) -> None:
        """Keep a result, in place of an older one. Where that cannot be done nothing is kept.

        What hardly shrinks, as object ids do, is written sooner if it is not `packed`.
        """
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            _write(self._path(self.folder, kind, key), zlib.compress(result, 1 if packed else 0))
            _forget_old(self.folder, kind)

    @staticmethod
    def _path(folder: Path, kind: str, key: Iterable[str]) -> Path:
        digest = xxhash.xxh3_128_hexdigest("\0".join(key).encode("utf-8", "surrogateescape"))
        return folder / f"{kind}-{digest}"


def _read(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
        os.utime(path)  # what is used is not old
    except OSError:
        return None
    digest, packed = content[len(_MAGIC) : len(_MAGIC) + 16], content[len(_MAGIC) + 16 :]
    if not content.startswith(_MAGIC) or xxhash.xxh3_128_digest(packed) != digest:
        return None
    return zlib.decompress(packed)


def _write(path: Path, packed: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_MAGIC + xxhash.xxh3_128_digest(packed) + packed)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _forget_old(folder: Path, kind: str) -> None:
    files = sorted(folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEPT:]:
        path.unlink(missing_ok=True)
