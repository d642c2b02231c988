"""All that is known of one path, on one page."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from driftaudit.model.commit import CommitFacts
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.explanation import Explanation
from driftaudit.model.finding import Action, Finding, Origin, Severity, Sighting, Similar
from driftaudit.render import diff as diff_of
from driftaudit.render import explanation_json
from driftaudit.render.base import RenderOptions
from driftaudit.render.printable import printable
from driftaudit.render.secrecy import without_secrets
from driftaudit.render.shell_words import path_word, shell_word
from driftaudit.render.story import live_commit, moved_folder
from driftaudit.render.wording import count_of, size_of

if TYPE_CHECKING:
    from rich.text import Text

Fact = tuple[str, tuple[str, ...]]
"""A name, and lines that are fit to be shown."""

_ORIGINS = {
    Origin.MISSING: "the desired tree has it, and it is not there",
    Origin.STALE: "an older version, committed at this path",
    Origin.AHEAD: "committed at this path, but in no ancestor of the desired commit",
    Origin.HOTFIX: "never committed, at a path that is desired: edited by hand",
    Origin.LEFTOVER: "committed at this path once, and dropped since",
    Origin.MOVED: "byte for byte at another path of the desired tree",
    Origin.FOREIGN: "committed, but never at this path",
    Origin.UNKNOWN: "never committed, and the path is not desired",
    Origin.VARIANT: "the desired content, but for mode, line endings or the like",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDENT = 2


def render(explanation: Explanation, options: RenderOptions) -> str:
    """Return the page, the difference of the contents last."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from driftaudit.render.console import drawing_console

    console = drawing_console(colour=options.colour, width=options.width)
    grid = Table.grid(padding=(0, _INDENT, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, lines in facts(explanation):
        for number, line in enumerate(lines):
            grid.add_row(Text("" if number else name, "dim"), Text(line))
    with console.capture() as drawn:
        console.print(_title(explanation), soft_wrap=True)
        console.print(Padding.indent(grid, _INDENT))
    page = "\n".join(line.rstrip() for line in drawn.get().splitlines())
    return f"{page}\n\n{diff_of.render(explanation.diff, options)}"


def _title(explanation: Explanation) -> "Text":
    from rich.text import Text

    target = printable(explanation.audit.target)
    return Text.assemble((printable(explanation.path), "bold"), ("  on ", "dim"), (target, "dim"))


def facts(explanation: Explanation) -> Iterator[Fact]:
    """Yield what there is to say, in the order in which it is read."""
    finding = explanation.finding and without_secrets(explanation.finding)
    live, desired = (finding.change.deployed, finding.change.desired) if finding else _sides(explanation)
    yield "live", (_entry(live),)
    yield "desired", (_entry(desired),)
    if explanation.repository_paths != (explanation.path,):
        where = ", ".join(map(printable, explanation.repository_paths))
        yield "repository", (where or "no mapping leads here",)
    if finding is None:
        yield "judgement", (_of_none(explanation),)
    else:
        yield from _of_finding(explanation, finding)
    for problem in explanation.problems:
        yield "not seen", (printable(f"{problem.kind.value}: {problem.detail}"),)
    commit = live_commit(explanation.audit)
    if commit:
        yield "live commit", commit
    yield from _next(explanation, finding)


def _of_none(explanation: Explanation) -> str:
    if not explanation.below:
        return "both sides are alike"
    what = count_of(explanation.below, "path differs", "paths differ")
    target, path = _words(explanation)
    return f"a folder below which {what}: driftaudit diff {target}{f' {path}' if explanation.path else ''}"


def _sides(explanation: Explanation) -> tuple[Entry | None, Entry | None]:
    live, desired = explanation.live, explanation.desired
    return live and live.without_content(), desired and desired.without_content()


def _of_finding(explanation: Explanation, finding: Finding) -> Iterator[Fact]:
    provenance = finding.provenance
    yield "origin", (f"{provenance.origin.value}: {_ORIGINS[provenance.origin]}",)
    if finding.change.aspects and finding.change.desired and finding.change.deployed:
        yield "differs in", (", ".join(aspect.value for aspect in finding.change.aspects),)
    if finding.labels:
        yield "labels", (printable(", ".join(finding.labels)),)
    yield "the deploy", (f"{finding.action.value}s it",)
    at = f" ({printable(explanation.rule_at)})" if explanation.rule_at else ""
    judged = f"{finding.severity.value}, by {printable(finding.rule)}{at}"
    yield "judgement", (judged, printable(finding.reason))
    if provenance.sightings:
        yield "committed", tuple(line for each in provenance.sightings for line in _sighting(each))
    if explanation.versions:
        yield "most like", tuple(map(_version, explanation.versions))
    if provenance.removed_in:
        yield "removed", (_commit(provenance.removed_in),)
    if provenance.moved_to is not None:
        yield "moved to", (printable(provenance.moved_to),)
    if explanation.moved_folder:
        yield "folder", (printable(moved_folder(explanation.moved_folder)),)
    copies = [f"{each.kind} {each.where}{'' if each.safe else ', not safe'}" for each in provenance.copies]
    if copies or finding.action.destroys:
        yield "copies", tuple(map(printable, copies)) or (_no_copy(finding),)
    for use in explanation.waivers:
        yield "waiver", (printable(f"{use.state.value}: {use.waiver.reason} ({use.waiver.where})"),)


def _no_copy(finding: Finding) -> str:
    return {
        "true": "not needed",
        "false": "none: it exists nowhere else",
        "unsafe": "none that is safe",
        "unproven": "it cannot be told",
    }[finding.provenance.recoverable.value]


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return "nothing"
    words = [entry.kind.value]
    if entry.kind is not Kind.DIRECTORY:
        words.append(f"mode {entry.mode}")
    if entry.size is not None:
        words.append(size_of(entry.size))
    if entry.modified_ns is not None:
        words.append(f"changed {_moment(entry.modified_ns)}")
    if entry.owner:
        words.append(f"owner {entry.owner}")
    if entry.permissions is not None:
        words.append(f"permissions {entry.permissions:04o}")
    if entry.link_target is not None:
        words.append(f"links to {entry.link_target}")
    if entry.digest:
        words.append(f"blob {entry.digest}")
    return printable(", ".join(words))


def _moment(nanoseconds: int) -> str:
    try:
        return f"{_EPOCH + timedelta(microseconds=nanoseconds // 1000):%Y-%m-%d %H:%M} UTC"
    except OverflowError:  # a file system can claim any year
        return "at an impossible time"


def _commit(commit: CommitFacts) -> str:
    day = f"{commit.committed_at:%Y-%m-%d %H:%M}"
    return printable(f"{commit.oid[:12]}  {day}  {commit.author}  {commit.subject}")


def _sighting(sighting: Sighting) -> Iterator[str]:
    yield printable(f"as {sighting.path}")
    yield f"  first  {_commit(sighting.oldest)}"
    if sighting.newest != sighting.oldest:
        yield f"  last   {_commit(sighting.newest)}"
    if not sighting.is_older:
        yield f"  on     {printable(', '.join(sighting.branches)) or 'no branch or tag'}"


def _version(similar: Similar) -> str:
    what = f"{similar.likeness:4.0%}, +{similar.added} -{similar.removed} lines, "
    if similar.is_desired:
        return f"{what}what is desired as {printable(similar.path)}"
    return f"{what}{_commit(similar.newest) if similar.newest else ''}  {printable(similar.path)}"


def _next(explanation: Explanation, finding: Finding | None) -> Iterator[Fact]:
    """Yield what to do next, as commands that can be copied."""
    if finding is None:
        return
    target, path = _words(explanation)
    origin, is_open = finding.provenance.origin, "secret" not in finding.labels
    lines: list[str] = []
    if finding.severity is Severity.BLOCK and is_open:
        lines.append(f"driftaudit rescue {target}     # a copy of it, in this repository")
    if origin in (Origin.HOTFIX, Origin.UNKNOWN) and is_open:
        lines.append(f"driftaudit reconcile {target}  # what is live as a commit, for git merge")
    if origin is Origin.AHEAD:
        lines += [
            f"git merge {shell_word(branch)}"
            for each in finding.provenance.sightings[:1]
            for branch in each.branches[:1]
        ]
    if finding.severity in (Severity.BLOCK, Severity.WARN) and finding.change.deployed and is_open:
        lines.append(f"driftaudit accept {target} {path} --reason REASON")
    if finding.severity is Severity.BLOCK and not is_open:
        lines.append(f"driftaudit rescue {target}  # a copy of it, in the folder for secrets")
        lines.append("take it out of the deploy: `deploy:` in driftaudit.yml")
    if not lines:
        lines.append("nothing" if finding.action is Action.KEEP else "nothing: the deploy puts it right")
    yield "next", tuple(lines)


def _words(explanation: Explanation) -> tuple[str, str]:
    """Return target and path as words of a command line."""
    return shell_word(explanation.audit.target), path_word(explanation.path)


FORMATS: Mapping[str, Callable[[Explanation, RenderOptions], str]] = {
    "text": render,
    "json": explanation_json.render,
}
