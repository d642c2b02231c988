"""`xargs`: a command with the words that are read."""

import re
from collections.abc import Iterator

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.wrappers import Named
from driftaudit.deploy.script.escapes import escapes_read
from driftaudit.deploy.script.options import Grammar, Options, options_of
from driftaudit.deploy.script.world import World

_GRAMMAR = Grammar(
    "0rtpxo",
    "nILPsdEa",
    {
        "null": "0",
        "no-run-if-empty": "r",
        "verbose": "t",
        "arg-file": "a",
        "delimiter": "d",
        "max-args": "n",
        "max-lines": "L",
        "max-procs": "P",
        "max-chars": "s",
    },
    ordered=True,
)
_FAILED = 123  # the status of xargs where a run of the command has failed
_WORD = re.compile(r"""(?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s'"\\])+""", re.DOTALL)
_QUOTED = re.compile(r"""'([^'\n]*)'|"([^"\n]*)"|\\(.)""", re.DOTALL)


def xargs(call: Call, named: Named) -> list[World]:
    """Run a command with the words that are read."""
    options = options_of(call, _GRAMMAR)
    words = options.operands or ["echo"]
    content = call.content_of(options.value("a") or "-")
    without: list[World] = []
    if content is None:  # no such file
        call.world.status = 1
        return [call.world]
    lines = call.session.contents.lines(content)
    text = call.session.contents.text(content)
    if lines is not None:  # some of them, or none
        without, found = [call.world.fork()], [line for line in lines if line]
        without[0].status = 0
        groups = [[line] for line in found] if options.values.keys() & {"n", "L"} else [found]
    elif text is None:
        groups = [[call.session.anything("what xargs reads")]]
    else:
        groups = list(_groups(text, options))
    place = options.value("I")
    if place:
        given = [word for group in groups for word in group]
        runs = [[part.replace(place, word) for part in words] for word in given]
    else:
        runs = [[*words, *group] for group in groups if group]
        runs = runs or ([] if "r" in options else [words])
    call.world.status = 0
    worlds = [call.world]
    for run in runs:
        ends = []
        for world in worlds:
            before = world.status
            for end in named(world, run, call.line):
                end.status = _worst(before, end.status)
                ends.append(end)
        worlds = ends
    return [*without, *worlds]


def _worst(before: int | None, status: int | None) -> int | None:
    """Return the status of xargs after one more run: 123 once any has failed, 127 where there is no such."""
    if _FAILED in (before, status) or status not in (0, 127, None):
        return _FAILED
    if 127 in (before, status):
        return 127
    return None if None in (before, status) else 0


def _groups(text: str, options: Options) -> Iterator[list[str]]:
    """Yield the words that each run is given."""
    if "I" in options and not options.flags & {"0"} and "d" not in options:
        yield [_unquoted(line.lstrip(" \t")) for line in text.split("\n") if line.strip(" \t")]
        return
    if "L" in options:
        lines = [line for line in text.split("\n") if line.strip()]
        count = _number(options, "L")
        for n in range(0, len(lines), count):
            yield _words("\n".join(lines[n : n + count]), options)
        return
    words = _words(text, options)
    count = _number(options, "n") if "n" in options else max(len(words), 1)
    for n in range(0, len(words), count):
        yield words[n : n + count]


def _words(text: str, options: Options) -> list[str]:
    if "0" in options or "d" in options:
        separator = "\0" if "0" in options else escapes_read(options.value("d") or "\0")
        return text.removesuffix(separator).split(separator) if text else []
    found = [_unquoted(word) for word in _WORD.findall(text)]
    end = options.value("E")
    return found[: found.index(end)] if end in found else found


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda found: found[1] or found[2] or found[3] or "", text)


def _number(options: Options, letter: str) -> int:
    text = options.value(letter) or ""
    return int(text) if text.isdigit() and int(text) else 1
