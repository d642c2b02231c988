"""What does not resolve, and how the folders lie side by side, for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from driftaudit.model.finding import Severity
from driftaudit.model.structure import (
    FolderMapping,
    FolderState,
    Structure,
    StructureFinding,
    StructureKind,
    TreeImports,
)
from driftaudit.render import structure_json
from driftaudit.render.base import RenderOptions
from driftaudit.render.folder_words import MOVES, STATES, figures_of, place_of
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

if TYPE_CHECKING:
    from rich.tree import Tree

_MOST = 40  # lines of a section
_TITLES = {
    StructureKind.WOULD_BREAK: "Would break",
    StructureKind.MISSING_MODULE: "Missing now",
    StructureKind.NOT_INSTALLED: "Declared, not installed",
}


def render(structure: Structure, options: RenderOptions) -> str:
    """Return what would break, what is missing, what could not be told, the folders; the outcome last."""
    lines = [] if options.quiet else list(_details(structure, options))
    return "\n".join([*lines, outcome(structure)]) + "\n"


def _details(structure: Structure, options: RenderOptions) -> Iterator[str]:
    yield f"live            {_figures(structure.deployed)}"
    yield f"after a deploy  {_figures(structure.planned)}"
    for kind, title in _TITLES.items():
        rows = [finding for finding in structure.findings if finding.kind is kind]
        yield from _section(title, [line for finding in rows for line in _finding(finding)], len(rows))
    untold = [
        f"{printable(each.importer)}:{each.line}  {printable(each.module)}  {printable(each.why)}"
        for each in structure.untold
    ]
    yield from _section("Could not be told", untold, len(untold))
    unread = [f"{printable(each.path)}  {printable(each.why)}" for each in structure.unread]
    yield from _section("Not read", unread, len(unread))
    if structure.folders:
        yield ""
        yield "Folders: live, and what they are in the desired tree"
        yield from _folders(structure.folders, options)
        yield ""


def _figures(tree: TreeImports) -> str:
    return (
        f"{count_of(tree.files, 'source')}, {count_of(tree.imports, 'import')}, "
        f"of which {tree.resolved} are known to resolve"
    )


def _section(title: str, lines: Sequence[str], count: int) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"{title} ({count})"
    yield from (f"  {line}" for line in lines[:_MOST])
    if len(lines) > _MOST:
        yield f"  … and {len(lines) - _MOST} more lines; --format json has all"


def _finding(finding: StructureFinding) -> Iterator[str]:
    mark = "" if finding.severity is not Severity.BLOCK else "  blocks"
    yield f"{line_of(finding)}  {printable(finding.module)}{mark}"
    if finding.cause is not None:
        yield f"    {printable(finding.cause)}"
    yield f"    {printable(finding.reason)} ({finding.rule})"


def line_of(finding: StructureFinding) -> str:
    """Return the line that imports, as editors know it."""
    return f"{printable(finding.importer)}:{finding.line}"


def outcome(structure: Structure) -> str:
    """Return the sentence that says what was found."""
    counted = [
        (StructureKind.WOULD_BREAK, "{} would break"),
        (StructureKind.MISSING_MODULE, "{} not there now"),
        (StructureKind.NOT_INSTALLED, "{} not installed"),
    ]
    parts = []
    for kind, words in counted:
        number = sum(finding.kind is kind for finding in structure.findings)
        noun = "package" if kind is StructureKind.NOT_INSTALLED else "import"
        if number:
            parts.append(words.format(count_of(number, noun)))
    gaps = [(len(structure.untold), "import"), (len(structure.unread), "source")]
    untold = " and ".join(count_of(number, noun) for number, noun in gaps if number)
    found = ", ".join(parts) or ("All that can be told resolves" if untold else "All resolves")
    return f"{found}; of {untold} it could not be told." if untold else f"{found}."


def _folders(folders: Sequence[FolderMapping], options: RenderOptions) -> Iterator[str]:
    from driftaudit.render.console import drawing_console

    console = drawing_console(colour=options.colour, width=options.width)
    with console.capture() as drawn:
        console.print(_tree(folders))
    yield from (line.rstrip() for line in drawn.get().splitlines())


def _tree(folders: Sequence[FolderMapping]) -> "Tree":
    """Return the folders as a tree, those that are the same only where something below differs."""
    from rich.text import Text
    from rich.tree import Tree

    shown = _shown(folders)
    rows = {place_of(folder): folder for folder in folders}
    top = Tree(Text(_line("/", rows.get(""))), guide_style="dim")
    branches: dict[str, Tree] = {"": top}
    for path in sorted(shown - {""}, key=lambda path: path.split("/")):
        above = path.rpartition("/")[0]
        while above not in branches:
            above = above.rpartition("/")[0]
        name = path[len(above) + 1 :] if above else path
        branches[path] = branches[above].add(Text(_line(printable(name) + "/", rows.get(path))))
    left_out = sum(folder.state is FolderState.SAME for folder in folders if place_of(folder) not in shown)
    if left_out:
        top.add(Text(f"and {count_of(left_out, 'folder')} more that are the same", "dim"))
    return top


def _shown(folders: Iterable[FolderMapping]) -> set[str]:
    found = {""}
    for folder in folders:
        path = place_of(folder) if folder.state is not FolderState.SAME else ""
        while path:
            found.add(path)
            path = path.rpartition("/")[0]
    return found


def _line(name: str, folder: FolderMapping | None) -> str:
    if folder is None:
        return name
    to = f" to {printable(folder.desired or '')}/" if folder.state in MOVES else ""
    figures = figures_of(folder)
    joint = ": " if folder.state is FolderState.DIFFERENT else ", "
    return f"{name}  {STATES[folder.state]}{to}{joint if figures else ''}{figures}"


FORMATS: Mapping[str, Callable[[Structure, RenderOptions], str]] = {
    "text": render,
    "json": structure_json.render,
}
