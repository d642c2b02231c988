"""Packages of different make, by pinned versions: fetched once by their clients, unpacked as they are."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

NPM = (
    *("express@4.21.2", "lodash@4.17.21", "debug@4.4.0", "commander@12.1.0", "uuid@9.0.1", "chalk@5.3.0"),
    *(
        "got@14.4.5",
        "execa@9.5.2",
        "node-fetch@3.3.2",
        "axios@1.7.9",
        "zod@3.24.1",
        "bootstrap@5.3.3",
        "rxjs@7.8.1",
    ),
    *("@babel/core@7.26.0", "webpack@5.97.1", "yargs@17.7.2", "pg@8.13.1"),
    *("svelte@5.15.0", "preact@10.25.4", "graphql@16.10.0"),
)
PYPI = (
    *("requests==2.32.3", "flask==3.1.0", "click==8.1.8", "attrs==24.3.0", "urllib3==2.3.0"),
    *(
        "jinja2==3.1.6",
        "sqlalchemy==2.0.36",
        "markupsafe==3.0.2",
        "setuptools==75.6.0",
        "python-dotenv==1.0.1",
    ),
)
TYPESCRIPT = "typescript@5.7.2"  # whose own resolution is asked about TypeScript's sources

# Read when this is imported: tests give every test a cache folder of its own.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "driftaudit-tests" / "packages"


def npm_package(spec: str) -> Path:
    """Return the folder of an unpacked npm package, fetched if it is not there."""
    return _unpacked(spec, lambda folder: _npm_pack(spec, folder))


def pypi_package(spec: str) -> Path:
    """Return the folder of an unpacked wheel, fetched if it is not there."""
    return _unpacked(spec, lambda folder: _pip_download(spec, folder))


def _unpacked(spec: str, fetch: Callable[[Path], None]) -> Path:
    place = CACHE / spec.replace("/", "+")
    if place.is_dir():
        return place
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        fetch(folder)
        archive = next(path for path in folder.iterdir() if path.suffix in (".tgz", ".whl"))
        content = folder / "content"
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(content)
        else:
            with tarfile.open(archive) as packed:
                packed.extractall(content, filter="data")
        tops = list(content.iterdir())
        top = tops[0] if len(tops) == 1 and archive.suffix == ".tgz" else content
        if not place.is_dir():
            shutil.move(top, place)
    return place


def _npm_pack(spec: str, folder: Path) -> None:
    npm = shutil.which("npm") or sys.exit("npm is needed: apt-get install npm")
    _run(npm, "pack", "--silent", "--pack-destination", str(folder), spec)


def _pip_download(spec: str, folder: Path) -> None:
    wheel = ("--only-binary", ":all:", "--no-deps", "--dest", str(folder))
    _run(sys.executable, "-m", "pip", "download", "--quiet", *wheel, spec)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
