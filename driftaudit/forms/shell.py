"""Shell text as shfmt reads it: whether it is a script, which commands it calls, where its quotes are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from driftaudit.shfmt import Node, ShellSyntaxError, parsed_shell

_LONGEST = 1 << 18  # characters; a tree is about 140 times as large
_DEEP = "it is nested too deep"


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


def parsed(text: str) -> Tree:
    """Return the tree of a text. Raises ShellSyntaxError where it is no script, or too long for one."""
    if len(text) > _LONGEST:
        raise ShellSyntaxError(1, 1, f"it is longer than {_LONGEST >> 10} KiB")
    try:
        root = parsed_shell(text.encode("utf-8", "surrogateescape"))
        for _node in below(root):
            continue
    except RecursionError as error:
        raise ShellSyntaxError(1, 1, _DEEP) from error
    return Tree(text, root)


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
