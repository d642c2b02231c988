"""What rsync does, asked of rsync itself: on trees of the same names, whose files hold only ids."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from driftaudit.deploy.script.session import RsyncAnswer, RsyncRequest
from driftaudit.deploy.script.tree import UNKNOWN_TARGET, File, Folder, Gone, Link, Node, Special, walk

_SECONDS = 300
_MOST_ENTRIES = 300_000
_PROBE = ".driftaudit-unseen"  # stands for all that may be in a folder and was not seen
_UNREAD = "unread link"
_SHELL = '#!/bin/sh\nshift\nexec "$@"\n'  # in the place of ssh: the other host is this one


def real_rsync(request: RsyncRequest) -> RsyncAnswer | str:
    """Return what a real rsync makes of a target, or why that cannot be told.

    It runs between two folders made for it and removed again; nothing of the trees themselves is read.
    """
    nodes = [source.node for source in request.sources]
    if sum(1 for _entry in _entries(nodes, request.target)) > _MOST_ENTRIES:
        return "there are too many entries"
    with TemporaryDirectory(prefix="driftaudit-rsync-") as name:
        top = Path(name)
        try:
            sources = _laid_out(top, request)
        except (OSError, ValueError) as error:
            return f"a tree cannot be laid out: {error}"
        return _asked(top, request, sources)


def _entries(sources: list[Node | None], target: Node | None) -> Iterator[object]:
    for node in (*sources, target):
        if node is not None:
            yield from walk(node)


def _laid_out(top: Path, request: RsyncRequest) -> list[str]:
    sources = []
    for n, source in enumerate(request.sources):
        folder = top / f"source{n}"
        if source.has_way:
            folder.mkdir()
        if source.node is not None:
            _lay(folder / _safe(source.name), source.node)
        sources.append(f"{folder / _safe(source.name)}{'/' if source.is_content else ''}")
    place = top / "target" / _safe(request.name)
    place.parent.mkdir()
    if request.target is not None:
        _lay(place, request.target)
        if isinstance(request.target, Folder):
            _probe(place, request.target)
    return sources


def _asked(top: Path, request: RsyncRequest, sources: list[str]) -> RsyncAnswer | str:
    place = top / "target" / request.name
    target = f"{place}{'/' if request.has_slash else ''}"
    by_content = {"-c", "--checksum"} & set(request.options)
    # What has another time is sent: times are not known, so it may be all.
    manner = "--checksum" if by_content else "--ignore-times"
    shell = top / "shell"
    shell.write_text(_SHELL)
    shell.chmod(0o700)
    if request.is_sent:
        target = f"host:{target}"
    if request.is_fetched:
        sources = [f"host:{source}" for source in sources]
    # Names are sent, and not written on a command line: none is read by a shell.
    options = ["--rsh=./shell", "--protect-args", manner, *request.options, "--no-owner", "--no-group"]
    command = ["rsync", *options, "--", *sources, target]
    try:
        done = subprocess.run(  # noqa: S603 # the options are on a list of those that run nothing
            command,
            cwd=top,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"rsync cannot be asked: {error}"
    if done.returncode in (1, 2, 4, 12, 13, 14):
        return done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
    there = _read(place, request.target) if os.path.lexists(place) else None
    beside = {each.name: _read(each, None) for each in place.parent.iterdir() if each != place}
    return RsyncAnswer(there, done.returncode, beside)


def _safe(name: str) -> str:
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise ValueError(f"{name!r} is no name")
    return name


def _lay(place: Path, node: Node) -> None:
    match node:
        case Folder():
            place.mkdir()
            for name, child in node.children.items():
                _lay(place / _safe(name), child)
        case File():
            place.write_text(node.content)
            place.chmod(0o755 if node.executable else 0o644)
        case Link():
            place.symlink_to(_UNREAD if node.target == UNKNOWN_TARGET else node.target)
        case Special():
            os.mkfifo(place)
        case _:
            pass


def _probe(place: Path, folder: Folder) -> None:
    """Lay something into each folder of the target in which there may be more than was seen."""
    if folder.is_open:
        (place / _PROBE).write_text("")
    for name, child in folder.children.items():
        if isinstance(child, Folder):
            _probe(place / name, child)


def _read(place: Path, before: Node | None) -> Node:
    """Return what lies there; what is as it was is the same object."""
    if place.is_symlink():
        target = str(place.readlink())
        is_same = isinstance(before, Link) and target in (before.target, _UNREAD)
        return before if is_same and before else Link(target)
    if place.is_dir():
        return _read_folder(place, before if isinstance(before, Folder) else None)
    if place.is_file():
        node = File(place.read_text(), os.access(place, os.X_OK))
        return before if isinstance(before, File) and before.content == node.content else node
    return Special()


def _read_folder(place: Path, before: Folder | None) -> Folder:
    old = before.children if before else {}
    children: dict[str, Node] = {}
    is_probed = False
    for name in os.listdir(place):  # noqa: PTH208 # names are all that is wanted
        if name == _PROBE:
            is_probed = True
        else:
            children[name] = _read(place / name, old.get(name))
    if before is None:
        return Folder(children)
    if before.is_open and not is_probed:
        return Folder(children)
    known = {name: node for name, node in old.items() if not isinstance(node, Gone)}
    if children.keys() == known.keys() and all(children[name] is node for name, node in known.items()):
        return before
    gone = {name: node for name, node in old.items() if isinstance(node, Gone) and name not in children}
    return Folder({**children, **gone}, is_open=before.is_open, serial=before.serial)
