"""From what shfmt prints to the parts of a script."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from driftaudit.deploy.script.syntax import (
    Arithmetic,
    Assignment,
    Binary,
    Calculation,
    Call,
    Case,
    CaseItem,
    Command,
    Condition,
    Declaration,
    Double,
    ExtendedGlob,
    For,
    Function,
    Group,
    If,
    Literal,
    Parameter,
    Part,
    Redirect,
    Single,
    Statement,
    Substitution,
    Unmodelled,
    While,
    Word,
)

Node: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text stands: its first line, and whether all its lines are told as that one."""

    line: int = 1
    is_one_line: bool = False

    def line_of(self, node: Node) -> int:
        """Return the line of a part of the text in the whole script."""
        if self.is_one_line:
            return self.line
        return self.line + int(node.get("Pos", {}).get("Line", 1)) - 1


class Reader:
    """Reads the nodes of one text."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    def statements(self, nodes: list[Node] | None) -> tuple[Statement, ...]:
        """Return the statements of a list; None is an empty one."""
        return tuple(self.statement(node) for node in nodes or ())

    def statement(self, node: Node) -> Statement:
        """Return one statement."""
        command = self._command(node["Cmd"]) if node.get("Cmd") else None
        return Statement(
            command,
            self._origin.line_of(node),
            tuple(self._redirect(each) for each in node.get("Redirs", ())),
            node.get("Negated", False),
            node.get("Background", False),
        )

    def word(self, node: Node) -> Word:
        """Return one word."""
        return Word(self._parts(node), self._origin.line_of(node))

    def _words(self, nodes: list[Node] | None) -> tuple[Word, ...]:
        return tuple(self.word(node) for node in nodes or ())

    def _command(self, node: Node) -> Command:
        read = _COMMANDS.get(node["Type"])
        return read(self, node) if read else Unmodelled(node["Type"])

    def _call(self, node: Node) -> Command:
        return Call(self._assignments(node.get("Assigns")), self._words(node.get("Args")))

    def _declaration(self, node: Node) -> Command:
        return Declaration(node["Variant"]["Value"], self._assignments(node.get("Args")))

    def _assignments(self, nodes: list[Node] | None) -> tuple[Assignment, ...]:
        return tuple(self._assignment(node) for node in nodes or () if "Name" in node or "Value" in node)

    def _assignment(self, node: Node) -> Assignment:
        value = self.word(node["Value"]) if node.get("Value") else None
        name = node["Name"]["Value"] if "Name" in node else ""
        is_array = "Array" in node or "Index" in node
        if name and not value and not node.get("Naked"):
            value = Word((), self._origin.line_of(node))
        elements = self._elements(node["Array"]) if "Array" in node else None
        return Assignment(name, value, node.get("Append", False), is_array, elements)

    def _elements(self, node: Node) -> tuple[Word, ...] | None:
        """Return the elements of an array, None where they are given by their numbers or names."""
        elements = node.get("Elems") or ()
        if any("Index" in element or "Value" not in element for element in elements):
            return None
        return tuple(self.word(element["Value"]) for element in elements)

    def _binary(self, node: Node) -> Command:
        return Binary(node["Op"], self.statement(node["X"]), self.statement(node["Y"]))

    def _block(self, node: Node) -> Command:
        return Group(self.statements(node.get("Stmts")))

    def _subshell(self, node: Node) -> Command:
        return Group(self.statements(node.get("Stmts")), subshell=True)

    def _if(self, node: Node) -> Command:
        branches = []
        otherwise: tuple[Statement, ...] = ()
        at: Node | None = node
        while at:
            if at.get("Cond"):
                branches.append((self.statements(at["Cond"]), self.statements(at.get("Then"))))
            else:
                otherwise = self.statements(at.get("Then"))
            at = at.get("Else")
        return If(tuple(branches), otherwise)

    def _while(self, node: Node) -> Command:
        body = self.statements(node.get("Do"))
        return While(self.statements(node.get("Cond")), body, node.get("Until", False))

    def _for(self, node: Node) -> Command:
        loop, body = node["Loop"], self.statements(node.get("Do"))
        if loop["Type"] != "WordIter" or node.get("Select"):
            return For(loop.get("Name", {}).get("Value", ""), None, body, unmodelled=True)
        words = self._words(loop["Items"]) if "Items" in loop or loop.get("InPos") else None
        return For(loop["Name"]["Value"], words, body)

    def _case(self, node: Node) -> Command:
        items = [
            CaseItem(self._words(item["Patterns"]), self.statements(item.get("Stmts")), item["Op"])
            for item in node.get("Items", ())
        ]
        return Case(self.word(node["Word"]), tuple(items))

    def _function(self, node: Node) -> Command:
        return Function(node["Name"]["Value"], self.statement(node["Body"]), bool(node.get("RsrvWord")))

    def _condition(self, node: Node) -> Command:
        return Condition(node["X"])

    def _calculation(self, node: Node) -> Command:
        return Calculation(tuple(node["Exprs"]) if "Exprs" in node else (node["X"],))

    def _timed(self, node: Node) -> Command:
        return Group((self.statement(node["Stmt"]),)) if node.get("Stmt") else Group(())

    def _redirect(self, node: Node) -> Redirect:
        document = self._document(node) if node["Op"] in ("<<", "<<-") else None
        return Redirect(node["Op"], node.get("N", {}).get("Value", ""), self.word(node["Word"]), document)

    def _document(self, node: Node) -> Word:
        """Return the text of a here-document; between quoted marks nothing in it is expanded."""
        if "Hdoc" not in node:
            return Word((), self._origin.line_of(node))
        parts = self._parts(node["Hdoc"])
        if node["Op"] == "<<-":
            parts = _without_tabs(parts)
        is_quoted = any(part["Type"] != "Lit" or "\\" in part["Value"] for part in node["Word"]["Parts"])
        line = self._origin.line_of(node["Hdoc"])
        if is_quoted:
            return Word((Single("".join(p.text for p in parts if isinstance(p, Literal))),), line)
        return Word((Double(parts, is_document=True),), line)

    def _parts(self, node: Node) -> tuple[Part, ...]:
        return tuple(self._part(part) for part in node.get("Parts", ()))

    def _part(self, node: Node) -> Part:
        match node["Type"]:
            case "Lit":
                return Literal(node["Value"])
            case "SglQuoted":
                return Single(node.get("Value", ""), bool(node.get("Dollar")))
            case "DblQuoted":
                return Double(self._parts(node))
            case "CmdSubst":
                return Substitution(self.statements(node.get("Stmts")))
            case "ProcSubst":
                return Substitution(self.statements(node.get("Stmts")), process=node["Op"])
            case "ArithmExp":
                return Arithmetic(node["X"])
            case "ParamExp":
                return self._parameter(node)
            case "ExtGlob":
                return ExtendedGlob(node["Op"] + node["Pattern"]["Value"] + ")")
            case other:
                return Parameter(other, unmodelled=True)

    def _parameter(self, node: Node) -> Parameter:
        name = node["Param"]["Value"]
        strange = any(key in node for key in ("Slice", "Excl", "Width", "Names", "Flags"))
        index = _index(node["Index"]) if "Index" in node else ""
        strange = strange or index is None or bool(index and ("Repl" in node or "Exp" in node))
        if "Repl" in node:
            return self._replacing(name, node["Repl"], unmodelled=strange)
        expansion = node.get("Exp") or {}
        argument = self.word(expansion["Word"]) if expansion.get("Word") else None
        operator = expansion.get("Op", "")
        length = node.get("Length", False)
        return Parameter(name, operator, argument, None, length, strange, index or "")

    def _replacing(self, name: str, node: Node, *, unmodelled: bool) -> Parameter:
        new = self.word(node["With"]) if node.get("With") else Word((), 0)
        old = self.word(node["Orig"]) if node.get("Orig") else Word((), 0)
        operator = "//" if node.get("All") else "/"
        return Parameter(name, operator, old, new, unmodelled=unmodelled)


def _index(node: Node) -> str | None:
    """Return the index of an array where it is a number, `@` or `*`."""
    parts: list[Node] = node.get("Parts") or [{}]
    text = parts[0].get("Value", "") if len(parts) == 1 else ""
    return text if text in ("@", "*") or text.isdigit() else None


_COMMANDS: dict[str, Callable[[Reader, Node], Command]] = {
    "CallExpr": Reader._call,
    "DeclClause": Reader._declaration,
    "BinaryCmd": Reader._binary,
    "Block": Reader._block,
    "Subshell": Reader._subshell,
    "IfClause": Reader._if,
    "WhileClause": Reader._while,
    "ForClause": Reader._for,
    "CaseClause": Reader._case,
    "FuncDecl": Reader._function,
    "TestClause": Reader._condition,
    "ArithmCmd": Reader._calculation,
    "LetClause": Reader._calculation,
    "TimeClause": Reader._timed,
}


def _without_tabs(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts of a `<<-` document without the tabs that begin its lines."""
    found: list[Part] = []
    is_start = True
    for part in parts:
        if not isinstance(part, Literal):
            found.append(part)
            is_start = False
            continue
        lines = part.text.split("\n")
        stripped = [line.lstrip("\t") if n or is_start else line for n, line in enumerate(lines)]
        found.append(Literal("\n".join(stripped)))
        is_start = False
    return tuple(found)
