"""Little trees of Python modules, made at random, and what Python itself finds in them."""

import json
import random
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.git import write

_EXTENSION = sysconfig.get_config_var("EXT_SUFFIX")
_FOLDERS = (
    "",
    "pkg",
    "pkg/sub",
    "pkg/sub/deep",
    "loose",
    "loose/sub",
    "src",
    "src/inner",
    "back",
    "back/src/core",
)
_MODULES = ("one", "two", "sub", "inner", "queue", "test", "json")
_ENDINGS = (
    ".py",
    ".py",
    ".py",
    ".py",
    ".pyi",
    ".pyc",
    _EXTENSION,
    ".abi3.so",
    ".so",
    ".cpython-39.pyc",
    ".pyx",
)
_BOUND = ("VALUE", "two", "Late", "Star", "caught")
_INITS = (
    "",
    "VALUE = 1\n",
    "def Late(): ...\n",
    "try:\n    from .absent import caught\nexcept ImportError:\n    caught = None\n",
    "if True:\n    import os as VALUE\n",
    "class Late:\n    VALUE = 1\n",
    "def __getattr__(name):\n    if name == 'Late':\n        return 1\n    raise AttributeError(name)\n",
    "from os import *\n",
    "for VALUE in (1, 2): ...\n",
)


@dataclass(frozen=True)
class Question:
    """Does a source find a module, and a name in it, if one is asked for?"""

    importer: str
    module: str
    name: str


@dataclass
class Tree:
    """Contents by path, and what is asked."""

    files: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def write(self, root: Path) -> None:
        """Make the files."""
        write(root, dict(self.files))


def some_tree(odd: random.Random) -> Tree:
    """Return a project of packages, of folders without `__init__.py`, compiled modules and stubs."""
    tree = Tree()
    for folder in odd.sample(_FOLDERS, odd.randint(3, len(_FOLDERS))):
        start = f"{folder}/" if folder else ""
        chance = 0.05 if folder in ("", "src", "back") else 0.75
        if odd.random() < chance:
            tree.files[f"{start}__init__.py"] = odd.choice(_INITS)
        for module in odd.sample(_MODULES, odd.randint(1, 4)):
            tree.files[f"{start}{module}{odd.choice(_ENDINGS)}"] = ""
    if odd.random() < 0.5:
        tree.files["back/pyproject.toml"] = ""
    folders = sorted({path.rpartition("/")[0] for path in tree.files})
    folders = [folder for folder in folders if not _is_shadowed(tree, folder)]
    for folder in odd.sample(folders, min(3, len(folders))):
        importer = f"{folder}/importer.py".lstrip("/")
        tree.files[importer] = ""
        tree.questions += [_question(importer, folders, odd) for _ in range(6)]
    return tree


def _is_shadowed(tree: Tree, folder: str) -> bool:
    """Whether a module of the same name beside a folder keeps what lies in it from being imported."""
    while folder:
        if f"{folder}/__init__.py" not in tree.files and any(p.startswith(f"{folder}.") for p in tree.files):
            return True
        folder = folder.rpartition("/")[0]
    return False


def _question(importer: str, folders: Sequence[str], odd: random.Random) -> Question:
    parts = [*odd.choice(folders).split("/")][odd.choice((0, 0, 0, 1)) :]
    parts = [each for each in parts if each] + odd.choice(([], [odd.choice(_MODULES)]))
    name = odd.choice(("", "", odd.choice(_BOUND), odd.choice(_MODULES)))
    if odd.random() < 0.4:
        dots = "." * odd.randint(1, 4)
        module = dots + ".".join(
            parts[-odd.randint(0, 2) :] if odd.random() < 0.7 else [odd.choice(_MODULES)]
        )
        return Question(importer, module, name or odd.choice((*_BOUND, *_MODULES)))
    module = ".".join(parts) or "one"
    return Question(
        importer, module, "" if module == "json" else name
    )  # what Python's own modules hold is its affair


_ASKING = """
import importlib, importlib.util, json, os, sys
standard, path = set(sys.modules), list(sys.path)

def fresh(where):
    for name in set(sys.modules) - standard: del sys.modules[name]
    shadowed = {name: sys.modules.pop(name) for name in ('queue', 'json', 'test') if name in sys.modules}
    sys.path[:] = [*where, *path]
    sys.path_importer_cache.clear()
    return shadowed

def found(module, name):
    spec = importlib.util.find_spec(module)
    if spec is None: return False
    if not name or spec.submodule_search_locations is None: return True
    if importlib.util.find_spec(f'{module}.{name}') is not None: return True
    return hasattr(importlib.import_module(module), name)

def answer(own, where, package, module, name):
    shadowed = fresh(where)
    try:
        if module.startswith('.'):
            if not package: return False
            if own not in importlib.import_module(package).__path__: return False  # another of that name
            module = importlib.util.resolve_name(module, package)
        return found(module, name)
    except (ImportError, AttributeError, ValueError):
        return False
    finally:
        sys.modules.update(shadowed)

def ways(top, importer, roots, module, name):
    folder = importer.rpartition('/')[0]
    all_places = [os.path.join(top, root) for root in roots]
    packages = {''}
    for root in roots:
        start = root + '/' if root else ''
        if folder.startswith(start): packages.add(folder[len(start):].replace('/', '.'))
    orders = [all_places[at:] + all_places[:at] for at in range(len(roots))]
    yield [os.path.join(top, folder)], '', module, name
    for where in [*orders, *([place] for place in all_places)]:
        yield [os.path.join(top, folder), *where], '', module, name
        for package in packages: yield where, package, module, name
    if os.path.exists(os.path.join(top, '__init__.py')):
        above, _, own = top.rpartition('/')
        yield [above], '.'.join(filter(None, [own, folder.replace('/', '.')])), module, name

def is_found(top, importer, *rest):
    own = os.path.join(top, os.path.dirname(importer)).rstrip('/')
    return any(answer(own, *way) for way in ways(top, importer, *rest))

print(json.dumps([is_found(*question) for question in json.load(sys.stdin)]))
"""


def found_by_python(questions: Sequence[tuple[str, str, Sequence[str], str, str]]) -> list[bool]:
    """Return whether Python finds each (top, importer, roots, module, name).

    It may be run as a script or as a module, with one or all of the roots in `sys.path`, and from above
    where the top is a package itself.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", _ASKING],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers
