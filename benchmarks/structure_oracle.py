"""Imports of real packages, resolved by us and by Node, TypeScript and Python.

Run it as `python -m benchmarks.structure_oracle`.

Each package is looked at as it is, and once more with every tenth of its sources taken away.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.structure_packages import NPM, PYPI, TYPESCRIPT, npm_package, pypi_package
from driftaudit.structure.analysis import Analysis, Readings, Source, shown_module, singly
from driftaudit.structure.imports import Form, Import, Parsed, Scanned
from driftaudit.structure.languages import Language, language_of
from driftaudit.structure.node.grammar import parsed as parsed_script
from driftaudit.structure.node.scan import scanned as scanned_script
from driftaudit.structure.python.grammar import parsed as parsed_python
from driftaudit.structure.python.scan import scanned as scanned_python
from driftaudit.structure.resolution import Resolution, State
from driftaudit.structure.tree import FileTree

HERE = Path(__file__).parent
_TENTH = 10


@dataclass
class Result:
    """What became of the relative imports of one package."""

    package: str
    sources: int = 0
    unparsed: int = 0
    found: int = 0  # by both
    missing: int = 0  # to both
    untold: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, ours: Resolution, is_there: bool | None) -> None:
        """Count an import by our answer and theirs; None is no answer."""
        if ours.state is State.UNKNOWN or not ours.sure or is_there is None:
            self.untold += 1
        elif ours.is_fine != is_there:
            self.wrong.append(f"{what} -> {ours.path}: {ours.state.name}, they say {is_there}")
        elif is_there:
            self.found += 1
        else:
            self.missing += 1


def compared_npm(spec: str, root: Path, typescript: Path) -> Result:
    """Return how our answers on a package's own modules compare with those of Node and TypeScript."""
    analysis = _analysis(root)
    result = Result(spec, len(analysis.sources))
    asked: list[tuple[Source, Import, list[str]]] = []
    for source, found in _parsed(analysis, result):
        own = [each for each in found.imports if not each.dynamic and _is_relative(each.module)]
        asked += [(source, each, _ways(analysis, source, each)) for each in own]
    answers = _node([[str(root / s.path), i.module, ways] for s, i, ways in asked], typescript)
    for (source, each, _ways_asked), is_there in zip(asked, answers, strict=True):
        resolution = analysis.resolve(source.path, each)
        result.add(f"{source.path}:{each.line} {each.form.value} {each.module}", resolution, is_there)
    return result


def compared_pypi(spec: str, root: Path) -> Result:
    """Return how our answers on a package's own modules compare with Python's."""
    analysis = _analysis(root)
    result = Result(spec, len(analysis.sources))
    tops = {path.partition("/")[0].removesuffix(".py") for path in analysis.tree.files}
    asked: list[tuple[Source, Import]] = []
    questions: list[list[str]] = []
    for source, found in _parsed(analysis, result):
        for each in (one for every in found.imports for one in singly(every) if not one.dynamic):
            module = _absolute(source.path, each.module)
            top = module.partition(".")[0]
            is_own = top in tops and f"{top}/__init__.py" in analysis.tree.files
            if module and (each.module.startswith(".") or is_own):
                asked.append((source, each))
                questions.append([str(root), module, each.names[0] if each.names else ""])
    answers = _python(questions)
    for (source, each), is_there in zip(asked, answers, strict=True):
        resolution = analysis.resolve(source.path, each)
        result.add(f"{source.path}:{each.line} {shown_module(each)}", resolution, is_there)
    return result


def thinned(root: Path, folder: Path) -> Path:
    """Return a copy of a package without every tenth of its sources."""
    copy = folder / "thinned"
    shutil.copytree(root, copy, symlinks=True)
    sources = sorted(path for path in copy.rglob("*") if path.is_file() and language_of(path.name))
    for path in sources[_TENTH // 2 :: _TENTH]:
        path.unlink()
    return copy


def _analysis(root: Path) -> Analysis:
    files = {
        path.relative_to(root).as_posix(): str(path) for path in sorted(root.rglob("*")) if path.is_file()
    }
    memory: dict[str, Parsed] = {}

    def parsed(source: Source) -> Parsed:
        if source.path not in memory:
            content = (root / source.path).read_bytes()
            is_python = source.language is Language.PYTHON
            language = source.language or Language.JAVASCRIPT
            memory[source.path] = parsed_python(content) if is_python else parsed_script(content, language)
        return memory[source.path]

    readings = Readings(
        scanned=lambda _source: Scanned((), enough=False),
        parsed=parsed,
        is_parsed=lambda _source: True,
        why=lambda _source: "",
        document=lambda oid: Path(oid).read_bytes(),
    )
    sources = [Source(path, oid, language) for path, oid in files.items() if (language := language_of(path))]
    return Analysis(FileTree(files), readings, sources)


def _parsed(analysis: Analysis, result: Result) -> Iterable[tuple[Source, Parsed]]:
    for source in analysis.sources:
        found = analysis.readings.parsed(source)
        assert found is not None
        result.unparsed += bool(found.error)
        if not found.error:
            result.wrong += _overlooked(source, found)
        yield source, found


def _overlooked(source: Source, found: Parsed) -> list[str]:
    """Return what the grammar finds and the quick look does not: it must find at least as much."""
    quick = scanned_python if source.language is Language.PYTHON else scanned_script
    seen = quick(Path(source.oid).read_bytes())
    named = {(each.module, one.names) for each in seen.imports for one in singly(each)}
    wanted = [one for each in found.imports for one in singly(each)]
    if not seen.enough:
        return []
    return [
        f"{source.path}:{one.line} overlooked {shown_module(one)}"
        for one in wanted
        if one.dynamic or (one.module, one.names) not in named
    ]


def _is_relative(module: str) -> bool:
    return module in (".", "..") or module.startswith(("./", "../", "#"))


def _ways(analysis: Analysis, source: Source, asked: Import) -> list[str]:
    """Return whose answers count: of TypeScript's, of `require`, of `import`, or of either of these."""
    name = source.path.rpartition("/")[2]
    if name.endswith(("ts", "sx")):
        return ["typescript"]
    if asked.form is Form.REQUIRE:
        return ["require"]
    is_module = name.endswith(".mjs") or (_is_in_module(analysis, source) and not name.endswith(".cjs"))
    return ["import"] if is_module or asked.form is Form.IMPORT_CALL else ["import", "require"]


def _is_in_module(analysis: Analysis, source: Source) -> bool:
    folder = source.path
    while folder:
        folder = folder.rpartition("/")[0]
        path = f"{folder}/package.json" if folder else "package.json"
        if path in analysis.tree.files:
            value = json.loads(Path(analysis.tree.files[path]).read_bytes())
            return bool(value.get("type") == "module")
    return False


def _absolute(path: str, module: str) -> str:
    level = len(module) - len(module.lstrip("."))
    if not level:
        return module
    parts = path.split("/")[:-1]
    base = parts[: len(parts) - level + 1]
    return ".".join([*base, *filter(None, [module.lstrip(".")])]) if level <= len(parts) else ""


def _node(questions: Sequence[object], typescript: Path) -> list[bool]:
    node = shutil.which("node") or sys.exit("node is needed: apt-get install nodejs")
    words = [node, "--no-warnings", "--experimental-import-meta-resolve", str(HERE / "structure_oracle.mjs")]
    asked = {"questions": questions, "typescript": str(typescript / "package.json")}
    answers: list[bool] = json.loads(_asked(words, asked))
    return answers


def _python(questions: Sequence[object]) -> list[bool | None]:
    words = [sys.executable, "-I", str(HERE / "structure_oracle_python.py")]
    answers: list[bool | None] = json.loads(_asked(words, questions))
    return answers


def _asked(words: Sequence[str], value: object) -> str:
    done = subprocess.run(words, input=json.dumps(value), capture_output=True, text=True, check=True)
    return done.stdout


def run(spec: str) -> tuple[Result, Result]:
    """Return the results of one package, as it is and thinned."""
    root = pypi_package(spec) if spec in PYPI else npm_package(spec)
    with tempfile.TemporaryDirectory() as folder:
        places = (root, thinned(root, Path(folder)))
        if spec in PYPI:
            return compared_pypi(spec, places[0]), compared_pypi(spec, places[1])
        typescript = npm_package(TYPESCRIPT)
        return compared_npm(spec, places[0], typescript), compared_npm(spec, places[1], typescript)


def main() -> int:
    """Print a table of all packages, and every import on which we differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", help="name@version or name==version; all if left out")
    wrong = 0
    total: Counter[int] = Counter()
    heads = ("package", "sources", "not parsed", "found", "missing", "not told")
    print(f"| {' | '.join((*heads, 'found, thinned', 'missing, thinned', 'wrong'))} |")
    print("|---|" + "---|" * (len(heads) + 2))
    for spec in parser.parse_args().packages or (*NPM, *PYPI):
        whole, thin = run(spec)
        differ = [*whole.wrong, *(f"thinned: {each}" for each in thin.wrong)]
        row = [
            *(whole.sources, whole.unparsed, whole.found, whole.missing, whole.untold + thin.untold),
            *(thin.found, thin.missing, len(differ)),
        ]
        total.update(dict(enumerate(row)))
        print(f"| {spec} | {' | '.join(map(str, row))} |", flush=True)
        for each in differ[:20]:
            print(f"    {each}", file=sys.stderr)
        wrong += len(differ)
    print(f"| all | {' | '.join(str(total[number]) for number in range(8))} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
