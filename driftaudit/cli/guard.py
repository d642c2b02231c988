"""`driftaudit guard`: a deploy command that runs only if the check lets it."""

import getpass
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell
from driftaudit.errors import DriftauditError, UsageError
from driftaudit.model.guard_run import PROBE_WAIT, Person
from driftaudit.repo import Repository

if TYPE_CHECKING:
    from driftaudit.audit import AuditRequest, Examination
    from driftaudit.guarding.override import OverrideRequest

_EXIT_CODES = """\b
Exit codes:
  0  as planned, and well    5  source unreachable or cut off
  1  internal error          6  the command failed
  2  usage, or locked        7  not as planned, or not well
  3  blocked               130  interrupted
  4  incomplete evidence"""
_COMMAND = "driftaudit.command"
_SHELLS = ("bash", "dash", "ksh", "sh", "zsh")


class _WithCommand(click.Command):
    """Takes all that stands behind the first `--` as it is: the words of another command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Split the words, and read our own."""
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[_COMMAND] = tuple(args[at + 1 :])
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Say where the command stands."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


@click.command("guard", cls=_WithCommand, epilog=_EXIT_CODES)
@options.target(required=False)
@options.trees
@options.scanning
@options.probes
@options.imports
@options.reports
@click.option("--record", metavar="FILE", help="Where what happened goes, as JSON.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.0,
    help="How long to wait for another guard of this target; 0 if left out.",
)
@click.option(
    "--probe-wait",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=PROBE_WAIT,
    help=f"How long the application may take to be well afterwards; {PROBE_WAIT:g} if left out.",
)
@click.option(
    "--override", is_flag=True, help="Rescue every only copy, and run it although it does not pass."
)
@click.option("--reason", metavar="TEXT", help="Why it is overridden; goes into the history.")
@options.secrets_folder
@options.configuration
@click.pass_context
@options.collected
def command(
    ctx: click.Context,
    target: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    record: str | None,
    wait: float,
    probe_wait: float,
    override: bool,
    reason: str | None,
    secrets_folder: str | None,
    no_structure: bool,
    wanted: options.Options,
) -> int:
    """Run COMMAND if a check of TARGET passes, then see whether what it did is what was planned.

    Where probes are configured they are asked before and after; after a deploy they may take some time.

    The command gets our own input and output. No shell reads it: for one, write sh -c '...'. What guard says
    goes to standard error. --format and --output are for the report of the check. One guard runs at a time
    for a target; all runs are in a history in the state folder of the user.
    """
    from driftaudit.cli.output import Destination, require_writable, write
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.guarding.guard import GuardRequest, run_guard
    from driftaudit.guarding.signals import taken_signals
    from driftaudit.guarding.state import state_folder
    from driftaudit.render.guard import json, text

    words = _checked_command(ctx.meta[_COMMAND])
    overriding = _overriding(override, reason, secrets_folder)
    if record:
        require_writable(Path(record), "record", "Choose another --record FILE.")
    report = _Report(formats, outputs, quiet)
    workplace = Workplace(wanted)
    with taken_signals() as signals, begun_audit(workplace, target, wanted) as audit:
        request = GuardRequest(
            audit=replace(_as_run(audit, words), structure=not no_structure),
            command=words,
            shown=_shown(words),
            person=_person(workplace.repository_if_any()),
            folder=state_folder(),
            checked=report,
            override=overriding,
            wait=wait,
            probe_wait=probe_wait,
            waiting=lambda: tell(f"driftaudit: waiting up to {probe_wait:g} seconds for the application"),
        )
        try:
            run = run_guard(request, lambda: scan_progress(audit.target), signals)
        except DriftauditError:  # it is raised before the command alone
            tell("driftaudit: The command was not run.")
            raise
        tell(*(f"driftaudit: {line}" for line in text(run).splitlines()))
        if record:
            write(Destination("json", record), json(run))
    return int(run.exit_code)


def _as_run(audit: "AuditRequest", words: tuple[str, ...]) -> "AuditRequest":
    """Return the audit; where the command is not just the script, nobody knows what it is started with."""
    script = audit.intent.script if audit.intent else None
    if audit.intent is None or script is None or script.environment is None:
        return audit
    rest = words[1:] if Path(words[0]).name in _SHELLS else words
    is_line = rest[:1] == ("-c",) and rest[1:2] == (script.text,)
    if is_line or Path(rest[0] if rest else "").absolute() == Path(script.folder, script.name):
        return audit
    return replace(audit, intent=replace(audit.intent, script=replace(script, environment=None)))


class _Report:
    """Writes the report of the check: to files, or in short words to standard error, which is ours alone."""

    def __init__(self, formats: Sequence[str], outputs: Sequence[str], quiet: bool) -> None:
        from driftaudit.cli.output import destinations

        self._quiet = quiet
        self._places = destinations(formats, outputs) if formats or outputs else []
        if any(place.is_standard_output for place in self._places):
            raise UsageError(
                "standard output belongs to the command", "Give each --format an --output FILE of its own."
            )

    def __call__(self, request: "AuditRequest", examination: "Examination") -> None:
        from driftaudit.cli.output import render_options, terminal_width, write
        from driftaudit.render.base import RenderOptions
        from driftaudit.render.registry import FORMATS

        audit = examination.audit
        if any(place.format == "html" for place in self._places):
            from driftaudit.evidence.composer import with_evidence

            audit = with_evidence(request, examination)
        for place in self._places:
            write(place, FORMATS[place.format](audit, render_options(place, self._quiet)))
        short = self._quiet or bool(self._places)
        options = RenderOptions(width=terminal_width(sys.stderr), quiet=short)
        tell(*FORMATS["text"](audit, options).splitlines())


def _overriding(override: bool, reason: str | None, folder: str | None) -> "OverrideRequest | None":
    from driftaudit.guarding.override import OverrideRequest

    if override != bool(reason and reason.strip()):
        raise UsageError(
            "--override and --reason go together", 'Write, for example: --override --reason "Ticket 4711"'
        )
    if not reason:
        return None
    from driftaudit.differences.masking import without_secrets

    return OverrideRequest(without_secrets(reason), options.folder_for_secrets(folder))


def _checked_command(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        raise UsageError(
            "there is no command to run",
            "It stands behind two dashes: driftaudit guard TARGET -- ./deploy.sh",
        )
    if not words[0] or shutil.which(words[0]) is None:
        raise UsageError(
            f"there is no command {words[0]!r}", "For a line of shell write: -- sh -c 'cd ... && ...'"
        )
    return words


def _shown(words: Sequence[str]) -> str:
    """Return the command without what looks like a secret, in it or in lines that it holds."""
    from driftaudit.differences.masking import masked

    return "\n".join(masked(shlex.join(words).splitlines(), "command.sh"))


def _person(repository: Repository | None) -> Person:
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        login = str(os.getuid())
    return Person(login, repository.person() if repository else "")
