"""`git pull` and `git merge` on the target, where it is known what they bring."""

from collections.abc import Iterator

from driftaudit.deploy.script.call import Call, is_below
from driftaudit.deploy.script.session import Trouble, Upstream
from driftaudit.deploy.script.tree import File, Folder, Node, Parts

_PULL_FLAGS = frozenset(
    [
        *("--autostash", "--ff", "--ff-only", "--force", "--no-edit", "--no-rebase", "--no-tags"),
        *("--progress", "--prune", "--quiet", "--rebase", "--rebase=false", "--rebase=true", "--tags"),
        *("--verbose", "-f", "-p", "-q", "-r", "-t", "-v"),
    ]
)
_MERGE_FLAGS = frozenset(("--ff", "--ff-only", "--no-edit", "--quiet", "-q"))


def is_brought(call: Call, start: Parts, command: str, words: list[str]) -> bool:
    """Bring what is desired to the checkout, as far as git does that and it is known that it would.

    Of what is changed by hand or not tracked git loses nothing, but for a file that it ignores and that the
    new commit has: it refuses, or leaves it. Which of them a file is is not known, so all that is desired
    is taken for overwritten. Returns False where nothing was done, since it is not known what comes.
    """
    upstream = call.session.setting.upstream() if call.session.setting.upstream else None
    if upstream is None or not _is_that(call, upstream, command, words) or not _is_at_root(call, start):
        return False
    call.problem(Trouble.UNKNOWN_EFFECT, _assumed(upstream, command, words), may_touch=False)
    root = call.session.setting.root
    for path, node in sorted(upstream.brought.items()):
        _lay(call, (*root, *path.split("/")), node)
    for path, content in sorted(upstream.removed.items()):
        _take(call, (*root, *path.split("/")), content, root)
    return True


def _assumed(upstream: Upstream, command: str, words: list[str]) -> str:
    shown, branches = " ".join(["git", command, *words])[:80], ", ".join(sorted(upstream.branches))
    seen = f"as {branches} was last seen to have it"
    return f"{shown} is taken to bring what is desired, {seen}; what hooks do there is not known"


def _is_that(call: Call, upstream: Upstream, command: str, words: list[str]) -> bool:
    """Whether the command brings one of the branches that are known to be at what is desired."""
    flags = {word for word in words if word.startswith("-")}
    operands = [word for word in words if not word.startswith("-")]
    if command == "merge":  # of the branch as the host saw it last: only a fetch brings that up to date
        is_named = len(operands) == 1 and operands[0] in upstream.branches
        return is_named and flags <= _MERGE_FLAGS and call.world.has_fetched
    if command != "pull" or not flags <= _PULL_FLAGS:
        return False
    if len(operands) < 2:  # of which branch, the configuration there says
        remote = operands[0] if operands else "origin"
        return upstream.has_one_branch and all(each.startswith(f"{remote}/") for each in upstream.branches)
    return "/".join(operands) in upstream.branches


def _is_at_root(call: Call, start: Parts) -> bool:
    """Whether the checkout of a folder is that of the target's root."""
    root = call.session.setting.root
    if not is_below(start, root):
        return False
    for depth in range(len(start), len(root), -1):
        node = call.files.get(start[:depth])
        if not isinstance(node, Folder) or node.child(".git") is not None:
            return False  # it is one of its own, or may be
    top = call.files.get(root)
    return isinstance(top, Folder) and ".git" in top.names()


def _lay(call: Call, parts: Parts, node: Node) -> None:
    for folder in _above(parts, len(call.session.setting.root)):
        if not isinstance(call.files.get(folder), Folder):
            call.files.put(folder, Folder())
    call.files.put(parts, node)


def _take(call: Call, parts: Parts, content: str, root: Parts) -> None:
    """Take away a file that is as a commit had it, and the folders that nothing is left in."""
    there = call.files.get(parts)
    if not isinstance(there, File) or there.content != content:
        return
    call.files.remove(parts)
    for folder in reversed(list(_above(parts, len(root)))):
        node = call.files.get(folder)
        if not isinstance(node, Folder) or node.names() or node.is_open:
            return
        call.files.remove(folder)


def _above(parts: Parts, depth: int) -> Iterator[Parts]:
    """Yield the folders that lead to a path, from the one below the root on."""
    yield from (parts[:n] for n in range(depth + 1, len(parts)))
