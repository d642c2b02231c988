"""Snapshots of what was live before a command: the last ones, by whatever clock."""

from datetime import UTC, datetime
from pathlib import Path

from driftaudit.guarding.before import KEPT, keep_before
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.snapshot_file import Saved


def test_the_one_just_made_stays_though_the_clock_went_back(tmp_path: Path) -> None:
    def kept(year: int, run: str) -> Path:
        scan = ScanFacts(started_at=datetime(year, 1, 1, tzinfo=UTC))
        saved = Saved(Snapshot(SourceFacts("directory", "/srv/app"), (), scan=scan), "sha1")
        return keep_before(tmp_path, "/srv/app", run, saved)

    later = [kept(2026, f"{number:02}") for number in range(KEPT)]
    ours = kept(2025, "back")
    assert sorted(ours.parent.iterdir()) == sorted([ours, *later[1:]])
