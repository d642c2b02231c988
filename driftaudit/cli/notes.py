"""What is worth saying of a target before anything is read: what is not used, and what was loosened."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from driftaudit.cli.words import is_path
from driftaudit.config.settings import TargetSettings
from driftaudit.config.validation import suggestion
from driftaudit.errors import ConfigError
from driftaudit.repo import Repository

if TYPE_CHECKING:
    from driftaudit.cli.target import Workplace


def notes_of(
    workplace: "Workplace", target: TargetSettings, base: str | None, *, without_probes: bool = False
) -> tuple[str, ...]:
    """Return what is worth saying before anything is read."""
    notes = list(_stray_waivers(workplace))
    if target.probes and without_probes:
        notes.append(f"{len(target.probes)} probes are configured, and were not asked (--no-probes)")
    if base and workplace.repository_if_any():
        notes.extend(_policy_notes(workplace, target, base))
    return tuple(notes)


def _stray_waivers(workplace: "Workplace") -> Iterator[str]:
    """Say which waivers are for a target that nobody knows: a slip of the pen would let them do nothing."""
    known = workplace.settings.targets if workplace.settings else {}
    for waiver in workplace.accepted.waivers if known else ():
        for name in waiver.targets:
            if name not in known and "/" not in name and not Path(name).exists():
                yield f"{waiver.where} there is no target {name!r}{suggestion(name, list(known))}"


def _policy_notes(workplace: "Workplace", target: TargetSettings, base: str) -> list[str]:
    """Say what changed in labels and rules, on disk or by the desired commit: nobody loosens them unseen.

    Compared is with the commit before the desired one, which for a merged request is the branch it went to.
    """
    repository, settings = workplace.repository, workplace.settings
    files = [settings.path] if settings else []
    files += [Path(pack) for pack in target.packs or () if is_path(pack)]
    if not files:
        return []
    before = repository.parent(base) or base
    return [
        f"Since {before[:10]}: {line}" for file in files for line in _changed_policy(repository, file, before)
    ]


def _changed_policy(repository: Repository, file: Path, commit: str) -> Sequence[str]:
    from driftaudit.config.yaml_document import load_document, parse_document
    from driftaudit.policy.changes import policy_changes

    try:
        path = file.resolve().relative_to(repository.top.resolve()).as_posix()
    except ValueError:
        return ()
    committed = repository.file_at(commit, path)
    if committed is not None and committed == file.read_bytes():
        return ()
    try:
        earlier = parse_document(committed, path).value if committed is not None else None
        return policy_changes(earlier, load_document(file).value)
    except ConfigError:
        return (f"{path} cannot be read as it was, so its rules cannot be compared",)
