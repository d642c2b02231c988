"""A quick look at a Python source: at least all modules that it can name at the beginning of a statement."""

import re

from driftaudit.structure.imports import Form, Import, Scanned, places_of

_STATEMENT = re.compile(
    r"[ \t\f]*(?:from[ \t]*(\.*[ \t]*[\w.]*)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n;]*)|import[ \t]+([^\n;]+))"
)
_ONLY_GRAMMAR = ("\\\n", "\\\r", "import_module", "__import__")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def scanned(content: bytes) -> Scanned:
    """Return what a source may import; not enough where there is more to it than plain statements."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:  # the source may say which encoding it has
        return Scanned((), enough=False)
    if any(word in text for word in _ONLY_GRAMMAR):
        return Scanned((), enough=False)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    imports: list[Import] = []
    line, counted = 1, 0
    for at in places_of(text, ("import",)):
        start = text.rfind("\n", 0, at) + 1
        begin = max(start, *(text.rfind(mark, start, at) + 1 for mark in ";:"))
        match = _STATEMENT.match(text, begin)
        if match is None:
            continue
        line += text.count("\n", counted, begin)
        counted = begin
        module, names, modules = match.groups()
        if module is not None:
            taken = _names(names.strip().removeprefix("(").removesuffix(")"))
            imports.append(Import("".join(module.split()), line, Form.PYTHON, taken))
        else:
            imports += [Import(each, line, Form.PYTHON) for each in _names(modules)]
    return Scanned(tuple(dict.fromkeys(imports)))


def _names(text: str) -> tuple[str, ...]:
    """Return the names of a list, without what they are called here; what is no name ends it."""
    found = []
    for part in _COMMENT.sub("", text).split(","):
        match = _NAME.match(part.strip())
        if match:
            found.append(match[0])
        elif part.strip() == "*":
            found.append("*")
    return tuple(found)
