"""What was live before a guarded command: a snapshot that `recover` goes by where something is lost."""

import contextlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.model.own_refs import read_stamp, slug_of, stamp
from driftaudit.sources.snapshot_file import Saved, write_snapshot

KEPT = 10  # snapshots of one place; older ones go


def keep_before(folder: Path, place: str, run: str, saved: Saved) -> Path:
    """Write the snapshot, and return the file once the disk has it. Raises UsageError if it cannot be."""
    own = folder / slug_of(place)
    moment = saved.snapshot.scan.started_at
    path = own / f"{stamp(moment)}.{moment.microsecond:06}-{run}.driftaudit"  # two may be of one second
    try:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, saved)
        others = sorted(each for each in own.glob("*.driftaudit") if each != path)
        for old in others[: 1 - KEPT]:  # by name, and never our own: a clock may have gone back
            old.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"what is live cannot be kept in {own}: {error.strerror}",
            "Without that nothing is run. Let XDG_STATE_HOME name a folder of yours.",
        ) from error
    return path


def newest_before(folder: Path, place: str) -> tuple[datetime, Path] | None:
    """Return when the last snapshot of a place was taken, by its name, and where it is; None if none is."""
    newest = max((folder / slug_of(place)).glob("*.driftaudit"), default=None)
    if newest is None:
        return None
    try:
        return read_stamp(newest.name.partition(".")[0].partition("-")[0]), newest
    except ValueError:  # not one of ours
        return None


def _write(path: Path, saved: Saved) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            write_snapshot(stream, saved)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
