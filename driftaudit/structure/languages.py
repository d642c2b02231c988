"""Which files are sources, and in which language."""

import re
from enum import StrEnum


class Language(StrEnum):
    """A language that imports are read in."""

    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    PYTHON = "python"


_ENDINGS = {
    "js": Language.JAVASCRIPT,
    "mjs": Language.JAVASCRIPT,
    "cjs": Language.JAVASCRIPT,
    "jsx": Language.JAVASCRIPT,
    "ts": Language.TYPESCRIPT,
    "mts": Language.TYPESCRIPT,
    "cts": Language.TYPESCRIPT,
    "tsx": Language.TSX,
    "py": Language.PYTHON,
}
_DECLARATIONS = re.compile(r"\.d(\.\w+)?\.[cm]?ts\Z")  # types alone: no program runs them
_ANY = re.compile(rb"\.(?:[cm]?[jt]s|[jt]sx|py)(?:\0|\Z)")


def language_of(path: str) -> Language | None:
    """Return the language of a source by its name, None for what is no source."""
    ending = path.rpartition("/")[2].rpartition(".")[2]
    language = _ENDINGS.get(ending)
    if language is Language.TYPESCRIPT and _DECLARATIONS.search(path):
        return None
    return language


def has_sources(paths: bytes) -> bool:
    """Whether any of the paths, joined by NUL, may be a source."""
    return _ANY.search(paths) is not None
