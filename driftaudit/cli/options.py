"""The options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_FORMATS = ("text", "json", "markdown", "html")


def configuration(function: F) -> F:
    """Add --config."""
    return click.option(
        "--config", metavar="FILE", help="The configuration, instead of the driftaudit.yml found upwards."
    )(function)


def trees(function: F) -> F:
    """Add what describes the desired tree and the deploy."""
    deploy = click.option(
        "--deploy",
        metavar="METHOD[:PATH,...]",
        help="replace, overlay, mirror or release; without it the worst is assumed.",
    )
    return desired_tree(deploy(function))


def deploy_script(function: F) -> F:
    """Add the deploy as the shell line that does it, or as the file of a pipeline that holds it."""
    line = click.option(
        "--deploy-command",
        metavar="TEXT",
        help="The shell line that deploys: it is read, and never run.",
    )
    form = click.option(
        "--deploy-from",
        metavar="FILE[:JOB]",
        help="A script of package.json, a target of a Makefile, or a job of GitHub Actions that deploys.",
    )
    return line(form(function))


def desired_tree(function: F) -> F:
    """Add what describes the desired tree."""
    for option in reversed(
        (
            click.option(
                "--desired",
                metavar="REVISION|PATH",
                help="What the deploy would bring; a path begins with ./, ../ or /",
            ),
            click.option(
                "--map",
                "maps",
                metavar="FROM:TO",
                multiple=True,
                help="Repository path to path under the root.",
            ),
            click.option(
                "--pack",
                "packs",
                metavar="NAME",
                multiple=True,
                help="A rule pack; all that are shipped if left out.",
            ),
        )
    ):
        function = option(function)
    return function


def scanning(function: F) -> F:
    """Add how the trees are read."""
    for option in reversed(
        (
            click.option("--no-cache", is_flag=True, help="Use nothing that an earlier run remembered."),
            click.option("--rehash", is_flag=True, help="Read everything anew, and remember that instead."),
            click.option(
                "--rate-limit",
                metavar="MB",
                type=click.FloatRange(min=0, min_open=True),
                help="Read no more than so many megabytes a second on the target.",
            ),
        )
    ):
        function = option(function)
    return function


def reports(function: F) -> F:
    """Add where a report goes, and in which formats."""
    for option in reversed(
        (
            click.option(
                "--format",
                "formats",
                type=click.Choice(_FORMATS),
                multiple=True,
                help="Repeatable; text if left out.",
            ),
            click.option(
                "--output",
                "outputs",
                metavar="FILE",
                multiple=True,
                help="Where the nth format goes; - is standard output.",
            ),
            click.option("--quiet", is_flag=True, help="The verdict and what blocks, no more."),
        )
    ):
        function = option(function)
    return function


def outcome(function: F) -> F:
    """Add where the outcome of a command that is no audit goes: as text or JSON."""
    for option in reversed(
        (
            click.option(
                "--format",
                "formats",
                type=click.Choice(("text", "json")),
                multiple=True,
                help="Repeatable; text if left out.",
            ),
            click.option(
                "--output",
                "outputs",
                metavar="FILE",
                multiple=True,
                help="Where the nth format goes; - is standard output.",
            ),
            click.option("--quiet", is_flag=True, help="The outcome, no more."),
        )
    ):
        function = option(function)
    return function


def secrets_folder(function: F) -> F:
    """Add where rescued secrets go."""
    return click.option(
        "--secrets-folder",
        metavar="FOLDER",
        help="Where secrets go: a folder that only you can look into, and not in the repository.",
    )(function)


def folder_for_secrets(text: str | None) -> Path:
    """Return where rescued secrets go: what the option says, else a folder of the user's."""
    import platformdirs

    return Path(text) if text else platformdirs.user_data_path("driftaudit") / "rescued"


def receipt(function: F) -> F:
    """Add the receipt of a check."""
    for option in reversed(
        (
            click.option("--receipt", metavar="FILE", help="Where a receipt goes, for driftaudit verify."),
            click.option(
                "--receipt-expires",
                metavar="MINUTES",
                type=click.FloatRange(min=0, min_open=True, max=60 * 24 * 365),
                default=15.0,
                help="For how long it counts; 15 if left out.",
            ),
        )
    ):
        function = option(function)
    return function
