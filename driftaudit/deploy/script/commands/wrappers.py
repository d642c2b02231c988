"""Commands that run another one: `sudo`, `env`, `nice` and their kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.builtins import cd
from driftaudit.deploy.script.options import Grammar, Options, parsed
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.world import Flow, World

Named: TypeAlias = Callable[[World, list[str], int], list[World]]


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How a wrapping command is written: its options, and how many words stand before the command."""

    grammar: Grammar
    skipped: int = 0
    assigns: bool = False
    hides: bool = False  # what is exported: the command gets few variables, or others
    shells: frozenset[str] = field(default_factory=frozenset)  # options that mean a shell
    unmodelled: frozenset[str] = field(default_factory=frozenset)  # options with a value, which matter


_WRAPPERS = {
    "sudo": Wrapper(
        Grammar(
            "EnHSPbkisA",
            "ugphCrtTUDR",
            {"user": "u", "group": "g", "login": "i", "shell": "s", "preserve-env": "E", "chdir": "D"},
            ordered=True,
        ),
        assigns=True,
        hides=True,
        shells=frozenset("is"),
        unmodelled=frozenset("R"),
    ),
    "doas": Wrapper(Grammar("ns", "uC", ordered=True), hides=True, shells=frozenset("s")),
    "env": Wrapper(
        Grammar(
            "i0v",
            "uCS",
            {"ignore-environment": "i", "unset": "u", "chdir": "C", "split-string": "S"},
            ordered=True,
        ),
        assigns=True,
        unmodelled=frozenset("S"),
    ),
    "nice": Wrapper(Grammar("", "n", {"adjustment": "n"}, ordered=True)),
    "ionice": Wrapper(Grammar("t", "cn", ordered=True)),
    "nohup": Wrapper(Grammar(ordered=True)),
    "time": Wrapper(Grammar("pv", "fo", {"output": "o"}, ordered=True), unmodelled=frozenset("o")),
    "command": Wrapper(Grammar("pvV", ordered=True)),
    "builtin": Wrapper(Grammar(ordered=True)),
    "exec": Wrapper(Grammar("cl", "a", ordered=True)),
    "timeout": Wrapper(Grammar("v", "ks", {"signal": "s", "kill-after": "k"}, ordered=True), skipped=1),
    "stdbuf": Wrapper(Grammar("", "ioe", ordered=True)),
    "ssh-agent": Wrapper(Grammar("cDdks", "aEPt", ordered=True)),
    "sshpass": Wrapper(Grammar("ehVv", "fdpP", ordered=True)),
    "setsid": Wrapper(Grammar("cfw", ordered=True)),
    "chronic": Wrapper(Grammar(ordered=True)),
    "flock": Wrapper(Grammar("nxsue", "wE", ordered=True), skipped=1),
}


def wrapping(named: Named) -> dict[str, Callable[[Call], list[World]]]:
    """Return the wrapping commands; `named` runs the one that is wrapped."""

    def run(call: Call) -> list[World]:
        return _unwrapped(call, _WRAPPERS[call.name], named)

    return dict.fromkeys(_WRAPPERS, run)


def _unwrapped(call: Call, wrapper: Wrapper, named: Named) -> list[World]:
    world = call.world
    options = parsed(call.words, wrapper.grammar)
    if call.name == "command" and options.flags & {"v", "V"}:
        world.status = None
        call.print_content(call.session.contents.unknown())
        return [world]
    words = options.operands[wrapper.skipped :]
    if wrapper.shells & options.flags:
        words = ["bash", "-c", " ".join(map(_escaped, words))] if words else ["bash"]
    unknown = [*options.unknown, *(f"-{letter}" for letter in wrapper.unmodelled & options.values.keys())]
    if unknown:
        call.problem(Trouble.UNMODELLED, f"{call.name} {unknown[0]}", may_touch=True)
    variables, exported, knows_names = dict(world.variables), world.exported, world.knows_names
    _hide(call, wrapper, options)
    if call.name == "flock" and len(options.operands) > 1:  # else it is a number
        _make_lock(call, options.operands[0])
    while wrapper.assigns and words and _is_assignment(words[0]):
        name, _equals, text = words.pop(0).partition("=")
        world.variables[name] = text
        world.exported |= {name}
    if not words:
        world.status = 0
        return [world]
    folder = _folder(call, options)
    found = named(world, words, call.line) if folder is None else _run_in(call, folder, words, named)
    for end in found:
        if wrapper.assigns or wrapper.hides:
            end.variables, end.exported, end.knows_names = dict(variables), exported, knows_names
        if call.name == "exec":
            end.flow = Flow.EXIT
    return found


def _folder(call: Call, options: Options) -> str | None:
    """Return the folder that `env -C`, `sudo -D` and `sudo -i` start the command in."""
    if call.name == "sudo" and "i" in options:
        return call.session.anything("the home of sudo -i")
    return options.value({"env": "C", "sudo": "D"}.get(call.name, "none"))


def _run_in(call: Call, folder: str, words: list[str], named: Named) -> list[World]:
    before = (call.world.cwd, call.world.logical_cwd)
    starts = cd(Call(call.session, call.world, ["cd", "--", folder], call.line))
    ends = [end for start in starts for end in ([start] if start.status else named(start, words, call.line))]
    for end in ends:
        end.cwd, end.logical_cwd = before
    return ends


def _make_lock(call: Call, path: str) -> None:
    """Make the file that is locked, where there is none."""
    place = call.place(path)
    if not call.is_vague(path) and place.node is None:
        call.write_file(place, call.session.contents.of_text(""))
        call.finish()


def _escaped(word: str) -> str:
    """Return a word as sudo gives it to a shell: all but a few characters stand for themselves."""
    return re.sub(r"([^A-Za-z0-9_$-])", r"\\\1", word)


def _hide(call: Call, wrapper: Wrapper, options: Options) -> None:
    """Take away the variables that the command is not given; what sudo leaves is set up on each host."""
    world = call.world
    if wrapper.hides:
        for name in world.exported if "E" not in options else ():
            world.variables[name] = call.session.anything(f"${name} below {call.name}")
        world.knows_names = False
    is_bare = (call.name == "env" and "i" in options) or (call.name == "exec" and "c" in options)
    hidden = world.variables.keys() if is_bare else options.values.get("u", [])
    if is_bare or call.name == "env":
        world.variables |= dict.fromkeys(hidden)


def _is_assignment(word: str) -> bool:
    name, equals, _text = word.partition("=")
    return bool(equals) and name.isidentifier()
