"""Commands that run another one: `sudo`, `env`, `nice`, `xargs` and their kind."""

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
    shells: frozenset[str] = field(default_factory=frozenset)  # options that mean a shell


_WRAPPERS = {
    "sudo": Wrapper(
        Grammar(
            "EnHSPbkisA",
            "ugphCrtTUD",
            {"user": "u", "group": "g", "login": "i", "shell": "s", "chdir": "D"},
            ordered=True,
        ),
        assigns=True,
        shells=frozenset("is"),
    ),
    "doas": Wrapper(Grammar("ns", "uC", ordered=True), shells=frozenset("s")),
    "env": Wrapper(
        Grammar("i0v", "uCS", {"ignore-environment": "i", "unset": "u", "chdir": "C"}, ordered=True),
        assigns=True,
    ),
    "nice": Wrapper(Grammar("", "n", {"adjustment": "n"}, ordered=True)),
    "ionice": Wrapper(Grammar("t", "cn", ordered=True)),
    "nohup": Wrapper(Grammar(ordered=True)),
    "time": Wrapper(Grammar("pv", "fo", ordered=True)),
    "command": Wrapper(Grammar("pvV", ordered=True)),
    "builtin": Wrapper(Grammar(ordered=True)),
    "exec": Wrapper(Grammar("cl", "a", ordered=True)),
    "timeout": Wrapper(Grammar("v", "ks", {"signal": "s", "kill-after": "k"}, ordered=True), skipped=1),
    "stdbuf": Wrapper(Grammar("", "ioe", ordered=True)),
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
        words = ["bash", "-c", " ".join(words)] if words else ["bash"]
    _note_options(call, options)
    variables, exported = dict(world.variables), world.exported
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
        if wrapper.assigns:
            end.variables, end.exported = dict(variables), exported
        if call.name == "exec":
            end.flow = Flow.EXIT
    return found


def _note_options(call: Call, options: Options) -> None:
    if call.name == "env" and "S" in options:
        call.problem(Trouble.UNMODELLED, "env -S: it runs the words of a text", may_touch=True)
    if call.name == "time" and "o" in options:
        call.problem(Trouble.UNMODELLED, "time -o: it writes a file", may_touch=call.is_target)
    if options.unknown:
        call.problem(Trouble.UNMODELLED, f"{call.name} {options.unknown[0]}", may_touch=True)


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


def _is_assignment(word: str) -> bool:
    name, equals, _text = word.partition("=")
    return bool(equals) and name.isidentifier()


def xargs(call: Call, named: Named) -> list[World]:
    """Run a command with the words that are read."""
    grammar = Grammar("0rtpx", "nILPsdEa", {"null": "0", "no-run-if-empty": "r"}, ordered=True)
    options = parsed(call.words, grammar)
    text = call.session.contents.text(call.world.given)
    words = options.operands or ["echo"]
    lines = call.session.contents.lines(call.world.given)
    without: list[World] = []
    if lines is not None:  # some of them, or none
        without, given = [call.world.fork()], list(lines)
        without[0].status = 0
    elif text is None:
        given = [call.session.anything("what xargs reads")]
    elif "0" in options:
        given = [word for word in text.split("\0") if word]
    else:
        given = text.split("\n") if "I" in options else text.split()
    given = [word for word in given if word]
    place = options.value("I")
    if place:
        runs = [[part.replace(place, word) for part in words] for word in given]
    elif "n" in options or "L" in options:
        runs = [[*words, word] for word in given]
    else:
        runs = [[*words, *given]] if given or "r" not in options else []
    call.world.status = 0
    worlds = [call.world]
    for run in runs:
        worlds = [end for world in worlds for end in named(world, run, call.line)]
    return [*without, *worlds]
