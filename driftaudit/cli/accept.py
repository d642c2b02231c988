"""`driftaudit accept`: writes down that a difference is known and wanted, with whose word it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import shown
from driftaudit.config.waivers import NEVER
from driftaudit.errors import UsageError
from driftaudit.model.waiver import Waiver, WaiverState
from driftaudit.policy.waivers import content_of

if TYPE_CHECKING:
    from driftaudit.accept.choosing import Choice, Obstacle
    from driftaudit.audit import Examination
    from driftaudit.cli.options import Options
    from driftaudit.cli.target import Workplace
    from driftaudit.model.finding import Finding
    from driftaudit.policy.waivers import Waived

_DAYS = 90  # that a waiver holds where nothing is said
_MOST_NAMES = 50  # of one list, before folders are named instead
_FOLD_OVER = 5
_IN_FORCE = (WaiverState.ACTIVE, WaiverState.OVERRULED)
_ADVICE = "Let it be written to, or go where driftaudit.yml is your own."
_EXIT_CODES = """\b
Exit codes:
  0  written, or there already    5  source unreachable or cut off
  1  internal error             130  interrupted
  2  usage, configuration, or nothing there can be waived"""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is said of every waiver of one command."""

    reason: str
    owner: str
    expires: date | None
    permits_destroy: bool
    target: str

    def waiver(self, finding: "Finding") -> Waiver:
        return Waiver(
            path=finding.path,
            content=content_of(finding) or "",
            reason=self.reason,
            owner=self.owner,
            expires=self.expires,
            permits_destroy=self.permits_destroy,
            targets=(self.target,),
        )


@click.command("accept", epilog=_EXIT_CODES)
@options.target()
@click.argument("path", required=False)
@click.option(
    "--all", "everything", is_flag=True, help="All that warns or blocks: for an old server's first day."
)
@click.option(
    "--build-output",
    metavar="FOLDER",
    help="Keep a live folder, and let it count as an earlier build of ours.",
)
@click.option("--reason", metavar="TEXT", required=True, help="Why it is as it should be.")
@click.option("--owner", metavar="NAME", help="Who says so; git's user.name and user.email if left out.")
@click.option(
    "--expires", metavar="DATE", help=f"Its last day, like 2026-01-31, or never; {_DAYS} days if left out."
)
@click.option("--permits", type=click.Choice(["destroy"]), help="Let a deploy destroy it.")
@options.trees
@options.scanning
@options.configuration
@options.collected
def command(
    target: str,
    path: str | None,
    everything: bool,
    build_output: str | None,
    reason: str,
    owner: str | None,
    expires: str | None,
    permits: str | None,
    wanted: options.Options,
) -> int:
    """Waive what differs at PATH, a file or a folder, as it is now on TARGET.

    The target is audited as by `driftaudit check`, and a waiver is written to driftaudit-waivers.yml, beside
    driftaudit.yml. It is bound to the content: once that changes it is dead, and the report says so. It never
    lets a deploy destroy something, unless --permits destroy says that it may.

    With --build-output all files below FOLDER are kept in the repository by a ref, as `driftaudit rescue`
    does, and written down as an earlier build: beside a desired build they are then old, not edited.
    """
    from driftaudit.accept.choosing import normal_path
    from driftaudit.cli.target import Workplace

    _require_one_wish(path, everything, permits, build_output)
    workplace = Workplace(wanted)
    today = datetime.now(UTC).date()
    terms = _Terms(
        reason=_without_secrets(_said(reason, "--reason")),
        owner=_owner(workplace, owner),
        expires=_last_day(expires, today),
        permits_destroy=permits is not None,
        target=workplace.target(target).name,
    )
    if build_output is not None:
        if expires:
            raise UsageError("--build-output with --expires: a build stays one", "Leave --expires out.")
        folder = "" if build_output.strip("/") in ("", ".") else normal_path(build_output)
        _accept_build(workplace, wanted, terms, folder, today)
    else:
        _accept(workplace, wanted, terms, normal_path(path) if path else None, today)
    return 0


def _accept_build(workplace: "Workplace", wanted: "Options", terms: _Terms, folder: str, today: date) -> None:
    """Keep a live folder by a ref, write down that it was a build, and say so."""
    from driftaudit.accept.builds import with_build
    from driftaudit.cli.output import require_writable
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import begun_audit
    from driftaudit.config.paths import shown_path
    from driftaudit.keeping.build_output import keep_build
    from driftaudit.model.build import AcceptedBuild
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    place = require_writable(workplace.waivers_path, "waivers", _ADVICE)
    with begun_audit(workplace, terms.target, wanted) as request, scan_progress(terms.target) as progress:
        kept = keep_build(request, folder, progress)
    build = AcceptedBuild(folder, kept.commit, terms.reason, terms.owner, today, (terms.target,))
    is_new = _put(place, lambda text: with_build(text, build, shown_path(place)))
    what = count_of(kept.files, "file")
    done = "Kept" if kept.is_new else "Kept already"
    click.echo(f"{done}: {what} below {printable(folder) or 'the root'}, {kept.ref}")
    click.echo(f"{'Written' if is_new else 'Unchanged'}: {shown(shown_path(place))}")
    click.echo("It counts as an earlier build where the desired tree is a folder or an archive.")


def _accept(workplace: "Workplace", wanted: "Options", terms: _Terms, path: str | None, today: date) -> None:
    """Audit the target, write waivers for what is at a path (None for all that is loud), and say so."""
    from driftaudit.accept.choosing import chosen_all, chosen_at
    from driftaudit.audit import examine
    from driftaudit.cli.output import require_writable
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import begun_audit
    from driftaudit.config.waivers import for_target, load_waivers

    place = require_writable(workplace.waivers_path, "waivers", _ADVICE)
    with begun_audit(workplace, terms.target, wanted) as request, scan_progress(terms.target) as progress:
        policy = request.policy
        examined = examine(replace(request, policy=replace(policy, waivers=())), progress)
    findings, unseen = examined.audit.findings, examined.trees.unseen
    if path is None:
        uses = policy.waive(findings, unseen, today).uses
        choice = _without(chosen_all(findings), {use.waiver.path for use in uses if use.state in _IN_FORCE})
    else:
        choice = chosen_at(path, findings, examined.trees)
    is_new = _write(place, [terms.waiver(each) for each in choice.findings])
    _print(_written(choice, terms, place, is_new))
    after = replace(policy, waivers=for_target(load_waivers(place), terms.target))
    _print(_next_check(examined, after.waive(findings, unseen, today), choice, terms))


def _require_one_wish(
    path: str | None, everything: bool, permits: str | None, build_output: str | None
) -> None:
    if build_output is not None and (path or everything or permits):
        raise UsageError(
            "--build-output together with another wish", "driftaudit accept TARGET --build-output FOLDER"
        )
    if build_output is not None:
        return
    if everything and path:
        raise UsageError("--all and PATH at once", "Name a path, or accept all that warns or blocks.")
    if not everything and not path:
        raise UsageError(
            "what is to be accepted?", "driftaudit accept TARGET PATH, or --all for all that warns or blocks."
        )
    if everything and permits:
        raise UsageError(
            "--all with --permits: nobody has looked at each of them", "Name the path that may be destroyed."
        )


def _said(text: str, option: str) -> str:
    if not text.strip():
        raise UsageError(f"{option} says nothing", "Whoever reads the file later has to understand it.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{option} is not UTF-8", "Write it in UTF-8.") from None
    return text.strip()


def _owner(workplace: "Workplace", owner: str | None) -> str:
    repository = None if owner else workplace.repository_if_any()
    found = owner or (repository.person() if repository else "")
    if not found:
        raise UsageError("who accepts it?", "--owner NAME, or set git's user.name and user.email.")
    return _said(found, "--owner")


def _without_secrets(reason: str) -> str:
    """Return a reason as it may stand in a file that is committed, and in every report."""
    from driftaudit.differences.masking import without_secrets

    return without_secrets(reason)


def _last_day(text: str | None, today: date) -> date | None:
    if text is None:
        return today + timedelta(days=_DAYS)
    if text == NEVER:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise UsageError(
            f"--expires {text!r} is no date", f"Write the last day like 2026-01-31, or {NEVER}."
        ) from None
    if day < today:
        raise UsageError(f"--expires {text} has passed", f"It is {today} now, in UTC.")
    return day


def _without(choice: "Choice", known: set[str]) -> "Choice":
    return replace(choice, findings=tuple(each for each in choice.findings if each.path not in known))


def _write(place: Path, waivers: Sequence["Waiver"]) -> bool:
    """Write the waivers that the file has not yet; return whether there were any."""
    from driftaudit.accept.document import with_waivers
    from driftaudit.config.paths import shown_path

    return _put(place, lambda text: with_waivers(text, waivers, shown_path(place)))


def _put(place: Path, changed: "Callable[[str], str]") -> bool:
    """Write the file with what is new in it; return whether anything is."""
    from driftaudit.cli.output import whole_file

    old = place.read_bytes() if place.exists() else b""
    new = changed(old.decode("utf-8-sig")).encode("utf-8")
    if new == old:
        return False
    with whole_file(place, "waivers", _ADVICE) as stream:
        stream.write(new)
    return True


def _written(choice: "Choice", terms: _Terms, place: Path, is_new: bool) -> Iterator[str]:
    from driftaudit.config.paths import shown_path
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    number = count_of(len(choice.findings), "waiver")
    until = f"until {terms.expires}" if terms.expires else "for ever"
    if choice.findings:
        what = f"{number}, by {printable(terms.owner)}, {until}" if is_new else "it has all of it already"
        yield f"{'Written' if is_new else 'Unchanged'}: {shown(shown_path(place))}: {what}"
        yield from _names([finding.path for finding in choice.findings])
    else:
        yield "Nothing written: all that warns or blocks is waived already, or cannot be."
    for why, same in groupby(sorted(choice.obstacles, key=_why), key=_why):
        yield f"Not waived, since {why}:"
        yield from _names([obstacle.path for obstacle in same])


def _why(obstacle: "Obstacle") -> str:
    return obstacle.why


def _names(paths: Sequence[str]) -> Iterator[str]:
    from driftaudit.render.folding import folded
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    if len(paths) <= _MOST_NAMES:
        yield from (f"  {printable(path)}" for path in sorted(paths))
        return
    for fold in folded(sorted(paths), _FOLD_OVER, _MOST_NAMES):
        amount = f"  {count_of(len(fold.members), 'path')}" if fold.is_folder else ""
        yield f"  {printable(fold.path)}{'/' if fold.is_folder else ''}{amount}"


def _next_check(examined: "Examination", waived: "Waived", choice: "Choice", terms: _Terms) -> Iterator[str]:
    """Say what the same check would now answer, and what of it stands in spite of the waivers."""
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    decision = examined.decide(waived.findings)
    chosen = {finding.path for finding in choice.findings}
    overruled = [
        use.waiver.path
        for use in waived.uses
        if use.state is WaiverState.OVERRULED and use.waiver.path in chosen
    ]
    verdict = decision.verdict.value.upper()
    yield f"driftaudit check {printable(terms.target)} would now say: {verdict}  {printable(decision.reason)}"
    if overruled:
        what = count_of(len(overruled), "waiver does", "waivers do")
        yield f"{what} not lift what blocks or is not proven; only --permits destroy does:"
        yield from _names(overruled)


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)
