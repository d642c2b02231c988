"""Every format that is compared by key. A new one is one file and one line here."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from driftaudit.differences.formats import dotenv, ini, json_document, toml_document, yaml_document
from driftaudit.differences.formats.base import Read


@dataclass(frozen=True, slots=True)
class Format:
    """Which files are of a format, by names in lower case, and what reads them."""

    names: tuple[str, ...]
    read: Read


FORMATS: Mapping[str, Format] = {
    "json": Format(("*.json", "*.webmanifest", "composer.lock", ".babelrc", ".eslintrc"), json_document.read),
    "yaml": Format(("*.yml", "*.yaml"), yaml_document.read),
    "toml": Format(("*.toml", "poetry.lock", "uv.lock", "cargo.lock"), toml_document.read),
    "env": Format((".env", ".env.*", "*.env"), dotenv.read),
    "ini": Format(("*.ini", "*.cfg", ".editorconfig"), ini.read),
}


def format_of(path: str) -> str | None:
    """Return the name of the format that a path names, None where there is none."""
    name = path.rpartition("/")[2].lower()
    for title, known in FORMATS.items():
        if any(fnmatchcase(name, pattern) for pattern in known.names):
            return title
    return None
