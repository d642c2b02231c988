"""`${{ … }}` in a workflow: the text it stands for where that is known, else a variable never set."""

import re
from collections.abc import Mapping

from driftaudit.forms.draft import PREFIX, Draft
from driftaudit.forms.shell import below, parsed, quoted
from driftaudit.shfmt import ShellSyntaxError

WORKSPACE = f"${{{PREFIX}WORKSPACE}}"
_KNOWN = {"github.workspace": WORKSPACE, "runner.temp": "/tmp"}  # noqa: S108 # as a text in a script
_EXPRESSION = re.compile(r"(\\?)\$\{\{((?:'[^']*'|(?!\}\})[^'])*)\}\}", re.DOTALL)
_ENVIRONMENT = re.compile(r"env\.([\w-]+)|env\[\s*'([^']*)'\s*\]")
REFERENCE = re.compile(rf"\$\{{{PREFIX}(?:UNKNOWN_\d+|WORKSPACE)\}}")


def resolved(text: str, environment: Mapping[str, str], draft: Draft) -> str:
    """Return a text with each expression replaced: by its value, or by a reference to a variable."""

    def value(match: re.Match[str]) -> str:
        meaning = " ".join(match[2].split())
        if name := _ENVIRONMENT.fullmatch(meaning):
            known = environment.get(name[1] or name[2])
            if known is not None:
                return match[1] + known
        return _KNOWN.get(meaning) or draft.unknown(meaning)

    return _EXPRESSION.sub(value, text)


def word(text: str) -> str:
    """Return a text as one word of the shell, in which only the references mean something."""
    found, at = "", 0
    for match in REFERENCE.finditer(text):
        found += _quoted(text[at : match.start()]) + f'"{match[0]}"'
        at = match.end()
    return found + _quoted(text[at:]) or "''"


def _quoted(text: str) -> str:
    return quoted(text) if text else ""


def pattern(text: str) -> str:
    """Return a text as one word of the shell, in which references and `*`, `?` and `[…]` mean something."""
    return "".join(
        piece if re.fullmatch(r"[*?]|\[[\w^!-]+\]", piece) else word(piece)
        for piece in re.split(r"([*?]|\[[\w^!-]+\])", text)
        if piece
    )


def freed(text: str) -> str:
    """Return a shell text whose references are out of single quotes, where they would mean nothing.

    GitHub replaces expressions before the shell sees its quotes.
    """
    if not REFERENCE.search(text):
        return text
    try:
        tree = parsed(text)
    except ShellSyntaxError:
        return text
    changes: list[tuple[int, int, str]] = []
    for node in below(tree.root):
        if node.get("Type") == "SglQuoted":
            dollar = "$" if node.get("Dollar") else ""
            replaced = REFERENCE.sub(lambda match: f"'\"{match[0]}\"{dollar}'", tree.source(node))  # noqa: B023
            changes.append((*tree.span(node), replaced))
        elif isinstance(document := node.get("Hdoc"), dict) and _is_quoted(node):
            changes.append((*tree.span(document), freed(tree.source(document))))
    for start, end, replaced in sorted(changes, reverse=True):
        text = text[:start] + replaced + text[end:]
    return text


def _is_quoted(redirect: Mapping[str, object]) -> bool:
    """Whether the delimiter of a here-document is quoted, so that nothing in it means anything here."""
    return any(node.get("Type") in ("SglQuoted", "DblQuoted") for node in below(redirect.get("Word")))
