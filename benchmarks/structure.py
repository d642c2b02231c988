"""What it costs to look into imports: `python -m benchmarks.structure`.

A repository with 5,000 sources in three languages is live with one in fifty edited on the host, and its
deploy replaces all. Each round measures in turn a yardstick, the first run and the second one; medians count.
"""

import argparse
import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from driftaudit.audit import Examination, examine
from driftaudit.cache import Cache
from driftaudit.cli.options import Options
from driftaudit.cli.target import Workplace, begun_audit
from driftaudit.structural import composer
from driftaudit.structural.composer import structure_of

SOURCES = 5_000
_PER_FOLDER = 25
_EDITED = 50  # one in so many
_BROKEN = 40  # one in so many imports what is not there
_GIT = {"GIT_AUTHOR_NAME": "B", "GIT_AUTHOR_EMAIL": "b@example.net", "GIT_CONFIG_GLOBAL": os.devnull}
_ENVIRONMENT = {**os.environ, **_GIT, "GIT_COMMITTER_NAME": "B", "GIT_COMMITTER_EMAIL": "b@example.net"}


def make_trees(folder: Path, sources: int) -> tuple[Path, Path]:
    """Write the repository and the live tree; the same each time."""
    repository, live = folder / "repository", folder / "live"
    chance = random.Random(7)
    for number in range(sources):
        path, content = _source(number, sources, chance)
        for top in (repository, live):
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            edited = top is live and number % _EDITED == 1
            note = "# edited\n" if path.endswith(".py") else "// edited\n"
            (top / path).write_text(content + (note if edited else ""))
    manifest = '{"name": "app", "type": "module", "dependencies": {"express": "4", "pg": "8"}}\n'
    for top in (repository, live):
        (top / "package.json").write_text(manifest)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *words], cwd=repository, env=_ENVIRONMENT, check=True)
    return repository, live


def _source(number: int, sources: int, chance: random.Random) -> tuple[str, str]:
    kind = ("js", "js", "js", "ts", "py")[number % 5]
    others = [chance.randrange(sources // 5) * 5 + number % 5 for _each in range(6)]
    lines = [_import(kind, number, other) for other in others]
    if number % _BROKEN == 0:
        lines.append(_import(kind, number, sources * 5 + number % 5))
    body = [_FUNCTION[kind].format(n=n, m=chance.randrange(10**9)) for n in range(40)]
    return _path(kind, number), "\n".join([*lines, *body]) + "\n"


def _path(kind: str, number: int) -> str:
    top = {"js": "src", "ts": "web", "py": "jobs"}[kind]
    return f"{top}/part{number // 5 // _PER_FOLDER:03}/module{number:05}.{kind}"


def _import(kind: str, number: int, other: int) -> str:
    folder, place = Path(_path(kind, number)).parent, _path(kind, other)
    if kind == "py":
        return f"from {place.removesuffix('.py').replace('/', '.')} import function_1"
    relative = os.path.relpath(place, folder)
    relative = relative if relative.startswith(".") else f"./{relative}"
    return f"import {{ function_1 as f{other} }} from '{relative.removesuffix('.ts')}';"


_FUNCTION = {
    "js": "export function function_{n}(a, b) {{\n  return a.map((x) => x * b + {m}).filter(Boolean);\n}}\n",
    "ts": "export function function_{n}(a: number[]): number[] {{\n  return a.map((x) => x + {m});\n}}\n",
    "py": "def function_{n}(a, b):\n    return [x * b + {m} for x in a if x]\n\n",
}


def timed(repository: Path, live: Path, cache: Path) -> tuple[float, Examination]:
    """Return the seconds that an audit spends on imports, and the audit."""
    os.chdir(repository)
    options = Options(deploy="replace:src,web,jobs")
    spent: list[float] = []

    def measured(request: composer.StructureRequest) -> composer.StructureExamination:
        start = time.perf_counter()
        found = structure_of(request)
        spent.append(time.perf_counter() - start)
        return found

    with (
        begun_audit(Workplace(options), str(live), options) as request,
        patch.object(composer, "structure_of", measured),
    ):
        found = examine(replace(request, cache=Cache(cache), structure=True))
    return spent[0], found


def yardstick() -> float:
    """Return the seconds of a fixed piece of work: what else the machine does shows here."""
    start = time.perf_counter()
    for _each in range(20):
        hashlib.sha256(b"x" * 10_000_000).digest()
    return time.perf_counter() - start


def main() -> int:
    """Measure in turn, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    rows: dict[str, list[float]] = {"yardstick": [], "first": [], "second": []}
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as name:
        repository, live = make_trees(Path(name), chosen.sources)
        for number in range(chosen.rounds):
            cache = Path(name) / f"cache-{number}"
            rows["yardstick"].append(yardstick())
            for which in ("first", "second"):
                seconds, found = timed(repository, live, cache)
                rows[which].append(seconds)
    assert found.structure is not None
    structure = found.structure.structure
    print(
        f"{structure.deployed.files} sources, {structure.deployed.imports} imports live, "
        f"{len(structure.findings)} findings, {structure.parsed_files} sources by a grammar"
    )
    for what, taken in rows.items():
        print(f"{what:10} {statistics.median(taken):6.2f} s   ({min(taken):.2f} to {max(taken):.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
