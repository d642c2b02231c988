"""What a Python source imports, and where it is found."""

import pytest

from driftaudit.structure.imports import Form
from driftaudit.structure.python.grammar import parsed
from driftaudit.structure.python.scan import scanned
from driftaudit.structure.resolution import State
from tests.support.structure import Files, analysis_of, resolved

APP: Files = {
    "requirements.txt": "PyYAML>=6\nfoo-bar[extra]==1 ; python_version > '3'\n# comment\n-r other.txt\n",
    "manage.py": "",
    "shop/__init__.py": "from .models import Item\nVERSION = 1\n",
    "shop/models.py": "",
    "shop/views/__init__.py": "",
    "shop/views/cart.py": "",
    "shop/_fast.cpython-311-x86_64-linux-gnu.so": "",
    "shop/_slow.pyx": "",
    "wide/__init__.py": "from .all import *",
    "wide/all.py": "",
    "loose/part.py": "",
    "backend/pyproject.toml": '[project]\ndependencies = ["requests>=2"]\n',
    "backend/src/core/__init__.py": "",
    "backend/src/core/tasks.py": "",
}


def state(module: str, name: str = "", importer: str = "shop/models.py") -> State:
    return resolved(APP, importer, module, Form.PYTHON, (name,) if name else ()).state


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("shop", ""),
        ("shop.models", ""),
        ("shop", "views"),
        ("shop", "VERSION"),
        ("shop", "Item"),
        ("shop.models", "whatever"),
        ("shop._fast", ""),
        (".", "views"),
        (".views.cart", "Cart"),
        ("loose.part", ""),
        ("wide", "from_the_star"),
        ("core.tasks", ""),
    ],
)
def test_what_is_there_is_found(module: str, name: str) -> None:
    assert state(module, name) is State.FOUND


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("shop.gone", ""),
        ("shop", "gone"),
        (".gone", "x"),
        (".", "gone"),
        ("shop.views.gone", "x"),
        ("..gone", "x"),
    ],
)
def test_what_is_not_there_is_missing(module: str, name: str) -> None:
    importer = "shop/views/cart.py" if module.startswith("..") else "shop/models.py"
    assert state(module, name, importer) is State.MISSING


@pytest.mark.parametrize("module", ["os.path", "tomllib", "yaml", "foo_bar.x", "requests"])
def test_what_comes_along_or_is_declared_is_given(module: str) -> None:
    assert state(module) is State.GIVEN


@pytest.mark.parametrize(
    ("module", "name"),
    [("numpy", ""), ("loose.other", ""), ("shop._slow", ""), ("shop.models.x", ""), ("...x", "y")],
)
def test_what_cannot_be_known_is_unknown(module: str, name: str) -> None:
    assert state(module, name) is State.UNKNOWN


def test_what_is_caught_or_for_types_alone_is_told_apart() -> None:
    text = b"""
try:
    import a
except ImportError:
    import b
if TYPE_CHECKING:
    import c
else:
    import d
with suppress(ModuleNotFoundError):
    import e
import f
importlib.import_module("g")
__import__(name)
"""
    found = {each.module: (each.line, each.optional, each.dynamic) for each in parsed(text).imports}
    assert found == {
        "a": (3, True, False),
        "b": (5, True, False),
        "d": (9, False, False),
        "e": (11, True, False),
        "f": (12, False, False),
        "g": (13, False, False),
        "name": (14, False, True),
    }


@pytest.mark.parametrize(
    "text",
    [
        b"def f(:\n",
        b"x = '\xe9'\n",
        b"(" * 100_000,
        b"a" + b".b" * 100_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"\0",
    ],
)
def test_what_does_not_parse_is_said_and_breaks_nothing(text: bytes) -> None:
    result = parsed(text)
    assert bool(result.error) or result.imports == ()


def test_another_encoding_that_is_declared_is_read() -> None:
    text = "# -*- coding: latin-1 -*-\nname = 'é'\nimport a\n".encode("latin-1")
    assert [each.module for each in parsed(text).imports] == ["a"]
    assert not scanned(text).enough


def test_the_quick_look_sees_all_forms_of_the_statement() -> None:
    text = b"import a, b.c as d; import e\nif x: from . import f\nfrom g import (h, # i\n  j,\n)\n"
    text += b"\tfrom ..k import l as m\r\n"
    found = [(each.line, each.module, each.names) for each in scanned(text).imports]
    assert found == [
        (1, "a", ()),
        (1, "b.c", ()),
        (1, "e", ()),
        (2, ".", ("f",)),
        (3, "g", ("h", "j")),
        (6, "..k", ("l",)),
    ]
    assert not scanned(b"from a \\\n  import b\n").enough


@pytest.mark.parametrize(
    ("tried", "otherwise", "is_missing"),
    [
        ("from .gone import x", "from .lost import x", True),
        ("from .models import x", "from .lost import x", False),
        ("from .gone import x", "from .models import x", False),
        ("from .gone import x", "x = None", False),
        ("import numpy", "from .lost import numpy", False),  # it may be there
        ("from .gone import x", "if old: from .lost import x", False),
        ("if old: from .gone import x", "from .lost import x", False),
    ],
)
def test_of_an_import_and_what_stands_in_its_place_one_must_be_there(
    tried: str, otherwise: str, is_missing: bool
) -> None:
    text = f"try:\n    {tried}\nexcept ImportError:\n    {otherwise}\n"
    assert (missing_in(text) == [(4, ".lost")]) is is_missing
    outer = "".join(f"    {line}\n" for line in text.splitlines())
    assert missing_in(f"try:\n{outer}except ImportError:\n    pass\n") == []


def missing_in(text: str) -> list[tuple[int, str]]:
    analysis = analysis_of({**APP, "shop/app.py": text})
    analysis.run()
    found = [each for each in analysis.open_imports if each.resolution.state is State.MISSING]
    return [(each.asked.line, each.asked.module) for each in found if each.importer == "shop/app.py"]
