"""What a shell is offered when somebody presses the tabulator: targets, packs, files.

It must be quick and never complain: what cannot be read offers nothing.
"""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from driftaudit.errors import DriftauditError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_PATH_STARTS = (".", "/", "~")


def targets(context: click.Context, _parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Return the targets of driftaudit.yml; a folder where what was begun looks like a path."""
    if begun.startswith(_PATH_STARTS):
        return _any_file(begun)
    return _beginning(begun, _names(context.params.get("config")))


def packs(_context: click.Context, _parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Return the shipped rule packs."""
    from driftaudit.policy.packs import available_packs

    return _beginning(begun, available_packs())


def files(_context: click.Context, _parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Let the shell offer files."""
    return _any_file(begun)


def _any_file(begun: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def _names(config: str | None) -> Iterable[str]:
    """Return the names of the targets, read without looking at what else the file says."""
    from driftaudit.config.settings import find_settings
    from driftaudit.config.yaml_document import load_document

    try:
        path = Path(config) if config else find_settings(Path.cwd())
        value = load_document(path).value.get("targets") if path else None
    except (DriftauditError, OSError):
        return ()
    return map(str, value) if isinstance(value, dict) else ()


def _beginning(begun: str, names: Iterable[str]) -> "list[CompletionItem]":
    """Return the names that begin so, of those that a shell takes for one word as they are."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(begun) and shlex.quote(name) == name]
