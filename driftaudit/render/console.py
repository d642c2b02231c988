"""What formats for a terminal are drawn with: a console of rich's that writes to nobody."""

import io

from rich.console import Console

UNWRAPPED = 1_000_000  # columns: more than any line has


def drawing_console(*, colour: bool, width: int | None = None) -> Console:
    """Return a console to capture from. Names reach it as `Text` alone: in markup `[red]` would vanish."""
    return Console(
        file=io.StringIO(),
        width=width or UNWRAPPED,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        force_interactive=False,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
