"""Which distributions a Python project declares, and which modules they bring."""

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator

_REQUIREMENTS = re.compile(r"(?:.*[-_.])?requirements(?:[-_.].*)?\.(?:txt|in)\Z")
_IN_A_FOLDER = re.compile(r"(?:.*/)?requirements/[^/]+\.(?:txt|in)\Z")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_SEPARATORS = re.compile(r"[-_.]+")

# Distributions whose modules are called otherwise. What is not here and has another name is not known.
_MODULES = {
    "attrs": ("attr", "attrs"),
    "beautifulsoup4": ("bs4",),
    "django-environ": ("environ",),
    "django-cors-headers": ("corsheaders",),
    "djangorestframework": ("rest_framework",),
    "gitpython": ("git",),
    "google-re2": ("re2",),
    "grpcio": ("grpc",),
    "msgpack-python": ("msgpack",),
    "mysql-connector-python": ("mysql",),
    "mysqlclient": ("MySQLdb",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "pillow": ("PIL",),
    "protobuf": ("google",),
    "psycopg2-binary": ("psycopg2",),
    "pycryptodome": ("Crypto",),
    "pyjwt": ("jwt",),
    "pymupdf": ("fitz", "pymupdf"),
    "pyopenssl": ("OpenSSL",),
    "pyserial": ("serial",),
    "pytest": ("pytest", "_pytest"),
    "python-dateutil": ("dateutil",),
    "python-dotenv": ("dotenv",),
    "python-jose": ("jose",),
    "python-magic": ("magic",),
    "python-multipart": ("multipart", "python_multipart"),
    "python-slugify": ("slugify",),
    "pyyaml": ("yaml",),
    "pyzmq": ("zmq",),
    "scikit-image": ("skimage",),
    "scikit-learn": ("sklearn",),
    "setuptools": ("setuptools", "pkg_resources"),
    "typing-extensions": ("typing_extensions",),
}


def declares(path: str) -> bool:
    """Whether a file may declare what a Python project needs."""
    name = path.rpartition("/")[2]
    is_plain = name in ("pyproject.toml", "setup.cfg", "Pipfile")
    return is_plain or bool(_REQUIREMENTS.match(name) or _IN_A_FOLDER.match(path))


def declared_modules(path: str, content: bytes) -> frozenset[str]:
    """Return the modules that the declared distributions bring, folded to lower case; none if unreadable."""
    text = content.decode("utf-8", "replace")
    try:
        names = set(_names(path.rpartition("/")[2], text))
    except (tomllib.TOMLDecodeError, configparser.Error, RecursionError):
        return frozenset()
    return frozenset(module for name in names for module in _modules(name))


def folded(module: str) -> str:
    """Return a name as declared ones are compared: they differ in case and in what joins their words."""
    return _SEPARATORS.sub("_", module).casefold()


def _modules(name: str) -> Iterator[str]:
    plain = _SEPARATORS.sub("-", name).lower()
    yield folded(plain)
    yield from map(folded, _MODULES.get(plain, ()))


def _names(name: str, text: str) -> Iterator[str]:
    if name in ("pyproject.toml", "Pipfile"):
        yield from _of_toml(tomllib.loads(text))
    elif name == "setup.cfg":
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
        for section, key in (("options", "install_requires"), ("options", "setup_requires")):
            yield from _of_lines(parser.get(section, key, fallback="").splitlines())
        if parser.has_section("options.extras_require"):
            for _key, value in parser.items("options.extras_require"):
                yield from _of_lines(value.splitlines())
    else:
        yield from _of_lines(text.splitlines())


def _of_lines(lines: Iterable[object]) -> Iterator[str]:
    for line in lines:
        match = _NAME.match(line) if isinstance(line, str) else None
        if match:
            yield match[1]


def _of_toml(value: dict[str, object]) -> Iterator[str]:
    project = _table(value, "project")
    yield from _of_lines(_rows(project, "dependencies"))
    for group in _table(project, "optional-dependencies").values():
        yield from _of_lines(group if isinstance(group, list) else ())
    for group in _table(value, "dependency-groups").values():
        yield from _of_lines(group if isinstance(group, list) else ())
    yield from _of_lines(_rows(_table(value, "build-system"), "requires"))
    poetry = _table(_table(value, "tool"), "poetry")
    yield from _table(poetry, "dependencies")
    yield from _table(poetry, "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield from _table(group, "dependencies") if isinstance(group, dict) else ()
    yield from _table(value, "packages")
    yield from _table(value, "dev-packages")


def _table(value: object, key: str) -> dict[str, object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _rows(value: object, key: str) -> list[object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else []
