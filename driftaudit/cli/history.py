"""`driftaudit history`: the runs that are stored, those under guard among them."""

from typing import TYPE_CHECKING

import click

from driftaudit.cli import options

if TYPE_CHECKING:
    from driftaudit.cli.target import Workplace
    from driftaudit.history.store import History
    from driftaudit.render.history import TargetHistory

_EXIT_CODES = """\b
Exit codes:
  0  listed            2  usage, configuration, or no history to be read
  1  internal error  130  interrupted"""


@click.command("history", epilog=_EXIT_CODES)
@click.argument("target", required=False)
@options.history
@options.outcome
@options.configuration
@options.collected
def command(
    target: str | None,
    history: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """List the runs of TARGET, or of every target, the newest last.

    They are those of `driftaudit report`, failed ones too, and those of `driftaudit guard`, with who has
    overridden what and why. `driftaudit report TARGET --run N` draws one again.
    """
    from driftaudit.cli.histories import opener, place_in
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.target import Workplace
    from driftaudit.render.history import FORMATS

    places = places_of(formats, outputs, FORMATS, "history")
    workplace = Workplace(wanted)
    place = place_in(workplace, history)
    if place.is_there:
        with opener(place)() as opened:
            found = _histories(workplace, opened, target)
    else:
        found = _histories(workplace, None, target)
    write_outcome(places, FORMATS, found, quiet)
    return 0


def _histories(workplace: "Workplace", history: "History | None", name: str | None) -> "list[TargetHistory]":
    from driftaudit.cli.histories import shown_url
    from driftaudit.cli.target import deployed_source
    from driftaudit.errors import DriftauditError, UsageError
    from driftaudit.guarding.place import place_of
    from driftaudit.guarding.state import state_folder
    from driftaudit.history.guard_runs import guarded_runs
    from driftaudit.model.history import StoredTarget
    from driftaudit.render.history import TargetHistory

    stored = {target.name: target for target in history.targets()} if history else {}
    configured = workplace.settings.targets if workplace.settings else {}
    names = [name] if name else sorted({*stored, *configured})
    guards = guarded_runs(state_folder() / "guard.jsonl")
    found = []
    for each in names:
        if each not in stored and each not in configured:
            workplace.target(each)  # which says what is wrong with the name
        settings = workplace.target(each) if each in configured else None
        try:
            place = place_of(deployed_source(workplace, settings)) if settings else ""
        except DriftauditError:
            place = ""
        target = stored.get(each) or StoredTarget(each, shown_url(settings) if settings else each)
        mine = tuple(run for run in guards if run.target == each and run.url in (place, target.url))
        runs = history.runs(each) if history else ()
        if runs or mine:
            found.append(TargetHistory(target, runs, mine))
    if name and not found:
        raise UsageError(f"no run of {name} is stored", f"Make one: driftaudit report {name}")
    return found
