"""`driftaudit init`: a first configuration, from what can be seen of the repository and of the target."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from driftaudit.cli.main import shown, tell
from driftaudit.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from driftaudit.cli.output import Destination
    from driftaudit.detect.survey import Survey
    from driftaudit.repo import Repository

_FORMS = "user@host:/folder, ssh://user@host:port/folder, or a folder such as ./live"
_OF_THE_REPOSITORY = ("git", "worktree")

_EXIT_CODES = """\b
Exit codes:
  0  written    2  usage, repository, or the file is there already
                5  target unreachable"""


@click.command("init", epilog=_EXIT_CODES)
@click.argument("url", required=False)
@click.option(
    "--target", "name", metavar="NAME", default="production", show_default=True, help="What to call it."
)
@click.option(
    "--output", metavar="FILE", help="Left out: driftaudit.yml at the top of the repository. - prints it."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(url: str | None, name: str, output: str | None, force: bool) -> int:
    """Write a first driftaudit.yml for the place at URL that the repository is deployed to.

    URL is ssh://user@host:port/root, user@host:/root, or a folder. The names of its files are listed once,
    and compared with those of the repository; nothing is written there.
    """
    from driftaudit.cli.output import write
    from driftaudit.detect.document import document
    from driftaudit.repo import Repository

    if url is None:
        raise UsageError(
            "init has to know what is deployed to", f"Write driftaudit init URL, where URL is {_FORMS}."
        )
    repository = Repository.containing(Path.cwd())
    place = _destination(repository, output, force)
    folder = repository.top if place.is_standard_output else Path(place.file).absolute().parent
    url = _written_url(url, folder)
    _require_valid(name, url)
    found = _survey(repository, name, url, folder)
    write(place, document(found))
    _tell(found, place)
    return 0


def _destination(repository: "Repository", output: str | None, force: bool) -> "Destination":
    from driftaudit.cli.output import destinations
    from driftaudit.config.paths import shown_path
    from driftaudit.config.settings import FILE_NAMES

    names = [repository.top / name for name in FILE_NAMES]
    default = next((path for path in names if path.exists()), names[0])
    place = destinations(["text"], [output or str(default)])[0]
    if not place.is_standard_output and Path(place.file).exists() and not force:
        raise UsageError(
            f"{shown_path(Path(place.file))} is there already",
            "--force writes over it, --output FILE writes elsewhere, --output - prints.",
        )
    return place


def _written_url(url: str, folder: Path) -> str:
    """Return the address as it is to stand in a file of that folder. Raises UsageError where it is none."""
    from driftaudit.cli.words import is_path
    from driftaudit.sources.registry import scheme_of
    from driftaudit.sources.ssh.address import SSHAddress

    scheme = scheme_of(url)
    if scheme == "ssh":
        address = SSHAddress.parse(url)
        return url if _is_text(url) else address.url
    if scheme != "file":
        kind = (
            "the repository itself" if scheme in _OF_THE_REPOSITORY else f"a place that {scheme}:// leads to"
        )
        raise UsageError(f"{kind} is not deployed to", f"Write {_FORMS}.")
    path = Path(url.removeprefix("file://")).expanduser()
    if not path.exists() and not is_path(url) and "/" not in url:
        raise UsageError(f"there is no folder {url!r}", f"URL is {_FORMS}. A name for it goes to --target.")
    written = str(path) if path.is_absolute() else f"./{os.path.relpath(path, folder)}"
    if not _is_text(written):
        raise UsageError(
            "a folder whose name is not UTF-8 cannot stand in driftaudit.yml", "Reach it by a link."
        )
    return written.replace("./../", "../", 1) if written.startswith("./../") else written


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _require_valid(name: str, url: str) -> None:
    """Raise UsageError where the configuration would not be read again: before anything is connected to."""
    from driftaudit.config.settings_schema import SettingsModel
    from driftaudit.config.validation import validate
    from driftaudit.config.yaml_document import parse_document
    from driftaudit.detect.document import minimal_document

    text = minimal_document(name, url).encode("utf-8", "backslashreplace")
    try:
        validate(parse_document(text, "driftaudit.yml"), SettingsModel)
    except ConfigError as error:
        raise UsageError(
            f"--target {name!r} is no name for a target", "Letters, digits, '.', '_' and '-' make one."
        ) from error


def _survey(repository: "Repository", name: str, url: str, folder: Path) -> "Survey":
    from driftaudit.cli.progress import scan_progress
    from driftaudit.config.paths import is_local_path, local_path
    from driftaudit.detect.survey import survey
    from driftaudit.sources.registry import Setting, open_source

    place = local_path(url, folder) if is_local_path(url) else url
    with scan_progress(url) as progress:
        return survey(repository, name, url, open_source(place, Setting(lambda: repository)), progress)


def _tell(found: "Survey", place: "Destination") -> None:
    """Say what was found: on standard output, unless the configuration itself goes there."""
    from driftaudit.config.paths import shown_path
    from driftaudit.config.settings import find_settings

    for line in _warnings(found):
        tell(f"driftaudit: {line}")
    if place.is_standard_output:
        return
    file = Path(place.file)
    click.echo(f"Written: {shown(shown_path(file))}")
    for line in _findings(found):
        click.echo(f"  {line}")
    is_found = find_settings(Path.cwd()) == file.resolve()
    option = "" if is_found else f" --config {shown(shlex.quote(shown_path(file)))}"
    click.echo(f"Read it, then: driftaudit check {found.name}{option}")


def _findings(found: "Survey") -> Iterator[str]:
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    yield f"target   {found.name}, {printable(found.url)}, {count_of(found.files, 'file')}"
    for one in found.layout.placements:
        source = printable(one.source) if one.source else "the repository"
        destination = printable(one.destination) if one.destination else "the root"
        are = "is" if one.live == 1 else "are"
        files = count_of(one.files, "file")
        yield f"layout   {source} lies in {destination}: {one.live:,} of {files} {are} live"
    if found.releases:
        shared = ", ".join(printable(path) for path in found.releases.shared) or "nothing shared"
        yield f"deploy   release ({shared})"
    else:
        yield "deploy   not known: the worst is assumed until `deploy:` says how"
    for pack, path in found.packs.items():
        yield f"pack     {pack}, because of {printable(path)}"


def _warnings(found: "Survey") -> Iterator[str]:
    if not found.layout.pairs:
        yield "hardly a file of the repository was found there, so there is no `map:`; is it the right place?"
    if found.hidden:
        paths = "1 path" if found.hidden == 1 else f"{found.hidden} paths"
        yield f"{paths} could not be seen there: `driftaudit doctor` says which"
