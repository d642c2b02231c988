"""What is built is whole, and runs where it is installed: from a wheel, from an sdist, and editable."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from driftaudit import __version__
from tests.support.cli import Outcome
from tests.support.git import commit, new_repository, write

ROOT = Path(__file__).parents[2]
DATA = sorted(
    path.relative_to(ROOT)
    for folder in ("rules", "reports")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and not path.name.startswith(".")
)


@dataclass(frozen=True)
class Built:
    """A wheel made of the checkout, an sdist, and a wheel made of the sdist."""

    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


def run(folder: Path, *words: str | Path) -> Outcome:
    """Run a program without anything that would lead it to the checkout."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DRIFTAUDIT"))
    }
    command = [str(word) for word in words]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


def build(folder: Path, *words: str) -> Path:
    """Build into a folder, and return the one file that it then holds of that kind."""
    done = run(ROOT, sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, *words, ROOT)
    assert done.code == 0, done.err + done.out
    (made,) = folder.glob("*.whl" if "--sdist" not in words else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    both = build(folder / "both")
    (sdist,) = (folder / "both").glob("*.tar.gz")
    return Built(build(folder / "direct", "--wheel"), sdist, both)


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_package_its_data_and_nothing_else(built: Built) -> None:
    names = names_in(built.wheel)
    assert {name.partition("/")[0] for name in names} == {"driftaudit", f"driftaudit-{__version__}.dist-info"}
    assert {name for name in names if name.startswith("driftaudit/_data/")} == {
        f"driftaudit/_data/{path.as_posix()}" for path in DATA
    }
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "driftaudit").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    assert "driftaudit/py.typed" in names


def test_the_wheel_of_the_sdist_is_that_of_the_checkout(built: Built) -> None:
    assert names_in(built.wheel_of_sdist) == names_in(built.wheel)


def test_the_sdist_holds_what_it_takes_to_test_it(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "Makefile",
        "pyproject.toml",
        "tests/conftest.py",
        "scripts/test-programs.sh",
        "rules/core.yml",
    } <= names
    assert not [name for name in names if name.startswith((".venv", "dist/", ".git/"))]


def environment_at(folder: Path) -> Path:
    """Make an environment that has the packages of this one, but not the product; return its interpreter."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    version = "python{}.{}".format(*sys.version_info)
    # Only the folder counts: the files in it that lead to editable installations are not followed.
    (folder / "lib" / version / "site-packages" / "packages.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.fixture(params=["wheel", "sdist", "wheel_of_sdist", "editable"])
def installed(request: pytest.FixtureRequest, built: Built, tmp_path: Path) -> Path:
    """The folder of programs of an environment that the product is installed in."""
    python = environment_at(tmp_path / "environment")
    assert run(tmp_path, python, "-m", "driftaudit", "--version").code != 0
    editable = request.param == "editable"
    what: list[str | Path] = ["--editable", ROOT] if editable else [getattr(built, request.param)]
    # --ignore-installed: else pip would take away the product that runs these tests
    words = ["install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed"]
    done = run(tmp_path, sys.executable, "-m", "pip", "--python", python, *words, *what)
    assert done.code == 0, done.err
    place = run(tmp_path, python, "-c", "import driftaudit; print(driftaudit.__file__)").out
    assert Path(place).is_relative_to(ROOT if editable else tmp_path / "environment")
    return python.parent


def test_it_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    program = installed / "driftaudit"
    assert run(tmp_path, program, "--version").out == f"driftaudit, version {__version__}\n"
    assert run(tmp_path, installed / "python", "-m", "driftaudit", "--version").code == 0
    rules = run(tmp_path, program, "rules", "test")
    assert rules.code == 0, rules.err + rules.out

    repository = new_repository(tmp_path / "repository")
    commit(repository, {"src/app.js": "committed\n"})
    write(tmp_path / "production", {"src/app.js": "edited\n", "node_modules/x/index.js": "x\n"})
    report = tmp_path / "report.html"
    words = ("check", tmp_path / "production", "--pack", "node", "--format", "json", "--format", "html")
    outcome = run(repository, program, *words, "--output", "-", "--output", report)
    assert outcome.blocking() == {"src/app.js": "core/only-copy"}
    assert "src/app.js" in report.read_text()
