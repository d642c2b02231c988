"""The static site in a folder: a page per run, a list of runs per target, and the index, each whole."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from driftaudit.cli.output import whole_file
from driftaudit.errors import UsageError
from driftaudit.model.audit import Audit
from driftaudit.model.own_refs import slug_of, stamp
from driftaudit.render.base import RenderOptions
from driftaudit.render.history import TargetHistory
from driftaudit.render.registry import FORMATS
from driftaudit.render.site import index, page_name, runs_page

_ENDINGS = {"html": "html", "markdown": "md"}  # by format
_INDEX = "index.html"
_OURS = b'<meta name="generator" content="driftaudit">'
_HEAD = 4096  # bytes in which a page says whose it is
_PAGE = re.compile(r"run-([1-9][0-9]*)\.(?:html|md)")
_ADVICE = "Choose another --output-dir."


def require_folder(folder: Path) -> None:
    """Make the folder of the site. Raises UsageError where it cannot be, or holds a site of somebody else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / _INDEX
        if page.exists() and not _is_ours(page):
            raise UsageError(f"{page} is a page of somebody else, and would be replaced", _ADVICE)
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be used: {error.strerror}", _ADVICE) from error
    if not os.access(folder, os.W_OK):
        raise UsageError(f"the folder {folder} is not writable", _ADVICE)


def write_pages(folder: Path, audit: Audit) -> list[Path]:
    """Write the pages of one run, and return them. Raises UsageError where one cannot be written."""
    name = page_name(audit.tracking.run) if audit.tracking else f"not-stored-{stamp(audit.started_at)}"
    own = folder / slug_of(audit.target)
    with _told(own):
        own.mkdir(exist_ok=True)
    pages = []
    for format_name, ending in _ENDINGS.items():
        page = own / f"{name}.{ending}"
        _write(page, FORMATS[format_name](audit, RenderOptions()))
        pages.append(page)
    return pages


def write_index(folder: Path, histories: Sequence[TargetHistory], now: datetime) -> None:
    """Write the index and the lists of runs, and remove the pages of runs that are forgotten."""
    drawn = []
    for history in histories:
        if not history.runs:
            drawn.append(history)
            continue
        own = folder / slug_of(history.target.name)
        with _told(own):
            own.mkdir(exist_ok=True)
            _forget(own, history)
            drawn.append(replace(history, pages=_numbers(own)))
        _write(own / _INDEX, runs_page(drawn[-1], now))
    _write(folder / _INDEX, index(drawn, now))


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one run at a time look at the history and write the index from it, so that no older one is last."""
    with _told(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _numbers(folder: Path) -> frozenset[int]:
    """Return the runs that have a page here: others may have been written to another folder."""
    return frozenset(int(match[1]) for page in folder.iterdir() if (match := _PAGE.fullmatch(page.name)))


def _forget(folder: Path, history: TargetHistory) -> None:
    kept = {run.figures.number for run in history.runs}
    newest = history.runs[-1].figures.number if history.runs else 0
    for page in folder.iterdir():
        match = _PAGE.fullmatch(page.name)
        if match and int(match[1]) not in kept and int(match[1]) < newest:
            page.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    with whole_file(path, "page", _ADVICE) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def _is_ours(page: Path) -> bool:
    with page.open("rb") as stream:
        return _OURS in stream.read(_HEAD) or stream.tell() == 0


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be written: {error.strerror}", _ADVICE) from error
