"""Expressions of JavaScript that stand for one text, or for plain data, whatever the program does."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_HERE = "."  # what `__dirname` stands for: the folder that relative modules begin in
_DEEPEST = 50  # parts of an expression within each other


def is_constant(node: "Node", depth: int = 0) -> bool:
    """Whether an expression is a text, or texts put together, perhaps beginning with `__dirname`."""
    if depth > _DEEPEST:
        return False
    if node.type == "template_string":
        return all(child.type != "template_substitution" for child in node.named_children)
    if node.type == "identifier":
        return node.text == b"__dirname" and depth > 0
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        is_sum = operator is not None and operator.type == "+"
        return is_sum and all(side is not None and is_constant(side, depth + 1) for side in sides)
    if node.type == "parenthesized_expression":
        return node.named_child_count == 1 and is_constant(node.named_children[0], depth + 1)
    parts = _joined_parts(node)
    if parts:
        return all(is_constant(part, depth + 1) for part in parts)
    return node.type == "string"


def constant_text(node: "Node") -> str:
    """Return the text that a constant expression stands for."""
    if node.type == "identifier":
        return _HERE
    if node.type == "binary_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (constant_text(left) if left else "") + (constant_text(right) if right else "")
    if node.type == "parenthesized_expression":
        return constant_text(node.named_children[0])
    parts = _joined_parts(node)
    if parts:
        return re.sub("/+", "/", "/".join(map(constant_text, parts)))
    raw = (node.text or b"").decode("utf-8", "surrogateescape")[1:-1]
    return _ESCAPE.sub(_unescaped, raw) if "\\" in raw else raw


def _joined_parts(node: "Node") -> list["Node"]:
    """Return the arguments of `path.join(__dirname, …)` or `path.resolve(__dirname, …)`."""
    if node.type != "call_expression":
        return []
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None or function.text not in _JOINS:
        return []
    parts = [part for part in arguments.named_children if part.type != "comment"]
    return parts if parts and parts[0].text == b"__dirname" else []


_JOINS = (b"path.join", b"path.resolve", b"join", b"resolve")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else match[0]
    return _LETTERS.get(match[4], match[4])
