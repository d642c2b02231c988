"""How the folders of the live tree and of the desired one lie side by side. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from driftaudit.model.audit import MovedFolder
from driftaudit.model.structure import FolderMapping, FolderState

Files = Mapping[str, str]
"""Blob ids by path."""


@dataclass(slots=True)
class _Folder:
    """The files of both trees directly in a folder, and below it."""

    live: dict[str, str] = field(default_factory=dict)
    desired: dict[str, str] = field(default_factory=dict)
    live_below: int = 0
    desired_below: int = 0


def folder_mappings(
    live: Files,
    desired: Files,
    moves: Sequence[MovedFolder],
    unseen: Collection[str],
    changed: Collection[str],
) -> tuple[FolderMapping, ...]:
    """Return a mapping for each folder of either tree, sorted by path, the live one before the desired one.

    A folder that is only on one side stands for all below it. `unseen` are the paths that were not looked
    into; "" is the root. A file that is not in `changed` is as desired though its blob is another: git
    converts it.
    """
    folders = _folders(live, desired)
    moved = {move.folder: move for move in moves}
    rest = _Rest(folders, moved, {move.to for move in moves})
    rows: list[FolderMapping] = []
    for path in sorted(folders):
        folder = folders[path]
        if path in moved:
            rows.append(_moved(moved[path], folders))
        elif not _is_one_sided(folder) or not path:
            if folder.live or folder.desired or not path:
                rows.append(_both(path, folder, changed))
        elif not rest.is_told(path):
            rows.append(_one_sided(path, folder, unseen))
    known = (*folders, *live, *desired)
    hidden = [path for path in sorted(set(unseen).difference(known, ("",))) if not _lies_in(path, unseen)]
    rows += [FolderMapping(path, None, FolderState.UNSEEN) for path in hidden]
    return tuple(sorted(rows, key=lambda row: row.live if row.live is not None else row.desired or ""))


def _folders(live: Files, desired: Files) -> dict[str, _Folder]:
    folders: dict[str, _Folder] = {"": _Folder()}
    for files, is_live in ((live, True), (desired, False)):
        below: Counter[str] = Counter()
        for path, oid in files.items():
            folder, _slash, name = path.rpartition("/")
            here = folders.setdefault(folder, _Folder())
            (here.live if is_live else here.desired)[name] = oid
            below[folder] += 1
        for folder, count in below.items():
            for above in _with_those_above(folder):
                place = folders.setdefault(above, _Folder())
                if is_live:
                    place.live_below += count
                else:
                    place.desired_below += count
    return folders


def _is_one_sided(folder: _Folder) -> bool:
    return not folder.live_below or not folder.desired_below


@dataclass(frozen=True)
class _Rest:
    """Which folders on one side have no line of their own."""

    folders: Mapping[str, _Folder]
    moved: Collection[str]
    targets: Collection[str]

    @cached_property
    def _inside(self) -> Mapping[str, Sequence[str]]:
        """The moves below each folder, from and to."""
        found: dict[str, list[str]] = {}
        for path in {*self.moved, *self.targets}.intersection(self.folders):
            for above in _with_those_above(path):
                if above != path:
                    found.setdefault(above, []).append(path)
        return found

    def is_told(self, path: str) -> bool:
        """Whether a folder on one side is told of by one above it, or by the moves in it."""
        for above in _with_those_above(path):
            if above in self.moved or (above in self.targets and not self.folders[above].live_below):
                return True
        inside = self._inside.get(path, ())
        if inside:
            return self._files(path) == sum(map(self._files, inside))
        return any(
            _is_one_sided(self.folders[above]) and above not in self._inside
            for above in _with_those_above(path)
            if above not in ("", path)
        )

    def _files(self, path: str) -> int:
        return self.folders[path].live_below + self.folders[path].desired_below


def _lies_in(path: str, unseen: Collection[str]) -> bool:
    return any(above in unseen for above in _with_those_above(path) if above not in ("", path))


def _moved(move: MovedFolder, folders: Mapping[str, _Folder]) -> FolderMapping:
    is_renamed = _above(move.folder) == _above(move.to)
    target = folders.get(move.to, _Folder())
    return FolderMapping(
        live=move.folder,
        desired=move.to,
        state=FolderState.RENAMED if is_renamed else FolderState.MOVED,
        live_files=move.files,
        desired_files=target.desired_below,
        alike=move.moved - move.edited,
    )


def _one_sided(path: str, folder: _Folder, unseen: Collection[str]) -> FolderMapping:
    if folder.live_below:
        return FolderMapping(path, None, FolderState.ONLY_LIVE, live_files=folder.live_below)
    if any(above in unseen for above in _with_those_above(path)):
        return FolderMapping(path, path, FolderState.UNSEEN, desired_files=folder.desired_below)
    return FolderMapping(None, path, FolderState.ONLY_DESIRED, desired_files=folder.desired_below)


def _both(path: str, folder: _Folder, changed: Collection[str]) -> FolderMapping:
    start = f"{path}/" if path else ""
    alike = sum(
        bool(oid and other) and (oid == other or f"{start}{name}" not in changed)
        for name, oid in folder.live.items()
        for other in (folder.desired.get(name, ""),)
    )
    is_same = alike == len(folder.live) == len(folder.desired)
    state = FolderState.SAME if is_same else FolderState.DIFFERENT
    return FolderMapping(path, path, state, len(folder.live), len(folder.desired), alike)


def _above(path: str) -> str | None:
    return path.rpartition("/")[0] if path else None


def _with_those_above(path: str) -> Iterable[str]:
    above: str | None = path
    while above is not None:
        yield above
        above = _above(above)
