"""`driftaudit demo`: the incident, replayed on two folders that it makes itself."""

import shlex
import shutil
import sys
from itertools import chain, count
from pathlib import Path

import click

from driftaudit.cli.main import shown

_NAME = "driftaudit-demo"


@click.command("demo")
@click.option(
    "--directory",
    metavar="FOLDER",
    help=f"Where to make it. Left out: {_NAME}, or {_NAME}-2 and so on where that is there.",
)
def command(directory: str | None) -> int:
    """Replay the incident that this tool exists for.

    Makes a repository with a history and a production folder that was edited by hand, checks the deploy
    that once destroyed it, then the same deploy as an overlay, and writes the reports. No network, no server.
    """
    from driftaudit.cli.output import Destination, render_options, write
    from driftaudit.incident import build_incident
    from driftaudit.render.registry import FORMATS

    folder = _fresh_folder(directory)
    incident = build_incident(folder)
    _say("3 November, 18:39. Production runs an old commit, and was edited by hand. About to be deployed:")
    _say("    rm -rf src && tar xzf api-src-full.tar.gz", "    $ driftaudit check production")
    blocked = _audit(incident.repository, None)
    screen = Destination("text", "-")
    write(screen, FORMATS["text"](blocked, render_options(screen, quiet=False)))
    _say("", "The same files unpacked over what is there, nothing removed first:")
    _say("    $ driftaudit check production --deploy overlay")
    overlay = _audit(incident.repository, "overlay")
    write(screen, FORMATS["text"](overlay, render_options(screen, quiet=False)))
    for name, file in (("html", "report.html"), ("markdown", "report.md")):
        place = Destination(name, str(folder / file))
        write(place, FORMATS[name](blocked, render_options(place, quiet=False)))
    _say(
        "",
        f"The report of the first check: {folder / 'report.html'}",
        f"                     and {folder / 'report.md'}",
    )
    _say(f"Go on yourself: cd {shlex.quote(str(incident.repository))} && {_program()} check production")
    return 0


def _audit(repository: Path, deploy: str | None):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from driftaudit.audit import examine
    from driftaudit.cli.options import Options
    from driftaudit.cli.target import Workplace, audit_request
    from driftaudit.evidence.composer import with_evidence

    wanted = Options(deploy=deploy, no_cache=True)
    request = audit_request(Workplace(wanted, repository), "production", wanted)
    request = replace(request, structure=True)
    return with_evidence(request, examine(request))


def _program() -> str:
    """Return the word that starts this program in a shell: an environment need not be on the PATH."""
    return "driftaudit" if shutil.which("driftaudit") else f"{shlex.quote(sys.executable)} -m driftaudit"


def _fresh_folder(directory: str | None) -> Path:
    """Make a folder that was not there: nothing that is there is touched, were it of an earlier demo."""
    from driftaudit.errors import UsageError

    names = [directory] if directory else chain([_NAME], (f"{_NAME}-{number}" for number in count(2)))
    for name in names:
        folder = Path(name).absolute()
        if not folder.parent.is_dir():
            advice = f"Make it: mkdir -p {shlex.quote(str(folder.parent))}"
            raise UsageError(f"there is no folder {folder.parent}", advice)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                f"the folder {folder} could not be made: {error.strerror}",
                "Choose another place: --directory FOLDER",
            ) from error
        return folder
    raise UsageError(
        f"{Path(str(directory)).absolute()} is there already", "Choose another: --directory FOLDER"
    )


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(shown(line))
