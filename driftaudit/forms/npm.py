"""`npm run X`, `yarn X` and `pnpm X`: the scripts of a package.json that they run."""

from collections.abc import Sequence
from pathlib import Path

from driftaudit.forms.base import Passage, joined, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.files import named, shown
from driftaudit.forms.package import Package, load_package, nearest_package
from driftaudit.forms.runner import Order, Writing
from driftaudit.forms.sequence import Part

_RUN = frozenset({"run", "run-script", "rum", "urn"})
_SHORT = {"test": "test", "t": "test", "tst": "test", "start": "start", "stop": "stop", "restart": "restart"}
_SILENT = frozenset(
    {"-s", "--silent", "-q", "--quiet", "--verbose", "--no-progress", "--foreground-scripts", "--no-color"}
)
_ELSEWHERE = ("-w", "--workspace", "-C", "--prefix", "--cwd", "-r", "--recursive", "--filter", "-F", "-ws")
_YARN_OTHER = frozenset({"workspace", "workspaces"})


_BUILT_IN = frozenset(
    {
        *("add", "audit", "bin", "cache", "ci", "config", "create", "dedupe", "dlx", "exec", "global", "i"),
        *("import", "info", "init", "install", "it", "link", "list", "login", "logout", "ls", "node"),
        *("outdated", "pack", "patch", "plugin", "prune", "publish", "rebuild", "remove", "rm", "set"),
        *("store", "un", "unlink", "up", "update", "upgrade", "version", "versions", "why"),
    }
)
_LIFECYCLE = frozenset({"install", "pack", "publish", "rebuild", "version"})
_INSTALLS = frozenset({"ci", "clean-install", "i", "install"})
_INSTALLED = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
_NO_SCRIPTS = "--ignore-scripts"
_IF_PRESENT = "--if-present"
_NO_PACKAGE = "there is no package.json"
_VARIABLE = "what it runs depends on a variable"


def npm(order: Order, draft: Draft) -> Writing | str | None:
    """Return what `npm run X`, `npm test`, `npm start`, `npm stop` and `npm restart` run."""
    at, problem = _first_word(order.words)
    if problem:
        return problem
    command = order.words[at] if at < len(order.words) else ""
    if command is None:
        return _VARIABLE
    if command in _RUN:
        return _run(order, at + 1, draft)
    if command in _INSTALLS:
        return _install(order, at + 1)
    return _named(order, at + 1, _SHORT[command], draft) if command in _SHORT else None


def yarn(order: Order, draft: Draft) -> Writing | str | None:
    """Return what `yarn run X` and `yarn X` run."""
    return _run_or_name(order, draft)


def pnpm(order: Order, draft: Draft) -> Writing | str | None:
    """Return what `pnpm run X` and `pnpm X` run."""
    return _run_or_name(order, draft)


def _first_word(words: Sequence[str | None]) -> tuple[int, str]:
    """Return where the command stands, after options that change nothing; and what is in the way."""
    at = 1
    while at < len(words) and (word := words[at]) is not None and word.startswith("-"):
        if word.startswith(_ELSEWHERE):
            return at, _not_known(word)
        at += 1
    return at, ""


def _not_known(option: str) -> str:
    leads_away = option.startswith(_ELSEWHERE)
    what = "leads to another package" if leads_away else "is an option that is not known here"
    return f"{named(option)} {what}"


def _run_or_name(order: Order, draft: Draft) -> Writing | str | None:
    at, problem = _first_word(order.words)
    if problem:
        return problem
    if at >= len(order.words):
        return _install(order, at) if order.words[0] == "yarn" else None
    command = order.words[at]
    if command is None:
        return _VARIABLE
    if command in _YARN_OTHER:
        return "it leads to other packages"
    if command in _RUN:
        return _run(order, at + 1, draft)
    if command in _INSTALLS:
        return _install(order, at + 1)
    package = _package(order.folder)
    if command in _BUILT_IN:
        is_script = not isinstance(package, str) and command in package.scripts and command not in _LIFECYCLE
        return "it is a script, and may be a command of the program's own" if is_script else None
    if isinstance(package, str):
        return package
    return _run(order, at, draft) if command in package.scripts else None


def _install(order: Order, at: int) -> Writing | str | None:
    """Return an installation and the package's own scripts that come with it; None where there are none."""
    rest = order.words[at:]
    if _NO_SCRIPTS in order.words or any(word is not None and not word.startswith("-") for word in rest):
        return None  # of a package that is named only its own are run
    package = _package(order.folder)
    if isinstance(package, str):
        return None if package == _NO_PACKAGE else package
    names = [name for name in _INSTALLED if name in package.scripts]
    if not names:
        return None
    plain = passage(" ".join([*order.sources, _NO_SCRIPTS]), package.place(names[0]))
    parts = (Part(plain), *(Part(_body(package, name, ())) for name in names))
    return Writing(f"{package.path}#install", package.path.parent, parts)


def _run(order: Order, at: int, draft: Draft) -> Writing | str | None:
    words = order.words
    if_present = False
    while at < len(words) and (word := words[at]) is not None and word.startswith("-"):
        if_present |= word == _IF_PRESENT
        if word not in _SILENT and word != _IF_PRESENT:
            return _not_known(word)
        at += 1
    if at >= len(words):
        return None  # it lists the scripts
    script = words[at]
    return _VARIABLE if script is None else _named(order, at + 1, script, draft, if_present=if_present)


def _named(
    order: Order, at: int, script: str, draft: Draft, *, if_present: bool = False
) -> Writing | str | None:
    """Return what a script runs that words are handed to from a place on."""
    handed: list[str] = []
    program = order.words[0] or ""
    for number, word in enumerate(order.words[at:], at):
        if word == "--":
            handed += order.sources[number + 1 :]
            break
        if program != "npm" or word is None or not word.startswith("-"):  # npm keeps options for itself
            handed.append(order.sources[number])
        elif word not in _SILENT and word != _IF_PRESENT:
            return _not_known(word)
        if_present |= word == _IF_PRESENT
    package = _package(order.folder)
    if isinstance(package, str):
        return package
    if script in package.scripts:
        return script_writing(package, script, handed, program, draft)
    if if_present:
        return Writing(f"{package.path}#", package.path.parent, ())
    return f"there is no script {named(script)!r} in {shown(package.path)}"


def _package(folder: Path | None) -> Package | str:
    if folder is None:
        return "the folder that it runs in is not known"
    path = nearest_package(folder)
    return load_package(path) if path else _NO_PACKAGE


def script_writing(
    package: Package, script: str, arguments: Sequence[str], program: str, draft: Draft
) -> Writing:
    """Return what a script of a package runs: npm runs `preX` and `postX` around it, others may."""
    doubt = "" if program == "npm" else draft.unknown(f"whether {program} runs pre and post scripts")
    parts = []
    for name in (f"pre{script}", script, f"post{script}"):
        if name in package.scripts:
            body = _body(package, name, arguments if name == script else ())
            parts.append(Part(body, runs_if="" if name == script else doubt))
    return Writing(f"{package.path}#{script}", package.path.parent, tuple(parts))


def _body(package: Package, script: str, arguments: Sequence[str]) -> Passage:
    text = " ".join([package.scripts[script], *arguments])
    place = package.place(script)
    return joined(package.exports(script), passage(text, place))
