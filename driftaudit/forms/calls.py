"""The commands that a script calls, and the folder that each is called in as far as the text tells."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from driftaudit.forms.shell import Tree, below, literal
from driftaudit.shfmt import Node

_LEAVES_ALONE = frozenset({"Subshell", "CmdSubst", "ProcSubst", "CoprocClause"})
_MAY_RUN = frozenset({"IfClause", "CaseClause"})
_REPEATS = frozenset({"ForClause", "WhileClause", "FuncDecl"})
_MOVES = ("cd", "pushd", "popd")


@dataclass(frozen=True, slots=True)
class Call:
    """A command. `words` are None where they depend on variables; so is the folder, relative to the start."""

    node: Node
    words: tuple[str | None, ...]
    folder: str | None
    in_backquotes: bool = False

    @property
    def name(self) -> str:
        """Return the name of the command, "" where it depends on something."""
        return (self.words[0] if self.words else None) or ""


def calls(tree: Tree, folder: str | None) -> Iterator[Call]:
    """Yield the commands of a script that is started in a folder, in the order of the text."""
    yield from _Walk(folder).visit(tree.root)


class _Walk:
    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._backquotes = 0

    def visit(self, node: object) -> Iterator[Call]:
        """Yield the commands of a node, following what changes the folder."""
        if isinstance(node, list):
            for each in node:
                yield from self.visit(each)
        if not isinstance(node, dict):
            return
        kind = node.get("Type", "")
        if kind == "CallExpr":
            yield from self._call(node)
        elif kind == "BinaryCmd":
            yield from self._binary(node)
        elif kind in _LEAVES_ALONE:
            self._backquotes += bool(node.get("Backquotes"))
            yield from self._apart(node)
            self._backquotes -= bool(node.get("Backquotes"))
        else:
            yield from self._compound(node, kind)

    def _compound(self, node: Node, kind: str) -> Iterator[Call]:
        before = self._folder
        if kind in _REPEATS and any(_moves(each) for each in below(node)):
            self._folder = None
        yield from self._children(node)
        if kind in _MAY_RUN and self._folder != before:
            self._folder = None

    def _children(self, node: Node) -> Iterator[Call]:
        yield from self.visit(list(node.values()))

    def _apart(self, node: object) -> Iterator[Call]:
        before = self._folder
        yield from self._children(node) if isinstance(node, dict) else self.visit(node)
        self._folder = before

    def _binary(self, node: Node) -> Iterator[Call]:
        if node["Op"] in ("|", "|&"):
            yield from self._apart(node["X"])
            yield from self._apart(node["Y"])
            return
        before = self._folder
        yield from self.visit(node["X"])
        if node["Op"] == "&&":
            yield from self.visit(node["Y"])
            return
        after, self._folder = self._folder, before  # the right side runs where the left has failed
        yield from self.visit(node["Y"])
        self._folder = after if self._folder == before else None

    def _call(self, node: Node) -> Iterator[Call]:
        words = tuple(literal(word) for word in node.get("Args") or ())
        yield Call(node, words, self._folder, self._backquotes > 0)
        yield from self._children(node)
        if words and words[0] in _MOVES:
            self._folder = self._moved(words)

    def _moved(self, words: tuple[str | None, ...]) -> str | None:
        if len(words) != 2 or words[0] == "popd" or self._folder is None:
            return None
        to = words[1]
        if to is None or to in ("", "-") or to.startswith(("/", "-", "+")):
            return None
        return posixpath.normpath(posixpath.join(self._folder, to))


def own_variables(tree: Tree) -> frozenset[str]:
    """Return the variables that a script sets for itself: the programs that it runs do not have them."""
    own, exported = set(), set()
    for node in below(tree.root):
        kind = node.get("Type")
        if kind == "CallExpr" and not node.get("Args"):
            own |= {assigned["Name"]["Value"] for assigned in node.get("Assigns", ()) if "Name" in assigned}
        elif kind == "WordIter":
            own.add(node["Name"]["Value"])
        elif kind == "DeclClause":
            exported |= {assigned["Name"]["Value"] for assigned in node.get("Args", ()) if "Name" in assigned}
        elif kind == "CallExpr" and literal(node["Args"][0]) == "set":
            words = [literal(word) or "" for word in node["Args"][1:]]
            if "allexport" in words or any(word[:1] == "-" and "a" in word for word in words):
                return frozenset()
    return frozenset(own - exported)


def _moves(node: Node) -> bool:
    arguments = (node.get("Type") == "CallExpr" and node.get("Args")) or ()
    return any(literal(word) in _MOVES for word in arguments[:1])
