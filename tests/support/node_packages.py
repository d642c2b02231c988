"""Little trees of Node packages, made at random, and what Node itself finds in them."""

import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.git import write
from tests.support.programs import program

_NAMES = ("a", "b", "@s/c", "dot.js")
_FILES = (
    *("index.js", "index.json", "index.cjs", "index.mjs", "index.node", "main", "main.js", "lib.js"),
    *("lib/index.js", "lib/x.js", "lib/x.cjs", "lib/x.mjs", "lib/d.json", "lib/x/y.js", "lib/x.js/z.js"),
)
_MAINS = (
    "main",
    "./main.js",
    "lib",
    "./lib/",
    "lib/x",
    "lib/x.mjs",
    "gone",
    "",
    ".",
    "./",
    "../b/index.js",
    7,
)
_TARGETS = (
    *("./index.js", "./main.js", "./lib/x.js", "./lib/x.cjs", "./lib/x.mjs", "./lib/d.json", "./gone.js"),
    *(
        "./lib",
        "./lib/",
        "./main",
        "lib/x.js",
        "../b/index.js",
        "./lib/../index.js",
        "./node_modules/b/index.js",
    ),
    *(None, False, ""),
)
_PATTERNS = ("./*", "./lib/*", "./lib/*.js", "./lib/*.cjs", "./lib/x/*", "./gone/*", None)
_CONDITIONS = ("import", "require", "node", "default", "types", "browser", "node-addons", "module-sync")
_KEYS = (".", "./sub", "./lib/x.js", "./package.json", "./lib", "./lib/")
_PATTERN_KEYS = ("./*", "./lib/*", "./lib/*.js", "./lib/x*", "./s*b", "./lib/*/y.js")
_BELOW = (
    *("lib/x", "lib/x.js", "lib/x.mjs", "lib/d.json", "lib/d", "lib", "lib/", "sub", "main", "package.json"),
    *("lib/x/y.js", "lib/x/y", "gone", "lib//x.js", "./lib/x.js", "../b/index.js", "index", "lib/%78.js"),
)
_BUILT_IN = ("fs", "node:fs", "fs/promises", "node:test", "test", "fs/gone", "node:gone", "sys", "sqlite")
_INTERNAL = ("#in", "#dep", "#dep/lib/x.js", "#dep/sub", "#gone", "#", "#/", "#in/x", "#fs", "#up")
_FOLDERS = ("", "packages/w")  # that importers lie in, and `node_modules`


@dataclass(frozen=True)
class Question:
    """Where does a source find a name: by `require`, by `import`, or by the better of both?

    `either` is an `import` in a file of which nobody says whether it is an ES module.
    """

    importer: str
    name: str
    way: str


@dataclass
class Tree:
    """Contents by path, targets of links by path, and what is asked."""

    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def write(self, root: Path) -> None:
        """Make the files and links."""
        write(root, dict(self.files))
        for path, target in self.links.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)


def some_tree(odd: random.Random) -> Tree:
    """Return a project with packages of its own and installed ones, all of which can be seen."""
    tree = Tree({"node_modules/.package-lock.json": "{}"})
    _package(tree, "", "app", odd)
    if odd.random() < 0.6:
        _package(tree, "packages/w", odd.choice(("w", "@s/w", "a")), odd)
    for folder in _FOLDERS:
        for name in odd.sample(_NAMES, odd.randint(0, 3)):
            place = f"{folder}/node_modules/{name}".lstrip("/")
            if odd.random() < 0.15 and any(path.startswith("packages/w/") for path in tree.files):
                tree.links[place] = "/".join([".."] * place.count("/") + ["packages/w"])
            elif odd.random() < 0.1:
                tree.files[place] = ""
            else:
                _package(tree, place, name, odd)
    for folder in _FOLDERS:
        for ending in (".js", ".mjs", ".cjs"):
            importer = f"{folder}/src/importer{ending}".lstrip("/")
            tree.files[importer] = ""
            names = sorted({path.partition("node_modules/")[2] for path in (*tree.files, *tree.links)})
            names = ["/".join(name.split("/")[: 1 + name.startswith("@")]) for name in names]
            installed = sorted({name for name in names if name and not name.startswith(".")})
            ways = ("require", "either" if ending == ".js" and not _is_module(tree, folder) else "import")
            tree.questions += [_question(importer, installed or _NAMES, ways, odd) for _ in range(6)]
    return tree


def _is_module(tree: Tree, folder: str) -> bool:
    manifest = tree.files.get(f"{folder}/package.json") or tree.files["package.json"]
    return bool(json.loads(manifest).get("type") == "module")


def _question(importer: str, installed: Sequence[str], ways: Sequence[str], odd: random.Random) -> Question:
    way = odd.choice(ways)
    kind = odd.random()
    if kind < 0.12:
        return Question(importer, odd.choice(_BUILT_IN), way)
    if kind < 0.27:
        return Question(importer, odd.choice(_INTERNAL), way)
    name = odd.choice(installed if odd.random() < 0.7 else ("app", "w", "@s/w", "@s", "gone", *_NAMES))
    return Question(importer, name if kind < 0.5 else f"{name}/{odd.choice(_BELOW)}", way)


def _package(tree: Tree, folder: str, name: str, odd: random.Random) -> None:
    start = f"{folder}/" if folder else ""
    chosen = odd.sample(_FILES, odd.randint(1, 9))
    for path in chosen:
        is_folder = any(other.startswith(f"{path}/") for other in chosen)
        if not is_folder:
            tree.files[start + path] = "{}" if path.endswith(".json") else ""
    if odd.random() < 0.1 and folder:
        return
    manifest: dict[str, object] = {"name": odd.choice((name, name, name, "other"))}
    if odd.random() < 0.4:
        manifest["type"] = odd.choice(("module", "commonjs"))
    if odd.random() < 0.5:
        manifest["main"] = odd.choice(_MAINS)
    if odd.random() < 0.6:
        manifest["exports"] = _exports(odd)
    if odd.random() < 0.7:
        manifest["imports"] = _imports(odd)
    if odd.random() < 0.5:
        manifest["dependencies"] = dict.fromkeys(odd.sample(_NAMES, 2), "1")
    tree.files[start + "package.json"] = json.dumps(manifest)


def _exports(odd: random.Random) -> object:
    if odd.random() < 0.4:
        return _target(odd, _TARGETS)
    table = {key: _target(odd, _TARGETS) for key in odd.sample(_KEYS, odd.randint(0, 3))}
    table |= {key: _target(odd, _PATTERNS) for key in odd.sample(_PATTERN_KEYS, odd.randint(0, 3))}
    return table


def _imports(odd: random.Random) -> dict[str, object]:
    outside = ("a", "b/lib/x.js", "@s/c", "fs", "node:fs", "gone", "#in", "./src/importer.js")
    table = {
        "#in": _target(odd, (*_TARGETS, *outside)),
        "#dep": _target(odd, outside),
        "#dep/*": _target(odd, ("a/*", "b/*", "./lib/*", "./*", None)),
        "#fs": "fs",
        "#up": odd.choice(("../x.js", "..", "./../x.js")),
    }
    return {key: table[key] for key in odd.sample(sorted(table), odd.randint(1, 5))}


def _target(odd: random.Random, targets: Sequence[object], depth: int = 0) -> object:
    kind = odd.random()
    if depth < 2 and kind < 0.3:
        names = odd.sample(_CONDITIONS, odd.randint(0, 3))
        return {name: _target(odd, targets, depth + 1) for name in names}
    if depth < 2 and kind < 0.4:
        return [_target(odd, targets, depth + 1) for _ in range(odd.randint(0, 3))]
    return odd.choice(targets)


_ASKING = """
import { createRequire, isBuiltin } from 'node:module';
import { readFileSync, statSync, realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
const file = (path) => (statSync(path, { throwIfNoEntry: false })?.isFile() ? realpathSync(path) : null);
const builtIn = (name) => (isBuiltin(name) ? 'built-in' : null);
const ways = {
  require: (from, name) => {
    const path = createRequire(from).resolve(name);
    return path.startsWith('/') ? file(path) : builtIn(path);
  },
  import: (from, name) => {
    const url = import.meta.resolve(name, pathToFileURL(from));
    return url.startsWith('file:') ? file(fileURLToPath(url)) : builtIn(url);
  },
};
const asked = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(asked.map(([from, name, way]) => {
  const found = (way === 'either' ? ['import', 'require'] : [way]).map((each) => {
    try { return ways[each](from, name); } catch { return null; }
  });
  return [...new Set(found.filter(Boolean))];
})));
"""


def found_by_node(questions: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    """Return the real paths, or `built-in`, that Node finds for each (file, name, way)."""
    words = [program("node"), "--no-warnings", "--experimental-import-meta-resolve", "--input-type=module"]
    done = subprocess.run(
        [*words, "--eval", _ASKING], input=json.dumps(questions), capture_output=True, text=True, check=True
    )
    answers: list[list[str]] = json.loads(done.stdout)
    return answers
