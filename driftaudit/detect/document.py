"""A first driftaudit.yml, every line of it explained."""

from collections.abc import Iterator, Sequence

from driftaudit.detect.survey import Survey
from driftaudit.render.printable import printable
from driftaudit.render.yaml_text import scalar

_NAMED = 5  # paths that a comment names

# Examples: each becomes a `deploy:` that is read when the marks of comment before it are taken away.
_METHODS = """\
deploy:
  method: replace             # rm -rf src && tar xzf build.tar.gz: the paths are removed, then unpacked
  paths: [src]
deploy:
  method: overlay             # tar xzf, scp, cp: unpacked over what is there, nothing is removed
deploy:
  method: mirror              # rsync --delete
  exclude: ["/uploads/"]      # its --exclude patterns
deploy:
  method: release             # a new folder for each release, and a link that is moved to it
  shared: [uploads]           # what is linked into each of them
"""


def document(survey: Survey) -> str:
    """Return the text of a configuration with one target."""
    lines = [
        "# What is deployed where, and how. Written by `driftaudit init`: correct what is wrong in it.",
        f"# `driftaudit check {survey.name}` says what a deploy would destroy, before it does.",
        "version: 1",
        "targets:",
        f"  {scalar(survey.name)}:",
        *_indented(4, [*_url(survey), *_desired(survey), *_deploy(survey), *_packs(survey)]),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def minimal_document(name: str, url: str) -> str:
    """Return a configuration with nothing in it but a target's name and address."""
    return f"version: 1\ntargets:\n  {scalar(name)}:\n    url: {scalar(url)}\n"


def _url(survey: Survey) -> Iterator[str]:
    if survey.releases and survey.releases.below:
        yield f"# `current` there is a link to {printable(survey.releases.below)}: that is what is live."
    yield f"url: {scalar(survey.url)}"


def _desired(survey: Survey) -> Iterator[str]:
    yield "desired:"
    yield from _indented(
        2, [_with_comment("revision: HEAD", "the commit that is checked out when `check` runs")]
    )
    yield from _indented(2, _map(survey))


def _map(survey: Survey) -> Iterator[str]:
    layout = survey.layout
    if not layout.pairs:
        yield "# Hardly a file of the repository was found there, so nothing is known of the layout. If the"
        yield "# repository, or a folder of it, belongs there, say so (repository path: path under the root):"
        yield from ("# map:", "#   api: .")
        return
    for placement in layout.placements:
        source, place = (
            _folder(placement.source, "the repository"),
            _folder(placement.destination, "the root"),
        )
        yield f"# {placement.live} of the {placement.files} files of {source} are live in {place}."
    if layout.absent:
        more = f" and {len(layout.absent) - _NAMED} more" if len(layout.absent) > _NAMED else ""
        yield f"# Not there: {', '.join(printable(path) for path in layout.absent[:_NAMED])}{more}."
    if layout.is_identity:
        yield "# The repository lies there as it is. To leave something out, map the rest:"
        yield from ("# map:", "#   src: src")
        return
    yield _with_comment("map:", "repository path: path under the root; all else is not deployed")
    for source, destination in layout.pairs:
        yield f"  {scalar(source or '.')}: {scalar(destination or '.')}"


def _folder(path: str, top: str) -> str:
    return f"{printable(path)}/" if path else top


def _deploy(survey: Survey) -> Iterator[str]:
    if survey.releases is None:
        yield "# How a deploy changes the root. As long as nothing is said here, `check` assumes the worst:"
        yield "# that all is deleted that the commit has not. Take the # away before the lines that are true:"
        yield from (f"# {line}" for line in _METHODS.splitlines())
        return
    yield "# Releases, as Capistrano and Deployer make them: what the next one lacks is left behind."
    yield "deploy:"
    yield "  method: release"
    if survey.releases.shared:
        yield "  # links in the live release that lead to the shared folder:"
        yield f"  shared: {_sequence(survey.releases.shared)}"
    else:
        yield "  # no link in the live release leads to a shared folder; if there should be some:"
        yield "  # shared: [uploads]"
    for path in survey.left_out:
        yield f"  # left out, since a name like it cannot be written here: {printable(path)}"


def _packs(survey: Survey) -> Iterator[str]:
    if not survey.packs:
        yield "# Rule packs: none was recognised, so all are used. `driftaudit rules list` shows them."
        return
    for pack, path in survey.packs.items():
        yield f"# {pack}: because of {printable(path)}"
    yield _with_comment(f"packs: {_sequence(tuple(survey.packs))}", "`driftaudit rules list` shows all")


def _sequence(texts: Sequence[str]) -> str:
    return f"[{', '.join(scalar(text) for text in texts)}]"


def _with_comment(line: str, comment: str) -> str:
    return f"{line}  # {comment}"


def _indented(width: int, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    return (" " * width + line for line in lines)
