"""Where a program begins: `main`, `bin` and `exports` of a package.json, and the scripts of PM2."""

import json
import re

from driftaudit.structure.imports import Form, Import, Parsed
from driftaudit.structure.languages import Language
from driftaudit.structure.node.manifest import NAME, Manifest, export_targets, manifest_of

_ECOSYSTEM = re.compile(r"(?:ecosystem[\w.-]*|process|pm2)(?:\.config)?\.(?:[cm]?js|json)\Z|ecosystem\.\w+\Z")
_PROGRAM = re.compile(r"(?:\A\.{0,2}/|\.(?:[cm]?[jt]s|py|sh)\Z)")
_WRITTEN_BY_NPM = "index.js"  # what `npm init` puts into `main`, be there such a file or not
_INSTALLED = "node_modules"


def names_entry_points(path: str) -> bool:
    """Whether a file may say where a program begins."""
    name = path.rpartition("/")[2]
    return (name == NAME or _ECOSYSTEM.match(name) is not None) and _INSTALLED not in path.split("/")


def entry_points(path: str, content: bytes) -> Parsed:
    """Return the files that a package.json, or a configuration of PM2, begins programs with."""
    folder, _slash, name = path.rpartition("/")
    if name == NAME:
        manifest = manifest_of(folder, content)
        if not manifest.readable:
            return Parsed(error="it is no JSON that can be read")
        return Parsed(tuple(_of_package(manifest, content)))
    if name.endswith(".json"):
        return _of_json(content)
    return _of_source(content)


def _of_package(manifest: Manifest, content: bytes) -> list[Import]:
    found = []
    if manifest.main and manifest.main.removeprefix("./") != _WRITTEN_BY_NPM:
        found.append(Import(manifest.main, _line(content, "main"), Form.ENTRY))
    found += [Import(each, _line(content, "bin"), Form.FILE) for each in manifest.bin]
    at = _line(content, "exports")
    found += [Import(each, at, Form.FILE) for each in export_targets(manifest.exports)]
    return found


def _of_json(content: bytes) -> Parsed:
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Parsed(error="it is no JSON that can be read")
    apps = value.get("apps", [value]) if isinstance(value, dict) else value
    rows = [app for app in (apps if isinstance(apps, list) else [apps]) if isinstance(app, dict)]
    line = _line(content, "script")
    return Parsed(
        tuple(
            Import(script, line, Form.FILE)
            for app in rows
            if isinstance(script := app.get("script"), str) and _PROGRAM.search(script) and not app.get("cwd")
        )
    )


def _of_source(content: bytes) -> Parsed:
    from driftaudit.structure.node.grammar import root_of
    from driftaudit.structure.node.literals import objects_in, pairs_named
    from driftaudit.structure.node.texts import constant_text, is_constant

    root = root_of(content, Language.JAVASCRIPT)
    if root is None:
        return Parsed(error="it does not parse")
    found = []
    for apps in pairs_named(root, "apps"):
        for app in objects_in(apps):
            script, folder = app.get("script"), app.get("cwd")
            if script is None or not is_constant(script):
                continue
            named, line = constant_text(script), script.start_point[0] + 1
            if folder is not None and folder.text != b"__dirname":
                where = constant_text(folder) if is_constant(folder) else ""
                if where.startswith("/") or not where:
                    continue  # which folder of the host that is cannot be known from the tree
                named = f"{where}/{named}"
            if _PROGRAM.search(named) and not named.startswith("/"):
                found.append(Import(named, line, Form.FILE))
    return Parsed(tuple(found))


def _line(content: bytes, key: str) -> int:
    at = content.find(b'"%b"' % key.encode())
    return content.count(b"\n", 0, at) + 1 if at >= 0 else 1
