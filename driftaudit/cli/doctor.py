"""`driftaudit doctor`: why a check would not get as far as a verdict, and what to do about it."""

from collections.abc import Iterable, Iterator

import click

from driftaudit.cli import options
from driftaudit.doctor.checks import Check, Outcome

_MARKS = {
    Outcome.OK: ("ok", "green"),
    Outcome.WARN: ("warn", "yellow"),
    Outcome.FAIL: ("FAIL", "red"),
    Outcome.SKIPPED: ("-", "bright_black"),
}
_MARK_WIDTH = max(len(mark) for mark, _colour in _MARKS.values())
_NAME_WIDTH = 14  # columns: "configuration" and a blank

_EXIT_CODES = """\b
Exit codes:
  0  ready, perhaps with warnings   4  permissions hide something
  2  configuration or repository    5  unreachable, refused, or absent"""


@click.command("doctor", epilog=_EXIT_CODES)
@options.target(required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text if left out."
)
@options.configuration
def command(target: str | None, form: str, config: str | None) -> int:
    """Show step by step what `check` needs: configuration, repository, connection, permissions.

    TARGET is a name from driftaudit.yml, ssh://user@host:port/root, user@host:/root, or a folder. One
    connection is made, and nothing is written on the host.

    JSON has `target`, `exit_code`, and in `checks` the name, outcome (ok, warn, fail, skipped), detail and
    advice of each.
    """
    from driftaudit.cli.options import Options
    from driftaudit.cli.output import Destination, render_options
    from driftaudit.cli.target import Workplace, audit_request
    from driftaudit.doctor.checks import overall
    from driftaudit.doctor.examination import Questions, examine

    wanted = Options(config=config)
    workplace = Workplace(wanted)
    questions = Questions(
        settings=lambda: workplace.settings,
        target=lambda: workplace.target(target),
        repository=lambda: workplace.repository,
        request=lambda: audit_request(workplace, target, wanted),
    )
    colour = render_options(Destination("text", "-"), quiet=False).colour
    checks = []
    for check in examine(questions):
        checks.append(check)
        if form == "text":
            _say("\n".join(_lines(check, colour)))
    _say(_json(target, checks) if form == "json" else _summary(target, checks))
    return int(overall(checks))


def _say(text: str) -> None:
    from driftaudit.cli.output import Destination, write

    write(Destination("text", "-"), f"{text}\n")


def _lines(check: Check, colour: bool) -> Iterator[str]:
    mark, tint = _MARKS[check.outcome]
    shown = click.style(f"{mark:<{_MARK_WIDTH}}", fg=tint, bold=True) if colour else f"{mark:<{_MARK_WIDTH}}"
    first, *more = check.detail.split("\n")
    indent = " " * (_MARK_WIDTH + 2 + _NAME_WIDTH)
    yield f"{shown}  {check.name:<{_NAME_WIDTH}}{_visible(first)}"
    for line in more:
        yield f"{indent}{_visible(line)}"
    if check.advice:
        yield f"{indent}-> {_visible(check.advice)}"


def _visible(line: str) -> str:
    """Return a line with nothing hidden in it, and its backslashes as they are: it may hold a command."""
    from driftaudit.render.printable import is_visible, printable

    return "".join(
        character if character in "\\ " or is_visible(character) else printable(character)
        for character in line
    )


def _summary(target: str | None, checks: Iterable[Check]) -> str:
    command = f"driftaudit check {_visible(target)}" if target else "driftaudit check"
    outcomes = [check.outcome for check in checks]
    failures, warnings = outcomes.count(Outcome.FAIL), outcomes.count(Outcome.WARN)
    if failures:
        return "\nNot ready: mend what failed, then run it again."
    if warnings:
        return f"\nReady, with {warnings} {'warning' if warnings == 1 else 'warnings'}: {command}"
    return f"\nReady: {command}"


def _json(target: str | None, checks: Iterable[Check]) -> str:
    import json

    from driftaudit import __version__
    from driftaudit.doctor.checks import overall

    checks = list(checks)
    rows = [
        {"name": check.name, "outcome": check.outcome, "detail": check.detail, "advice": check.advice}
        for check in checks
    ]
    report = {
        "schema": "driftaudit/doctor/v1",
        "tool": f"driftaudit {__version__}",
        "target": target,
        "exit_code": int(overall(checks)),
        "checks": rows,
    }
    return json.dumps(report, indent=2)
