"""`driftaudit probe`: process manager, socket and HTTP side by side."""

import time
from datetime import UTC, datetime

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  all is well            4  it could not be told
  1  internal error         5  host unreachable or cut off
  2  usage, configuration 130  interrupted
  3  not well"""


@click.command("probe", epilog=_EXIT_CODES)
@click.argument("target", required=False)
@options.packs
@options.outcome
@options.configuration
@options.collected
def command(
    target: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Ask the probes of TARGET, and say what they tell side by side.

    They stand in driftaudit.yml under `probes:` and are asked as the host sees it: 127.0.0.1 is the host's.
    Nothing is started or written there, but for the commands that the configuration itself names.
    """
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.target import Workplace, policy_of, probe_request
    from driftaudit.errors import UsageError
    from driftaudit.model.probe import ProbeReport
    from driftaudit.probes.asking import Prober
    from driftaudit.render.probe import FORMATS

    places = places_of(formats, outputs, FORMATS, "probe")
    workplace = Workplace(wanted)
    settings = workplace.target(target)
    request = probe_request(workplace, settings, policy_of(workplace, settings, wanted))
    if request is None:
        raise UsageError(
            f"no probe is configured for {settings.name}",
            "Write, for example, `probes: [{tcp: 127.0.0.1:3000}]` under the target in driftaudit.yml.",
        )
    started_at, started = datetime.now(UTC), time.monotonic()
    prober = Prober(request)
    try:
        prober.connect()
        health = prober.look().health
    finally:
        prober.forget()
    report = ProbeReport(settings.name, request.shown, started_at, time.monotonic() - started, health)
    write_outcome(places, FORMATS, report, quiet)
    return int(report.exit_code)
