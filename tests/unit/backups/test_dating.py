"""When a backup was made."""

from datetime import UTC, datetime

import pytest

from driftaudit.backups.dating import dated, moment_in
from driftaudit.model.backup import DatedBy

NOW = datetime(2025, 11, 3, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("irisx-backend-20251030-181050.tar.gz", datetime(2025, 10, 30, 18, 10, 50, tzinfo=UTC)),
        ("site_2025-10-30_18-10.tgz", datetime(2025, 10, 30, 18, 10, tzinfo=UTC)),
        ("2025-10-30T18:10:50Z.zip", datetime(2025, 10, 30, 18, 10, 50, tzinfo=UTC)),
        ("site.2025.10.30.tar", datetime(2025, 10, 30, tzinfo=UTC)),
        ("20251030.tar.xz", datetime(2025, 10, 30, tzinfo=UTC)),
        ("v20240101-to-20251030.zip", datetime(2025, 10, 30, tzinfo=UTC)),
        ("site-20251399.tar.gz", None),
        ("site-12025103012.tar.gz", None),
        ("release-1.2.3.zip", None),
        ("site-2025-10.zip", None),
    ],
)
def test_a_name_says_when(name: str, moment: datetime | None) -> None:
    assert moment_in(name) == moment


def test_without_a_moment_in_its_name_the_time_of_the_file_counts() -> None:
    found = dated("site.tar.gz", 1_700_000_000_000_000_000, NOW)
    assert (found.at, found.by) == (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), DatedBy.FILE_TIME)


def test_a_name_that_says_a_moment_to_come_is_not_believed() -> None:
    assert dated("site-20991231.tar.gz", 0, NOW).by is DatedBy.FILE_TIME


def test_a_time_that_no_calendar_has_is_some_time() -> None:
    assert dated("x", 1 << 62, NOW).by is DatedBy.FILE_TIME
    assert dated("x", -(1 << 70), NOW).at == datetime(1970, 1, 1, tzinfo=UTC)
