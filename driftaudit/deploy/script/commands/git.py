"""`git` in the model: what it may overwrite and delete is taken for overwritten and deleted."""

from driftaudit.deploy.script.call import Call, Programs, is_below
from driftaudit.deploy.script.commands.git_archive import archive
from driftaudit.deploy.script.commands.git_clean import clean
from driftaudit.deploy.script.commands.git_pull import is_brought
from driftaudit.deploy.script.options import Grammar, parsed
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Parts, walk

_ORDERED = Grammar("pP", "Cc", {"no-pager": "p", "git-dir": "", "work-tree": "", "bare": ""}, ordered=True)
# They read, or write below .git alone.
_READING = frozenset(
    """
    add blame branch bundle cat-file commit config count-objects credential describe diff fetch
    for-each-ref fsck gc help log ls-files ls-remote ls-tree merge-base name-rev notes prune push reflog
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
    if command == "push":
        _note_push(call, words)
    call.world.has_fetched |= command == "fetch" and call.is_target
    if command in _READING:
        call.print(call.session.fresh(f"git {command}") + "\n")
        return None
    if command == "archive":
        return archive(call, start, words)
    if _is_elsewhere(call):
        detail = f"git {command} in a work tree that is named by an option or a variable"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=call.is_target)
        return None
    if command == "clean":
        return clean(call, start, words)
    if command in _WRITING:
        return _write(call, start, command, words, given=options.values.get("c", []))
    call.problem(Trouble.UNMODELLED, f"git {command}", may_touch=call.is_target)
    return None


def _is_elsewhere(call: Call) -> bool:
    """Whether the work tree, or what it is changed to, is not the one of the folder where git is run."""
    named = any(word.startswith(("--work-tree", "--git-dir")) for word in call.words)
    return named or any(call.world.variables.get(name) for name in ("GIT_WORK_TREE", "GIT_DIR"))


def _note_push(call: Call, words: list[str]) -> None:
    """Note what a push may set off: where the remote is not the common one, by custom a deploy."""
    operands = [word for word in words if not word.startswith("-")]
    is_common = operands[:1] in ([], ["origin"], ["upstream"])
    detail = f"git push {' '.join(operands[:1])}".rstrip() + ": what hooks do there is not known"
    call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=not is_common)


def _write(call: Call, start: Parts, command: str, words: list[str], *, given: list[str]) -> int | None:
    """Change tracked files to what a revision has.

    What is tracked on the target is not known: that is a gap. Where changes that are in no commit are thrown
    away, all that is desired is taken for overwritten; elsewhere git refuses to lose them. `given` are
    settings of the command line.
    """
    shown = " ".join(["git", command, *words])[:80]
    if command == "stash" and words[:1] in (["list"], ["show"]):
        return 0
    if not call.is_target:
        detail = f"{shown}: what it brings is taken for there already"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=False)
        return None
    if _is_no_checkout(call, start):
        return 128
    if not given and is_brought(call, start, command, words):
        return None
    detail = f"{shown} overwrites and deletes tracked files, and which these are is not known here"
    if command == "pull":
        detail += ": name remote and branch (git pull origin main), and push what is desired first"
    call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=True)
    _changed(call, start, loses_changes=_loses_changes(command, words))
    return None


def _loses_changes(command: str, words: list[str]) -> bool:
    """Whether a command throws away what was changed and is in no commit."""
    flags = {word for word in words if word.startswith("-")}
    match command:
        case "reset":
            return bool(flags & {"--hard", "--merge"})
        case "checkout" | "switch":
            is_forced = bool(flags & {"-f", "--force", "--discard-changes"})
            return is_forced or "--" in words or "." in words or (command == "checkout" and len(words) > 1)
        case "pull" | "merge" | "rebase" | "cherry-pick" | "revert" | "am" | "stash":
            return False
        case _:
            return True


def _is_no_checkout(call: Call, start: Parts) -> bool:
    """Whether neither a folder nor one above it can be a checkout."""
    for depth in range(len(start), -1, -1):
        node = call.files.get((*start[:depth], ".git"))
        if node is not None:
            return False
    return True


def _changed(call: Call, start: Parts, *, loses_changes: bool) -> None:
    """Take a checkout for one in which there may be more than before, and desired files may be others."""
    folder = call.files.get(start)
    if not isinstance(folder, Folder):
        return
    setting = call.session.setting
    is_desired = setting.is_desired or (lambda _path: True)
    for path, node in list(walk(folder)) if loses_changes else ():
        parts = (*start, *path.split("/")) if path else start
        below = "/".join(parts[len(setting.root) :]) if is_below(parts, setting.root) else path
        if isinstance(node, File) and not path.startswith(".git/") and is_desired(below):
            content = call.session.contents.unknown(unsure=True)
            call.files.put(parts, File(content, node.executable))
    changed = call.files.get(start)
    if isinstance(changed, Folder):
        call.files.put(start, Folder(changed.children, is_open=True, serial=changed.serial))


GIT: Programs = {"git": git}
