"""Shell text as shfmt reads it: whether it is a script, which commands it calls, where its quotes are."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from driftaudit.errors import DriftauditError, UsageError

Node: TypeAlias = Mapping[str, Any]

_SECONDS = 20
_LONGEST = 1 << 18  # characters; a tree is about 140 times as large
_DEEP = "it is nested too deep"
_PLACE = re.compile(r"^(?:<standard input>:)?(\d+):(\d+): (.*)")


class ShellSyntaxError(Exception):
    """A text that is no shell script; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True, slots=True)
class Tree:
    """A text and what shfmt makes of it."""

    text: str
    root: Node

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a node begins and ends, in characters."""
        return self._at(node["Pos"]["Offset"]), self._at(node["End"]["Offset"])

    def source(self, node: Node) -> str:
        """Return a node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def _at(self, offset: int) -> int:
        if self.text.isascii():
            return offset
        raw = self.text.encode("utf-8", "surrogateescape")
        return len(raw[:offset].decode("utf-8", "surrogateescape"))


@lru_cache(maxsize=64)
def parsed(text: str) -> Tree:
    """Return the tree of a text. Raises ShellSyntaxError where it is no script for bash."""
    if "\0" in text:
        raise ShellSyntaxError(text.count("\n", 0, text.index("\0")) + 1, "a NUL character")
    if len(text) > _LONGEST:
        raise ShellSyntaxError(1, f"it is longer than {_LONGEST >> 10} KiB")
    try:
        done = subprocess.run(  # noqa: S603 # the text is read from standard input, not run
            [_shfmt(), "--to-json", "-ln", "bash"],
            input=text.encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ShellSyntaxError(1, f"shfmt needs more than {_SECONDS} s for it") from error
    if done.returncode == 0:
        return Tree(text, _loaded(done.stdout))
    said = done.stderr.decode("utf-8", "replace").strip()
    place = _PLACE.match(said)
    if not place:
        raise UsageError(f"shfmt cannot read a script: {said[:200]!r}", "See whether `bash -n` can.")
    raise ShellSyntaxError(int(place[1]), place[3])


def _loaded(answer: bytes) -> Node:
    try:
        tree: Node = json.loads(answer)
        for _node in below(tree):
            continue
    except RecursionError as error:
        raise ShellSyntaxError(1, _DEEP) from error
    return tree


def below(node: object) -> Iterator[Node]:
    """Yield a node and all nodes in it, in the order of the text."""
    if isinstance(node, Mapping):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from below(each)


def literal(word: Node) -> str | None:
    """Return what a word is whatever the variables are; None where it depends on something."""
    pieces = [_literal_part(part, is_first=number == 0) for number, part in enumerate(word.get("Parts", ()))]
    return None if None in pieces else "".join(piece or "" for piece in pieces)


def _literal_part(part: Node, *, is_first: bool) -> str | None:
    text = str(part.get("Value", ""))
    match part["Type"]:
        case "Lit":
            means_more = re.search(r"[*?\[{]", text) or (is_first and text.startswith("~"))
            return None if means_more else re.sub(r"\\(.)", r"\1", text)
        case "SglQuoted":
            return None if part.get("Dollar") else text
        case "DblQuoted":
            inner = part.get("Parts") or []
            if any(piece["Type"] != "Lit" for piece in inner):
                return None
            return "".join(re.sub(r'\\([$`"\\])', r"\1", piece["Value"]) for piece in inner)
        case _:
            return None


def quoted(text: str) -> str:
    """Return a text as one word that the shell reads as it is."""
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII) else "'" + text.replace("'", "'\\''") + "'"


def _shfmt() -> str:
    beside = Path(sysconfig.get_path("scripts"), "shfmt")
    found = str(beside) if beside.exists() else shutil.which("shfmt")
    if not found:
        raise DriftauditError(
            "shfmt, which reads shell scripts, is not installed", "Install it: pip install shfmt-py"
        )
    return found
