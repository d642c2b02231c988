"""Plain data in JavaScript's notation: JSON with comments, and the objects in a configuration."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftaudit.structure.languages import Language
from driftaudit.structure.node.texts import constant_text, is_constant

if TYPE_CHECKING:
    from tree_sitter import Node

Plain = str | bool | None | list["Plain"] | dict[str, "Plain"]
"""What an expression stands for; None for numbers too, and for all that is not plain."""

_DEEPEST = 30  # objects and lists within each other


def json_with_comments(content: bytes) -> Plain:
    """Return the data of a JSON document that may have comments and commas to spare; None if it has none."""
    from driftaudit.structure.node.grammar import root_of

    root = root_of(b"(" + content.removeprefix(b"\xef\xbb\xbf") + b"\n)", Language.JAVASCRIPT)
    if root is None or not root.named_children or not root.named_children[0].named_children:
        return None
    inner = [
        node for node in root.named_children[0].named_children[0].named_children if node.type != "comment"
    ]
    return _plain(inner[0], 0) if inner else None


def pairs_named(root: "Node", name: str) -> Iterator["Node"]:
    """Yield the values that objects of a source give to a key, in their order."""
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "pair" and _key(node) == name:
            value = node.child_by_field_name("value")
            if value is not None:
                yield value
        open_nodes.extend(reversed(node.named_children))


def objects_in(node: "Node") -> Iterator[dict[str, "Node"]]:
    """Yield the objects of a list, or the one that stands there, as their values by key."""
    for each in node.named_children if node.type == "array" else [node]:
        if each.type == "object":
            yield {
                key: value
                for pair in each.named_children
                if pair.type == "pair"
                and (key := _key(pair)) is not None
                and (value := pair.child_by_field_name("value")) is not None
            }


def _key(pair: "Node") -> str | None:
    key = pair.child_by_field_name("key")
    if key is None:
        return None
    if key.type == "string":
        return constant_text(key)
    return (key.text or b"").decode("utf-8", "replace") if key.type == "property_identifier" else None


def _plain(node: "Node", depth: int) -> Plain:
    if depth > _DEEPEST:
        return None
    if node.type == "object":
        values = next(objects_in(node), {})
        return {key: _plain(value, depth + 1) for key, value in values.items()}
    if node.type == "array":
        return [_plain(each, depth + 1) for each in node.named_children if each.type != "comment"]
    if node.type in ("true", "false"):
        return node.type == "true"
    return constant_text(node) if is_constant(node) else None
