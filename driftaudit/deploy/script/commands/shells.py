"""Commands that run a text or a file as a script: `bash -c`, `eval`, `source`, `./script.sh`."""

import re

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.dialect import is_sh
from driftaudit.deploy.script.options import Grammar, parsed
from driftaudit.deploy.script.parser import ScriptSyntaxError, parse
from driftaudit.deploy.script.reading import Origin
from driftaudit.deploy.script.session import Session, Trouble
from driftaudit.deploy.script.syntax import Statement
from driftaudit.deploy.script.tree import File, Unseen
from driftaudit.deploy.script.world import Flow, World
from driftaudit.errors import UsageError

_MOST_CALLS = 40
_SHELL = Grammar(
    "ceuxlisvnpCfa", "oO", {"login": "l", "posix": "", "norc": "", "noprofile": ""}, ordered=True
)
_LETTERS = {"e": "errexit", "u": "nounset", "n": "noexec", "C": "noclobber", "f": "noglob", "a": "allexport"}
# Settings of a login, which a shell there reads by itself, and of tools that have several versions.
_SET_UP = re.compile(
    r"/(?:\.(?:bashrc|bash_profile|bash_login|profile|zshrc|zprofile|zshenv)|etc/(?:profile|bash\.bashrc)"
    r"|nvm\.sh|\.?rvm/scripts/rvm|\.cargo/env|asdf\.sh|bin/activate|\.sdkman/bin/sdkman-init\.sh)$"
)
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")


def bash(call: Call) -> list[World]:
    """Run `bash -c TEXT`, `bash FILE`, or what is read."""
    options = parsed(call.words, _SHELL)
    world = call.world
    switches = {_LETTERS[letter] for letter in options.flags & set(_LETTERS)} | set(
        options.values.get("o", ())
    )
    operands = options.operands
    if "l" in options:  # it reads the settings of the login first
        call.session.forget_variables(world, with_own=False)
    if "c" in options:
        text = operands[0] if operands else ""
        name, arguments = operands[1] if len(operands) > 1 else call.name, tuple(operands[2:])
        return in_new_shell(call, world, text, name, arguments, switches, is_one_line=False)
    if operands and "s" not in options:
        return _run_script(call, operands[0], tuple(operands[1:]), switches)
    call.line = world.given_line or call.line
    given = call.session.contents.text(world.given)
    return in_new_shell(call, world, given, call.name, tuple(operands), switches, is_one_line=False)


def run_file(call: Call) -> list[World] | None:
    """Run a script by its path; None where the words are no path to one."""
    path = call.path
    if "/" not in path or call.is_vague(path):
        return None
    node = call.place(path).node
    text = call.session.contents.text(node.content) if isinstance(node, File) else None
    if text is None or not _is_shell(path, text):
        return None
    return _run_script(call, path, tuple(call.words), set())


def _is_shell(path: str, text: str) -> bool:
    first = text.split("\n", 1)[0]
    if first.startswith("#!"):
        return first.rpartition("/")[2].split()[-1:] in [[name] for name in _SHELLS] or "sh -" in first
    return path.endswith((".sh", ".bash"))


def _run_script(call: Call, path: str, arguments: tuple[str, ...], switches: set[str]) -> list[World]:
    content = None if call.is_vague(path) else call.content_of(path)
    if content is None and not call.is_vague(path):
        call.world.status = 127
        return [call.world]
    text = call.session.contents.text(content) if content is not None else None
    return in_new_shell(call, call.world, text, path, arguments, switches, is_one_line=True)


def source(call: Call) -> list[World]:
    """Run a file in this shell: `source`, `.`."""
    world = call.world
    path = _by_search_path(call, call.words[0] if call.words else "")
    content = call.content_of(path)
    refused = [] if world.is_bash else [_ended(world)]
    if _sets_up(call, path, content):
        world.status = None
        return [world, *refused]
    if content is None:
        world.status = 1
        return [world, *refused]
    statements = read(call, call.session.contents.text(content), is_one_line=True)
    if statements is None:
        return [world]
    found = refused if "/" not in call.words[0] else []
    return found + _sourced(call, statements)


def _sets_up(call: Call, path: str, content: str | None) -> bool:
    """Whether a file that nobody has seen is one that by custom sets variables, and does no more; noted."""
    is_unseen = call.is_vague(path) or isinstance(call.place(path).node, Unseen)
    if content is None or not is_unseen or not _SET_UP.search(f"/{path}"):
        return False
    detail = f"{call.name} {path}: taken for what it is by custom, settings of a login or of a tool"
    call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=False)
    call.session.forget_variables(call.world, with_own=False)
    return True


def _by_search_path(call: Call, name: str) -> str:
    """Return the file that a name without a slash means: one in PATH, before one in this folder."""
    if "/" in name or call.is_vague(name):
        return name
    search = call.world.variables.get("PATH") or ""
    found = (f"{folder or '.'}/{name}" for folder in search.split(":") if search)
    return next((path for path in found if isinstance(call.place(path).node, File)), name)


def _ended(world: World) -> World:
    """Return the world of a shell that is not bash, and ends where it finds no file to run."""
    other = world.fork()
    other.flow, other.status = Flow.EXIT, 2
    return other


def _sourced(call: Call, statements: tuple[Statement, ...]) -> list[World]:
    world = call.world
    outer = world.arguments
    world.arguments = tuple(call.words[1:]) or outer
    world.calls += 1
    world.sources_deep += 1
    found = call.session.run(statements, [world])
    for end in found:
        end.calls -= 1
        end.sources_deep -= 1
        end.arguments = outer
        if end.flow is Flow.RETURN:
            end.flow = Flow.ON
    return found


def evaluate(call: Call) -> list[World]:
    """Run the words as a line: `eval`."""
    statements = read(call, " ".join(call.words), is_one_line=True)
    call.world.status = 0 if statements is not None else None
    return call.session.run(statements or (), [call.world])


def in_new_shell(
    call: Call,
    world: World,
    text: str | None,
    name: str,
    arguments: tuple[str, ...],
    switches: set[str],
    *,
    is_one_line: bool,
) -> list[World]:
    """Run a text in a shell of its own, with the variables of this one."""
    statements = read(call, text, is_one_line=is_one_line)
    if statements is None:
        return [world]
    shell = world.fork()
    shell.variables = _inherited(world)
    shell.name, shell.arguments, shell.options = name, arguments, frozenset(switches)
    shell.functions, shell.stack, shell.locals, shell.arrays = {}, (), {}, {}
    shell.readonly = frozenset()
    shell.is_bash = call.name == "bash" if call.name in _SHELLS else not is_sh(text or "")
    return run_below(call, world, shell, statements)


def _inherited(world: World) -> dict[str, str | None]:
    """Return the variables that a program is given: those that are exported, or came from outside."""
    given = world.exported | set(world.host.variables)
    return {name: text for name, text in world.variables.items() if name in given}


def run_below(call: Call, world: World, shell: World, statements: tuple[Statement, ...]) -> list[World]:
    """Run statements in a shell below this one: its trees, its status, and what it printed come back."""
    shell.shells, shell.calls, shell.is_tested = world.shells + 1, world.calls + 1, False
    shell.at_exit, shell.out, shell.status = None, (), 0
    shell.functions_deep = shell.sources_deep = 0
    found = []
    for end in at_exit(call.session, call.session.run(statements, [shell])):
        after = world.fork()
        after.trees, after.status = end.trees, end.status
        after.out = (*world.out, *end.out)
        found.append(after)
    return found


def at_exit(session: Session, worlds: list[World]) -> list[World]:
    """Run what a shell does at its end.

    A bash that gives up in it over a missing value keeps the status that it had, but under `set -e`.
    """
    found = []
    for world in worlds:
        if world.at_exit is None:
            found.append(world)
            continue
        text, world.at_exit = world.at_exit, None
        status, world.flow, world.is_tested = world.status, Flow.ON, False
        call = Call(session, world, ["trap"], 0)
        ends = session.run(read(call, text, is_one_line=True) or (), [world])
        for end in ends:
            is_forgiven = end.flow is Flow.GIVEN_UP and end.is_bash and "errexit" not in end.options
            end.status = status if end.is_running or is_forgiven else end.status
        found += ends
    return found


def read(call: Call, text: str | None, *, is_one_line: bool) -> tuple[Statement, ...] | None:
    """Return the statements of a text that is run; noted where it is not known what they are."""
    call.world.status = None
    if text is None:
        detail = f"{call.name} runs a text that is not known"
        call.problem(Trouble.UNKNOWN_COMMAND, detail, may_touch=True)
        return None
    if call.world.calls >= _MOST_CALLS:
        call.problem(Trouble.ENDLESS, f"{call.name} runs itself without an end", may_touch=True)
        return None
    try:
        return parse(text, Origin(call.line, is_one_line)).statements
    except ScriptSyntaxError as error:
        detail = f"{call.name} runs a text with an error in its line {error.line}, column {error.column}"
        call.problem(Trouble.SYNTAX, detail, may_touch=True)
    except UsageError as error:
        call.problem(Trouble.SYNTAX, error.message, may_touch=True)
    return None
