"""The options that several commands share, and what they say of a target as one value."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from driftaudit.cli import suggestions

# The formats of a report; those that end in 0 are paths alone, each ended by a NUL byte.
REPORTS = (
    "text",
    "json",
    "markdown",
    "html",
    "sarif",
    "junit",
    "combined",
    "github",
    "creates0",
    "overwrites0",
    "deletes0",
    "abandons0",
    "blocking0",
    "unseen0",
)

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of a target; empty where it says nothing."""

    config: str | None = None
    desired: str | None = None
    maps: tuple[str, ...] = ()
    deploy: str | None = None
    packs: tuple[str, ...] = ()
    no_cache: bool = False
    rehash: bool = False
    rate_limit: float | None = None
    deploy_command: str | None = None
    deploy_from: str | None = None
    probes: bool | None = None  # None: the command asks none

    @property
    def says_of_one_target(self) -> bool:
        """Whether it says of a target what its configuration says of it."""
        said = (self.desired, self.deploy, self.deploy_command, self.deploy_from)
        return bool(self.maps or self.packs) or any(text is not None for text in said)


def collected(function: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of a target that it has as one value, `wanted`."""
    names = {field.name for field in fields(Options)}

    @wraps(function)
    def command(*arguments: Any, **values: Any) -> int:
        said = {name: values.pop(name) for name in names & values.keys()}
        return function(*arguments, wanted=Options(**said), **values)

    return command


def target(name: str = "target", *, required: bool = True, metavar: str | None = None) -> Callable[[F], F]:
    """Return what adds the place of a tree, for which a shell offers the targets of driftaudit.yml."""
    return click.argument(name, required=required, metavar=metavar, shell_complete=suggestions.targets)


def configuration(function: F) -> F:
    """Add --config."""
    return click.option(
        "--config",
        metavar="FILE",
        help="The configuration, instead of the driftaudit.yml found upwards.",
        is_eager=True,  # known before a shell is offered the targets in it
        shell_complete=suggestions.files,
    )(function)


def trees(function: F) -> F:
    """Add what describes the desired tree and the deploy: as a method, a shell line, or a pipeline's file."""
    for option in reversed(
        (
            click.option(
                "--deploy",
                metavar="METHOD[:PATH,...]",
                help="replace, overlay, mirror, release or script; without it the worst is assumed.",
            ),
            click.option(
                "--deploy-command",
                metavar="TEXT",
                help="The shell line that deploys: it is read, and never run.",
            ),
            click.option(
                "--deploy-from",
                metavar="FILE[:JOB]",
                help="What deploys: a script of package.json, a target of a Makefile, a GitHub job.",
            ),
        )
    ):
        function = option(function)
    return desired_tree(function)


def packs(function: F) -> F:
    """Add --pack."""
    return click.option(
        "--pack",
        "packs",
        metavar="NAME",
        multiple=True,
        help="A rule pack; all that are shipped if left out.",
        shell_complete=suggestions.packs,
    )(function)


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
            packs,
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


def probes(function: F) -> F:
    """Add --no-probes, to a command that asks them."""
    return click.option(
        "--probes/--no-probes", default=True, help="Ask the configured probes, or leave them out."
    )(function)


def written_as(*names: str) -> Callable[[F], F]:
    """Return what adds where something is written, in which of these formats."""

    def add(function: F) -> F:
        for option in reversed(
            (
                click.option(
                    "--format",
                    "formats",
                    metavar="FORMAT",
                    type=click.Choice(names),
                    multiple=True,
                    help=f"{', '.join(names)}; repeatable, text if left out.",
                ),
                click.option(
                    "--output",
                    "outputs",
                    metavar="FILE",
                    multiple=True,
                    help="Where the nth format goes; - is standard output.",
                    shell_complete=suggestions.files,
                ),
            )
        ):
            function = option(function)
        return function

    return add


def reports(function: F) -> F:
    """Add where a report goes, and in which formats."""
    quiet = click.option("--quiet", is_flag=True, help="The verdict and what blocks, no more.")
    return written_as(*REPORTS)(quiet(function))


def history(function: F) -> F:
    """Add where the history lies."""
    return click.option(
        "--history",
        metavar="FILE|URL",
        help="The history, instead of the configured one; env:NAME for what a variable has.",
    )(function)


def outcome(function: F) -> F:
    """Add where the outcome of a command that is no audit goes: as text or JSON."""
    quiet = click.option("--quiet", is_flag=True, help="The outcome, no more.")
    return written_as("text", "json")(quiet(function))


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


def imports(function: F) -> F:
    """Add whether imports are looked into."""
    return click.option(
        "--no-structure", is_flag=True, help="Do not look whether what the program imports is there."
    )(function)


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
