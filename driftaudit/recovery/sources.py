"""What git has of contents: in which commits, in refs of this product, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from driftaudit.backups.recovery import Version
from driftaudit.cache import Cache
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import PathMapping
from driftaudit.provenance.content_history import ContentHistory, content_history
from driftaudit.provenance.history import History, read_history
from driftaudit.repo import Repository

_SHORT = 10  # digits of a commit's id that are shown


@dataclass(frozen=True, slots=True)
class InGit:
    """By content where a commit has it, what only refs of ours hold, and by path and content since when."""

    committed: dict[str, str] = field(default_factory=dict)
    rescued: frozenset[str] = frozenset()
    versions: dict[tuple[str, str], Version] = field(default_factory=dict)


def in_git(
    repository: Repository | None,
    base: str | None,
    mapping: PathMapping,
    cache: Cache,
    entries: Sequence[Entry],
) -> InGit:
    """Return what the repository has of the contents of these entries. Raises RepositoryError."""
    if repository is None or base is None:
        return InGit()
    history = read_history(repository, base, cache)
    contents = {entry.contents[0] for entry in entries if entry.contents}
    found = content_history(repository, history, contents, ())
    versions: dict[tuple[str, str], Version] = {}
    for entry in entries:
        at = found.at(entry.contents[0], set(mapping.to_repository(entry.path))) if entry.contents else None
        if at:
            first = history.facts(at[1].oldest)
            versions[entry.path, entry.contents[0]] = Version(first.oid[:_SHORT], first.committed_at)
    committed = {content: _place(content, found, history) for content in contents if found.is_held(content)}
    return InGit(committed, found.rescued, versions)


def _place(content: str, found: ContentHistory, history: History) -> str:
    places = found.places.get(content)
    if not places:
        return "a ref"
    path, carried = max(places.items(), key=lambda each: (each[1].in_base, each[1].newest, each[0]))
    return f"{history.facts(carried.newest).oid[:_SHORT]}: {path}"
