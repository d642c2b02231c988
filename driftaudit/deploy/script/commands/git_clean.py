"""`git clean`: what is tracked is not known, so all that is not ignored is taken for deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from driftaudit.deploy.script.call import Call, is_below
from driftaudit.deploy.script.options import Grammar, Options, parsed
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Parts, Place, Unseen

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_CLEAN = Grammar("dfnqxXi", "e", {"force": "f", "dry-run": "n", "exclude": "e", "quiet": "q"})


def clean(call: Call, start: Parts, words: list[str]) -> int | None:
    """Delete what is not tracked: the worst is that nothing is."""
    options = parsed(words, _CLEAN)
    if "n" in options:
        return 0
    if "f" not in options:
        return None  # unless the host's configuration says that none is needed
    if call.is_target and any(call.is_vague(path) for path in options.operands):
        detail = "git clean deletes what a variable names, and what that is is not known"
        call.problem(Trouble.UNKNOWN_PATH, detail, may_touch=True)
        return None
    folder = call.files.get(start)
    if not isinstance(folder, Folder) or not call.is_target:
        return 0 if isinstance(folder, Folder) else None
    sweep = _Sweep(call, start, options, _is_doubled(words))
    detail = (
        "git clean deletes what is not tracked; which files are is not known: all that it may delete counts"
    )
    call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=sweep.is_partly_unseen(start))
    for parts in list(sweep.chosen(start, [])):
        if isinstance(node := call.files.get(parts), Folder) and node.names():
            continue
        call.removing(Place(parts, node))
        call.files.remove(parts)
    return 0


def _is_doubled(words: list[str]) -> bool:
    """Whether -f was given twice: then repositories in the folder go too."""
    letters = "".join(word[1:] for word in words if word.startswith("-") and not word.startswith("--"))
    return letters.count("f") + words.count("--force") > 1


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What one run may delete."""

    call: Call
    top: Parts
    options: Options
    takes_repositories: bool

    def is_partly_unseen(self, start: Parts) -> bool:
        """Whether there may be more in the folder than is known."""
        node = self.call.files.get(start)
        if isinstance(node, Folder):
            below = (name for name in node.names() if name != ".git")
            return node.is_open or any(self.is_partly_unseen((*start, name)) for name in below)
        return isinstance(node, Unseen)

    def chosen(self, start: Parts, rules: "list[tuple[Parts, GitIgnoreSpec]]") -> Iterator[Parts]:
        """Yield the paths that may be deleted, those in a folder before it."""
        folder = self.call.files.get(start)
        if not isinstance(folder, Folder):
            return
        own = self._rules(start, folder)
        rules = [*rules, (start, own)] if own else rules
        for name in folder.names():
            parts = (*start, name)
            node = folder.children[name]
            if name == ".git" or self._is_kept(parts, node, rules):
                continue
            if isinstance(node, Folder):
                if node.child(".git") is None or self.takes_repositories:
                    yield from self.chosen(parts, rules)
                    yield from [parts] if self._is_named(parts) else []
            elif self._is_named(parts):
                yield parts

    def _rules(self, start: Parts, folder: Folder) -> "GitIgnoreSpec | None":
        from pathspec import GitIgnoreSpec

        lines = list(self.options.values.get("e", ())) if start == self.top else []
        node = folder.child(".gitignore")
        text = self.call.session.contents.text(node.content) if isinstance(node, File) else None
        if text and "x" not in self.options:
            lines = [*text.split("\n"), *lines]
        return GitIgnoreSpec.from_lines(lines) if lines and "X" not in self.options else None

    def _is_kept(self, parts: Parts, node: object, rules: "list[tuple[Parts, GitIgnoreSpec]]") -> bool:
        """Whether the nearest rule that speaks of a path ignores it."""
        for start, spec in reversed(rules):
            path = "/".join(parts[len(start) :]) + ("/" if isinstance(node, Folder) else "")
            found = spec.check_file(path).include
            if found is not None:
                return found
        return False

    def _is_named(self, parts: Parts) -> bool:
        """Whether a path is among those that the command was given, if it was given any."""
        paths = [path for path in self.options.operands if not set(path) & set("*?[:")]
        if len(paths) < len(self.options.operands) or not paths:
            return True
        return any(
            is_below(parts, self.call.files.find(self.top, path, follow=False).parts) for path in paths
        )
