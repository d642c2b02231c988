"""`trap`: what a shell does at its end is simulated; what it does on a signal or an error is only judged."""

import signal
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from driftaudit.deploy.script import syntax
from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.parser import parse
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.errors import UsageError

_SIGNALS = frozenset(each.name for each in signal.Signals) | {"SIGRTMIN", "SIGRTMAX"}
_SAYING = frozenset("echo printf exit return kill true false : wait trap date logger sleep".split())  # noqa: SIM905
# On the machine that is not the target's they reach nothing of it.
_LOCAL = frozenset("> rm rmdir unlink cd popd pushd test [ mv".split())  # noqa: SIM905


def trap(call: Call) -> int:
    """Remember what is run at the end; what is run on a signal or an error is noted."""
    words = [word for word in call.words if word != "--"]
    if len(words) < 2 or words[0] in ("-l", "-p"):
        return 0
    text, given = words[0], words[1:]
    signals = [word for word in given if _is_signal(word)] if call.world.is_bash else given
    ends = [word for word in signals if word.upper() in ("EXIT", "0")]
    if ends:
        call.world.at_exit = None if text == "-" else text
    others = [word for word in signals if word not in ends]
    if others and text not in ("", "-"):
        detail = f"what is done on {' '.join(others)} is not simulated: {text}"
        call.problem(Trouble.TRAP, detail, may_touch=_may_touch(call, text))
    return int(len(signals) < len(given))  # bash leaves out what is none; another shell may end


def _is_signal(word: str) -> bool:
    """Whether bash takes a word for what a trap is set on; what is not known may be one."""
    if word.isdigit() or has_symbols(word):
        return True
    name = word.upper()
    return name in ("EXIT", "ERR", "DEBUG", "RETURN") or f"SIG{name.removeprefix('SIG')}" in _SIGNALS


def _may_touch(call: Call, text: str) -> bool:
    """Whether a text runs anything that may reach the target."""
    allowed = _SAYING if call.is_target else _SAYING | _LOCAL
    try:
        waiting: list[object] = [parse(text).statements]
    except UsageError:
        return True
    told: set[str] = set()
    while waiting:
        for name in _commands(waiting.pop()):
            function = call.world.functions.get(name)
            if function is not None and name not in told:
                waiting.append(function)
            elif function is None and name not in allowed:
                return True
            told.add(name)
    return False


def _commands(node: Any) -> Iterator[str]:
    """Yield the names of all commands in a piece of script.

    "" is one that is not written out, ">" one that prints to a file.
    """
    if isinstance(node, tuple):
        for each in node:
            yield from _commands(each)
    elif is_dataclass(node):
        if isinstance(node, syntax.Call) and node.words:
            match node.words[0].parts:
                case (syntax.Literal(text),):
                    yield text
                case _:
                    yield ""
        if isinstance(node, syntax.Redirect) and ">" in node.operator and node.operator != ">&":
            yield ">"
        if isinstance(node, syntax.Unmodelled):
            yield ""
        for each in fields(node):
            yield from _commands(getattr(node, each.name))


TRAPS: Programs = {"trap": trap}
