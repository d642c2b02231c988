"""`git` in the model: what it may overwrite and delete is taken for overwritten and deleted."""

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.options import Grammar, parsed
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import Folder, Parts, Unseen

_ORDERED = Grammar("pP", "Cc", {"no-pager": "p", "git-dir": "", "work-tree": "", "bare": ""}, ordered=True)
# They read, or write below .git alone.
_READING = frozenset(
    """
    add blame branch bundle cat-file commit config count-objects credential describe diff fetch for-
    each-ref fsck gc help log ls-files ls-remote ls-tree merge-base name-rev notes prune push reflog
    remote rev-list rev-parse shortlog show show-ref status symbolic-ref tag var version
    """.split()  # noqa: SIM905 # it is read as words
)
_WRITING = frozenset(
    """
    am apply bisect checkout checkout-index cherry-pick clone lfs merge mv pull read-tree rebase
    reset restore revert rm sparse-checkout stash submodule switch worktree
    """.split()  # noqa: SIM905 # it is read as words
)


def git(call: Call) -> int | None:
    """Run a git command."""
    options = parsed(call.words, _ORDERED)
    folder = options.value("C")
    start = call.world.cwd
    if folder is not None:
        place = call.place(folder)
        if call.is_vague(folder):
            call.problem(Trouble.UNKNOWN_DESTINATION, f"git -C {folder}", may_touch=call.is_target)
            return None
        start = place.parts
    if not options.operands:
        return 0
    command, *words = options.operands
    if command in _READING:
        call.print(call.session.fresh(f"git {command}") + "\n")
        return None
    if command == "archive":
        return _archive(call, words)
    if command == "clean":
        return _clean(call, start, words)
    if command in _WRITING:
        return _write(call, start, command, words)
    call.problem(Trouble.UNMODELLED, f"git {command}", may_touch=call.is_target)
    return None


def _archive(call: Call, words: list[str]) -> int | None:
    """Pack a revision: its members are not known to the model."""
    options = parsed(words, Grammar("v", "o", {"output": "o", "format": "", "prefix": "", "remote": ""}))
    content = call.session.contents.unknown()
    path = options.value("o")
    if path is None:
        call.print_content(content)
    elif call.may_write(path):
        return int(not call.write_file(call.place(path), content))
    return 0


def _clean(call: Call, start: Parts, words: list[str]) -> int | None:
    """Delete what is not tracked: which that is is not known, so all but .git may go."""
    options = parsed(words, Grammar("dfnqxXi", "e", {"force": "f", "dry-run": "n", "exclude": "e"}))
    if "n" in options or "f" not in options:
        return 0
    if call.is_target:
        detail = "git clean deletes all that is not tracked, and what that is is not known here"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=True)
    _take_for_changed(call, start)
    return 0


def _write(call: Call, start: Parts, command: str, words: list[str]) -> int | None:
    """Change tracked files to what a revision has, which the model does not know."""
    shown = " ".join(["git", command, *words])[:80]
    if command == "stash" and words[:1] in (["list"], ["show"]):
        return 0
    if call.is_target:
        detail = f"{shown} overwrites and deletes files, and which is not known here"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=True)
    else:
        detail = f"{shown}: what it brings is taken for there already"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=False)
    if call.is_target:
        _take_for_changed(call, start)
    return None


def _take_for_changed(call: Call, start: Parts) -> None:
    """Take all below a folder but .git for what nobody knows any more."""
    node = call.files.get(start)
    if not call.is_target or not isinstance(node, Folder):
        return
    kept = {name: child for name, child in node.children.items() if name == ".git"}
    call.files.put(start, Folder({**kept, **dict.fromkeys(set(node.children) - set(kept), Unseen())}))


GIT: Programs = {"git": git}
