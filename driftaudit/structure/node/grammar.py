"""The imports of a JavaScript or TypeScript source, as its grammar has them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from driftaudit.structure.imports import Form, Import, Parsed
from driftaudit.structure.languages import Language
from driftaudit.structure.node.texts import constant_text, is_constant

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Query

_LONGEST = 80  # characters of an expression that are shown

# What TypeScript's grammar does not know yet stands between `import` or `export` and its source.
_NEWER_WORDS = (b"type", b"defer", b"source")

_IMPORTS = """
(import_statement) @statement
(export_statement source: (string)) @statement
(call_expression function: (import)) @call
(call_expression function: (identifier) @name (#eq? @name "require")) @call
(call_expression function: (member_expression object: (identifier) @object
  property: (property_identifier) @name) (#eq? @object "require") (#eq? @name "resolve")) @call
(call_expression function: (member_expression object: (identifier) @object
  property: (property_identifier) @name) (#eq? @object "module") (#eq? @name "require")) @call
(call_expression function: (member_expression object: (meta_property)
  property: (property_identifier) @name) (#eq? @name "resolve")) @resolve
(try_statement body: (statement_block) @tried handler: (catch_clause))
(formal_parameters [(identifier) @own (assignment_pattern left: (identifier) @own)] (#eq? @own "require"))
(arrow_function parameter: (identifier) @own (#eq? @own "require"))
(function_declaration name: (identifier) @declared (#eq? @declared "require"))
(variable_declarator name: (identifier) @declared (#eq? @declared "require"))
"""
_PARAMETERS = """
(formal_parameters (required_parameter pattern: (identifier) @own) (#eq? @own "require"))
"""
_MADE = """
(variable_declarator name: (identifier) @made
  value: (call_expression function: [(identifier) (member_expression)] @maker)
  (#match? @maker "createRequire$"))
(call_expression function: (identifier) @called) @call
"""


def parsed(content: bytes, language: Language) -> Parsed:
    """Return the imports of a source, in the order of their lines; an error where it does not parse."""
    from tree_sitter import Parser

    languages = [language]
    if language is Language.JAVASCRIPT:
        languages.append(Language.TSX)  # types in JavaScript: Flow's, or TypeScript in the wrong file
    line = 0
    for each in languages:
        tree = Parser(_grammar(each)).parse(content)
        wrong = _first_error(tree.root_node)
        if wrong is None:
            return Parsed(tuple(_imports(tree.root_node, content, each)))
        line = line or wrong.start_point[0] + 1
    return Parsed(error=f"it does not parse, at line {line}")


def root_of(content: bytes, language: Language) -> "Node | None":
    """Return the tree of a source, None where it does not parse."""
    from tree_sitter import Parser

    root = Parser(_grammar(language)).parse(content).root_node
    return None if root.has_error else root


@cache
def _grammar(language: Language) -> "Grammar":
    from tree_sitter import Language as Grammar

    if language is Language.JAVASCRIPT:
        import tree_sitter_javascript

        return Grammar(tree_sitter_javascript.language())
    import tree_sitter_typescript

    if language is Language.TSX:
        return Grammar(tree_sitter_typescript.language_tsx())
    return Grammar(tree_sitter_typescript.language_typescript())


@cache
def _query(language: Language, text: str) -> "Query":
    from tree_sitter import Query

    if language is not Language.JAVASCRIPT and text == _IMPORTS:
        text = text.replace(
            "(formal_parameters [(identifier) @own (assignment_pattern left: (identifier) @own)] "
            '(#eq? @own "require"))',
            _PARAMETERS,
        )
    return Query(_grammar(language), text)


def _captures(root: "Node", language: Language, text: str) -> dict[str, list["Node"]]:
    from tree_sitter import QueryCursor

    return QueryCursor(_query(language, text)).captures(root)


def _first_error(root: "Node") -> "Node | None":
    """Return the first place that is wrong, but for words that only the grammar does not know."""
    open_nodes = [root] if root.has_error else []
    while open_nodes:
        node = open_nodes.pop()
        if node.is_missing or (node.is_error and not _is_newer_word(node)):
            return node
        if not node.is_error:
            open_nodes.extend(reversed([child for child in node.children if child.has_error]))
    return None


def _is_newer_word(node: "Node") -> bool:
    above = node.parent
    return (
        above is not None
        and above.type in ("export_statement", "import_statement")
        and node.text in _NEWER_WORDS
    )


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Pieces of a source, by where they begin and end, in bytes."""

    pieces: tuple[tuple[int, int], ...]

    def hold(self, node: "Node") -> bool:
        return any(start <= node.start_byte and node.end_byte <= end for start, end in self.pieces)


def _imports(root: "Node", content: bytes, language: Language) -> list[Import]:
    captured = _captures(root, language, _IMPORTS)
    own_names = _made_names(root, content, language)
    tried = _Ranges(tuple((node.start_byte, node.end_byte) for node in captured.get("tried", ())))
    own = _Ranges(tuple(_functions_of(captured.get("own", ()))))
    declares_require = b"require" not in own_names and bool(captured.get("declared"))
    found = [each for node in captured.get("statement", ()) if (each := _statement(node))]
    calls = [*captured.get("call", ()), *_calls_of(root, own_names, content, language)]
    for node in calls:
        is_import = node.child_by_field_name("function").type == "import"
        if not is_import and (declares_require or own.hold(node)):
            continue  # a function of the source's own, as in bundles
        found.append(_call(node, Form.IMPORT_CALL if is_import else Form.REQUIRE, tried))
    found += [_call(node, Form.IMPORT_CALL, tried) for node in captured.get("resolve", ())]
    return sorted(set(found), key=lambda each: (each.line, each.module))


def _made_names(root: "Node", content: bytes, language: Language) -> frozenset[bytes]:
    """Return the names of functions that `createRequire` made."""
    if b"createRequire" not in content:
        return frozenset()
    made = _captures(root, language, _MADE).get("made", ())
    return frozenset(node.text for node in made if node.text)


def _calls_of(root: "Node", names: frozenset[bytes], content: bytes, language: Language) -> Iterator["Node"]:
    """Yield the calls of functions by these names, less those of `require`, which are found anyhow."""
    if not names - {b"require"} or b"createRequire" not in content:
        return
    for node in _captures(root, language, _MADE).get("call", ()):
        function = node.child_by_field_name("function")
        if function is not None and function.text in names - {b"require"}:
            yield node


def _functions_of(parameters: Iterable["Node"]) -> Iterator[tuple[int, int]]:
    for node in parameters:
        function: Node | None = node
        while function is not None and "parameter" in (
            function.type if function is not node else "parameter"
        ):
            function = function.parent
        if function is not None and function.type == "assignment_pattern":
            function = function.parent and function.parent.parent
        if function is not None:
            yield function.start_byte, function.end_byte


def _statement(node: "Node") -> Import | None:
    """Return what `import … from`, `export … from` or `import x = require(…)` names; None for types alone."""
    if any(child.type == "type" or (child.is_error and child.text == b"type") for child in node.children):
        return None
    source = node.child_by_field_name("source")
    form = Form.IMPORT
    for child in node.named_children:
        if child.type == "import_require_clause":
            source, form = child.child_by_field_name("source"), Form.REQUIRE
        if child.type == "import_clause" and _names_types_alone(child):
            return None
    if source is None:
        return None
    return Import(constant_text(source), source.start_point[0] + 1, form)


def _names_types_alone(clause: "Node") -> bool:
    lists = clause.named_children
    if len(lists) != 1 or lists[0].type != "named_imports" or not lists[0].named_child_count:
        return False
    return all(
        any(word.type == "type" for word in each.children)
        for each in lists[0].named_children
        if each.type == "import_specifier"
    )


def _call(node: "Node", form: Form, tried: _Ranges) -> Import:
    line = node.start_point[0] + 1
    optional = tried.hold(node) or _is_caught(node)
    arguments = node.child_by_field_name("arguments")
    values = [] if arguments is None else [n for n in arguments.named_children if n.type != "comment"]
    if not values or not is_constant(values[0]):
        text = (values[0] if values else node).text or b""
        shown = " ".join(text.decode("utf-8", "surrogateescape").split())[:_LONGEST]
        return Import(shown, line, form, optional=optional, dynamic=True)
    return Import(constant_text(values[0]), values[0].start_point[0] + 1, form, optional=optional)


def _is_caught(node: "Node") -> bool:
    """Whether `.catch(…)` follows, or a second function for `.then(…)`."""
    above = node.parent
    if above is None or above.type != "member_expression" or above.parent is None:
        return False
    name = above.child_by_field_name("property")
    if name is None or above.parent.type != "call_expression":
        return False
    arguments = above.parent.child_by_field_name("arguments")
    given = arguments.named_child_count if arguments is not None else 0
    if name.text == b"then" and given < 2:
        return _is_caught(above.parent)
    return name.text in (b"catch", b"then")
