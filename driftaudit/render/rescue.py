"""A rescue for people and for programs."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import driftaudit
from driftaudit.model.missed import Missed
from driftaudit.model.rescue import Rescue
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, path_keys, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/rescue/v1"

_MOST_NAMES = 50  # of one section


def text(rescue: Rescue, options: RenderOptions) -> str:
    """Return what was kept, where, and last what was not."""
    lines = list(_headline(rescue))
    if not options.quiet:
        lines += [line for section in _sections(rescue) for line in section]
    return "\n".join(lines) + "\n"


def json(rescue: Rescue, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON. Nothing to guess a secret by is in it."""
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": printable(rescue.target),
            "url": printable(rescue.url),
            "exit_code": int(rescue.exit_code),
            "started_at": timestamp(rescue.started_at),
            "ref": rescue.ref,
            "commit": rescue.commit,
            "rescued": [
                {**path_keys(entry.path), "mode": entry.mode, "digest": entry.digest}
                for entry in rescue.rescued
            ],
            "held": [path_keys(path) for path in rescue.held],
            "secrets": {
                "folder": rescue.secrets.folder if rescue.secrets else None,
                "paths": [path_keys(path) for path in (rescue.secrets.paths if rescue.secrets else ())],
            },
            "unread": [path_keys(path) for path in rescue.unread],
            "missed": [missed_keys(miss) for miss in rescue.missed],
        }
    )


FORMATS: Mapping[str, Callable[[Rescue, RenderOptions], str]] = {"text": text, "json": json}


def missed_keys(miss: Missed) -> Document:
    """Return what was missed as values of JSON."""
    return {**path_keys(miss.path), "kind": miss.kind, "detail": printable(miss.detail)}


def missed_lines(missed: Sequence[Missed]) -> list[str]:
    """Return a line for each thing missed, the first many of them."""
    return names([f"{printable(miss.path) or 'the root'}  {miss.kind}: {miss.detail}" for miss in missed])


def names(rows: Sequence[str]) -> list[str]:
    """Return rows, indented, as many as one reads."""
    rest = len(rows) - _MOST_NAMES
    return [f"  {row}" for row in rows[:_MOST_NAMES]] + ([f"  and {rest:,} more"] if rest > 0 else [])


def _headline(rescue: Rescue) -> Iterator[str]:
    target = printable(rescue.target)
    if rescue.ref:
        kept = count_of(len(rescue.rescued), "only copy", "only copies")
        yield f"Rescued {kept} of {target}, held by {rescue.ref}"
    if rescue.secrets:
        kept = count_of(len(rescue.secrets.paths), "secret")
        yield f"Kept {kept} out of git, in {printable(rescue.secrets.folder)}"
    if not rescue.ref and not rescue.secrets:
        if rescue.held:
            kept = count_of(len(rescue.held), "only copy", "only copies")
            yield f"Nothing new to rescue of {target}: {kept} held by earlier rescues."
        else:
            found = "nothing that could be read is" if rescue.missed else "nothing is"
            yield f"Nothing to rescue of {target}: {found} the only copy."
    if rescue.missed:
        yield f"Not rescued: {count_of(len(rescue.missed), 'path')}."


def _sections(rescue: Rescue) -> Iterator[list[str]]:
    if rescue.rescued:
        yield ["", "Rescued", *names([printable(entry.path) for entry in rescue.rescued])]
        yield ["", f"Look at it: git show --stat {rescue.ref}", f"One file:   git show {rescue.ref}:PATH"]
    if rescue.secrets:
        yield ["", "Secrets", *names([printable(path) for path in rescue.secrets.paths])]
    if rescue.unread:
        count = count_of(len(rescue.unread), "file")
        yield ["", f"{count} with the label runtime: the application's own data is not read, nor rescued."]
    if rescue.missed:
        yield ["", "Not rescued", *missed_lines(rescue.missed)]
