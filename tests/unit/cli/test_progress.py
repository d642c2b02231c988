"""What is said of a scan while it runs."""

import pytest

from driftaudit.cli.progress import progress_line
from driftaudit.sources.base import Advance

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("advance", "seconds", "line"),
    [
        (Advance(1, 10), 0.0, "1 entry, 10 bytes"),
        (Advance(2000, 10), 10.0, "2,000 entries, 10 bytes, 1 byte/s"),
        (
            Advance(20_000, 100 * MEGABYTE, 80_000),
            2.0,
            "20,000 of about 80,000 entries, 100.0 MB, 50.0 MB/s, about 6 s left",
        ),
        (
            Advance(2, MEGABYTE, 4, 601 * MEGABYTE),
            1.0,
            "2 of about 4 entries, 1.0 MB, 1.0 MB/s, about 10 min left",
        ),
        (Advance(1, 0, 7201), 1.0, "1 of about 7,201 entries, 0 bytes, about 2 h 0 min left"),
        (Advance(90, 0, 80), 1.0, "90 of about 80 entries, 0 bytes, about 0 s left"),
    ],
)
def test_the_line_says_how_much_how_fast_and_how_long(advance: Advance, seconds: float, line: str) -> None:
    assert progress_line("production", advance, seconds) == f"Reading production: {line}"


def test_nothing_in_a_name_reaches_the_terminal_as_it_is() -> None:
    assert progress_line("a\x1b[31m[red]", Advance(1, 0), 1.0).startswith("Reading a\\x1b[31m[red]: ")
