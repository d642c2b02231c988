"""A quick look at a Python source: at least all modules that it can name at the beginning of a statement."""

import re

from driftaudit.structure.imports import Form, Import, Scanned

_STATEMENT = re.compile(
    r"(?:^|[;:])[ \t\f]*"
    r"(?:from[ \t]*(\.*[ \t]*[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n;]*)|import[ \t]+([^\n;]+))",
    re.MULTILINE,
)
_ONLY_GRAMMAR = re.compile(r"\\\r?\n|import_module|__import__|^[ \t]*from[^\n]*\\$", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def scanned(content: bytes) -> Scanned:
    """Return what a source may import; not enough where there is more to it than plain statements."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:  # the source may say which encoding it has
        return Scanned((), enough=False)
    if _ONLY_GRAMMAR.search(text):
        return Scanned((), enough=False)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    imports: list[Import] = []
    line, counted = 1, 0
    for match in _STATEMENT.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        at = line + text.count("\n", match.start(), match.start() + 1)
        module, names, modules = match.groups()
        if module is not None:
            taken = _names(names.strip().removeprefix("(").removesuffix(")"))
            imports.append(Import("".join(module.split()), at, Form.PYTHON, taken))
        else:
            imports += [Import(each, at, Form.PYTHON) for each in _names(modules)]
    return Scanned(tuple(imports))


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
