"""A quick look at a JavaScript or TypeScript source: at least all modules that it can name.

It takes comments and texts for code, which does no harm: what does not resolve goes to the grammar, and so
does any source in which something is asked for by other than a plain text.
"""

import re

from driftaudit.structure.imports import Form, Import, Scanned, places_of

_WORDS = ("import", "from", "require")
_CALL = re.compile(
    r"\b(import|from|require)\b"
    r"(?:\s*\.\s*(?:meta\s*\.\s*)?resolve)?"
    r"(\s*\()?\s*"
    r"(?:(['\"`])([^'\"`\\\n$]*)\3(\s*[+.\[?(])?|(/))?"
)


def scanned(content: bytes) -> Scanned:
    """Return what a source may import; not enough where there is more to it than plain texts."""
    text = content.decode("utf-8", "surrogateescape")
    if "createRequire" in text:
        return Scanned((), enough=False)
    imports: list[Import] = []
    line, counted = 1, 0
    for at in places_of(text, _WORDS):
        match = _CALL.match(text, at)
        if match is None:
            continue
        word, opened, quote, module, more, comment = match.groups()
        if word == "from" and opened:
            continue
        if comment or more or (opened and not quote):
            return Scanned((), enough=False)
        if quote and (opened or word != "require"):
            line += text.count("\n", counted, match.start(4))
            counted = match.start(4)
            imports.append(Import(module, line, _form(word, opened)))
    return Scanned(tuple(imports))


def _form(word: str, opened: str | None) -> Form:
    if word == "require":
        return Form.REQUIRE
    return Form.IMPORT_CALL if opened else Form.IMPORT
