"""What the targets of a makefile run, told by `make -n`."""

from collections.abc import Mapping
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import Passage, joined, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.dry_run import SHELL, DryRun, dry_run
from driftaudit.forms.files import named, shown
from driftaudit.forms.make_output import ShellLine, shell_lines
from driftaudit.forms.makefile_scan import Makefile, load_makefile
from driftaudit.forms.makefile_text import LineKind, assignments, defined_names
from driftaudit.forms.sequence import Part

FILE_NAMES = ("GNUmakefile", "makefile", "Makefile")
_SHELLS = ("sh", "bash", "dash", "ash", "ksh", "zsh")
_FLAGS = {"e": "set -e", "u": "set -u", "x": "", "c": "", "l": ""}


def recipe_parts(path: Path, targets: tuple[str, ...], draft: Draft) -> list[Part]:
    """Return what targets of a makefile run, each part being one call of the shell in the file's folder.

    Raises UsageError, naming file and line, where make itself would run something to tell.
    """
    for target in targets:
        if not target or target.startswith("-") or "=" in target or not target.isprintable():
            raise UsageError(f"{named(target)!r} is no target of a makefile", "Name one: Makefile:deploy")
    makefile = load_makefile(path)
    output = _output(makefile, targets, draft).replace(SHELL, "/bin/sh")
    one_shell = any(line.text.lstrip().startswith(".ONESHELL") for line in makefile.all_lines())
    options = _shell_options(makefile, draft)
    ignores = any(line.text.lstrip().startswith(".IGNORE") for line in makefile.all_lines())
    return [
        _part(path.parent, line, options, draft, ignores=ignores)
        for line in shell_lines(output, makefile.lines, one_shell=one_shell)
        if line.text.strip()
    ]


def _part(folder: Path, line: ShellLine, options: str, draft: Draft, *, ignores: bool) -> Part:
    number = line.line
    name = shown(folder / line.file) if number else shown(folder)
    places = tuple(f"{name}:{number + n}" for n in range(line.text.count("\n") + 1))
    body = joined(passage(options, places[0]), Passage(line.text, places))
    if line.ignores_failure is None or ignores:
        return Part(body, ignores_failure_if=draft.unknown(f"whether a failure at {places[0]} ends make"))
    return Part(body, ignores_failure=line.ignores_failure)


def _output(makefile: Makefile, targets: tuple[str, ...], draft: Draft) -> str:
    """Return what make prints, a reference in the place of each variable that only its caller can set."""
    first = dry_run(makefile.path, targets, {})
    names = sorted(name for name in first.undefined if name.isidentifier())
    if not names:
        return first.output
    asked = defined_names(makefile.all_lines())
    for name in names:
        if name in asked:
            detail = f"what it runs depends on {named(name)}, which is not set"
            draft.problem(f"{shown(makefile.path)}:{_line_with(makefile, name)}", detail)
    given = {
        name: draft.unknown(f"make's variable {name}") for name in names if _is_given(makefile, name, asked)
    }
    if not given:
        return first.output
    return _with_given(makefile, targets, given, draft) or first.output


def _with_given(
    makefile: Makefile, targets: tuple[str, ...], given: Mapping[str, str], draft: Draft
) -> str | None:
    try:
        second: DryRun = dry_run(
            makefile.path, targets, {name: text.replace("$", "$$") for name, text in given.items()}
        )
    except UsageError:
        names = named(", ".join(given))
        place = f"{shown(makefile.path)}:{_line_with(makefile, next(iter(given)))}"
        draft.problem(place, f"what it runs depends on {names}, which is not set")
        return None
    return second.output


def _is_given(makefile: Makefile, name: str, asked: frozenset[str]) -> bool:
    """Whether an undefined variable may be one that is given to make; not one like `$(Q)rm`."""
    starts = (f"$({name})", f"${{{name}}}")
    recipes = (line.text.lstrip("\t @-") for line in makefile.all_lines() if line.kind is LineKind.RECIPE)
    return name not in asked and not any(text.startswith(starts) for text in recipes)


def _line_with(makefile: Makefile, name: str) -> int:
    return next((line.number for line in makefile.all_lines() if name in line.text), 1)


def _shell_options(makefile: Makefile, draft: Draft) -> str:
    """Return the line that sets what `.SHELLFLAGS` sets, for a shell that is one."""
    lines = makefile.all_lines()
    for line, text in assignments(lines, "SHELL"):
        words = text.partition("#")[0].split()
        if not words or words[-1].rpartition("/")[2] not in _SHELLS or len(words) > 2:
            draft.problem(f"{shown(makefile.path)}:{line.number}", f"the shell {named(text)} is not known")
    flags = assignments(lines, ".SHELLFLAGS")
    if len(flags) > 1 or any(line.text.strip().startswith("$") for line, _text in flags):
        draft.problem(f"{shown(makefile.path)}:{flags[1][0].number}", "it sets .SHELLFLAGS more than once")
    found = ["set +e"]
    for line, text in flags[:1]:
        found += _options(text.partition("#")[0].split(), f"{shown(makefile.path)}:{line.number}", draft)
    return "; ".join(found)


def _options(words: list[str], place: str, draft: Draft) -> list[str]:
    found = []
    while words:
        word = words.pop(0)
        letters = word[1:] if word.startswith("-") and not word.startswith("--") else "?"
        if letters.endswith("o") and words:
            found.append(f"set -o {words.pop(0)}")
            letters = letters[:-1]
        if any(letter not in _FLAGS for letter in letters) or not all(part.isascii() for part in found):
            draft.problem(place, f"the shell option {named(word)} is not known")
            continue
        found += [_FLAGS[letter] for letter in letters if _FLAGS[letter]]
    return [line for line in found if line.replace("-", "").replace(" ", "").isalpha() or "+e" in line]
