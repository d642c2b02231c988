"""A package.json: its scripts, the lines they stand in, and what npm tells them of the package."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import Passage, passage
from driftaudit.forms.files import read_text, shown
from driftaudit.forms.shell import quoted

FILE_NAME = "package.json"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Package:
    """What there is to know of a package. `lines` are those of the scripts' names, counted from 1."""

    path: Path
    scripts: Mapping[str, str]
    lines: Mapping[str, int]
    variables: Mapping[str, str]

    def place(self, script: str) -> str:
        """Return `file:line` of a script."""
        return f"{shown(self.path)}:{self.lines.get(script, 1)}"

    def exports(self, script: str) -> Passage:
        """Return the line that sets the variables which npm gives to a script."""
        given = {"npm_lifecycle_event": script, **self.variables}
        words = (f"{name}={quoted(text)}" for name, text in given.items())
        return passage(f"export {' '.join(words)}".replace("\n", " "), self.place(script))


def load_package(path: Path) -> Package:
    """Read a package.json. Raises UsageError, naming file and line."""
    text = read_text(path)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{shown(path)}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{shown(path)}: no package.json: {type(error).__name__}") from error
    scripts = value.get("scripts", {}) if isinstance(value, dict) else None
    if not isinstance(scripts, dict):
        raise UsageError(f"{shown(path)}: its scripts are no object", 'Write "scripts": {"deploy": "…"}.')
    known = {name: script for name, script in scripts.items() if isinstance(script, str)}
    return Package(path, known, _script_lines(text), dict(_variables(value)))


def nearest_package(folder: Path, top: Path | None = None) -> Path | None:
    """Return the package.json of a folder or of the nearest one above it, up to `top`."""
    for each in (folder, *folder.parents):
        if (each / FILE_NAME).is_file():
            return each / FILE_NAME
        if each == top:
            break
    return None


def _variables(value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name in ("name", "version"):
        if isinstance(text := value.get(name), str):
            yield f"npm_package_{name}", text
    config = value.get("config")
    if isinstance(config, dict):
        for name, text in config.items():
            if isinstance(text, str) and re.fullmatch(r"\w+", name, re.ASCII):
                yield f"npm_package_config_{name}", text


def _script_lines(text: str) -> dict[str, int]:
    """Return the lines in which the names of scripts stand; the last one counts, as it does for JSON."""
    found: dict[str, int] = {}
    path: list[str] = []  # the key at each level that is open
    before = ""
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{" | "[":
                path.append("")
            case "}" | "]":
                path.pop()
            case ":":
                path[-1] = json.loads(before)
                if len(path) == 2 and path[0] == "scripts":
                    found[path[1]] = text.count("\n", 0, token.start()) + 1
            case _:
                pass
        before = token[0]
    return found
