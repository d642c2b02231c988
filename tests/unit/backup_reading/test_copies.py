"""How far an audit goes to find copies in backups."""

from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.backup_reading import copies as backup_copies
from driftaudit.backup_reading.copies import BackupCopies
from driftaudit.backup_reading.places import BackupPlace
from driftaudit.model.finding import Action
from driftaudit.model.plan import Plan
from driftaudit.repo import blob_id
from tests.support.archives import member, tar


def content(text: str) -> str:
    return blob_id(text.encode(), "sha1")


def copies(
    folder: Path,
    *,
    root: str = "",
    touches: Callable[[str], bool] = lambda _path: False,
    actions: dict[str, Action] | None = None,
) -> BackupCopies:
    pattern = str(folder / "*.tar")
    plan = Plan("replace", (), actions or {}, touches)
    return BackupCopies((BackupPlace(pattern, pattern),), "sha1", root, plan)


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Three backups with a file each, the newest of which is c."""
    for number, name in enumerate("abc"):
        tar(tmp_path / f"2025010{number + 1}-{name}.tar", member("x", name.encode()))
    return tmp_path


def test_the_newest_is_read_first_and_no_more_than_are_needed(backups: Path) -> None:
    (backups / "20240101-broken.tar").write_bytes(b"broken")
    found = copies(backups).of({content("c")})
    assert found.places == {content("c"): f"{backups}/20250103-c.tar: x"}
    assert found.notes == ()


def test_what_is_not_asked_for_is_not_read(backups: Path) -> None:
    (backups / "20240101-broken.tar").write_bytes(b"broken")
    assert copies(backups).of(set()).notes == ()


@pytest.mark.parametrize(
    ("limit", "value"), [("_MOST_READ", 1), ("_MOST_BYTES", 2048), ("_MOST_SECONDS", -1)]
)
def test_a_limit_is_told_and_what_lies_beyond_it_counts_for_nothing(
    limit: str, value: int, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_copies, limit, value)
    found = copies(backups).of({content("a"), content("nowhere")})
    assert found.places == {}
    assert "backups were not read: an audit reads no more than" in found.notes[-1]


def test_a_backup_that_the_plan_may_destroy_is_no_copy(backups: Path) -> None:
    root = str(backups)
    asked = {content("a")}
    assert copies(backups, root=root).of(asked).places
    assert not copies(backups, root=root, touches=lambda path: path == "20250101-a.tar").of(asked).places
    assert not copies(backups, root=root, actions={"20250101-a.tar": Action.OVERWRITE}).of(asked).places
    assert not copies(backups, root=f"{root}/", touches=lambda _path: True).of(asked).places
    assert copies(backups, root=f"{root}-other", touches=lambda _path: True).of(asked).places


def test_a_link_is_found_by_no_content_of_a_file(backups: Path) -> None:
    tar(backups / "20250104-link.tar", member("l", type=b"2", linkname="target"))
    found = copies(backups).of({content("target"), f"link {content('target')}"})
    assert list(found.places) == [f"link {content('target')}"]
