"""What is remembered, and when it is not believed."""

from pathlib import Path

import pytest

from driftaudit.cache import Cache


class Maker:
    """Counts how often a result was made."""

    def __init__(self, result: bytes = b"result") -> None:
        self.result = result
        self.made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return self.result


def test_a_result_is_made_once_for_a_key(tmp_path: Path) -> None:
    make, cache = Maker(), Cache(tmp_path / "new" / "folder")
    assert [cache.remembered("paths", ["a", "b"], make) for _ in range(3)] == [b"result"] * 3
    assert make.made == 1


def test_another_key_or_kind_is_another_result(tmp_path: Path) -> None:
    make, cache = Maker(), Cache(tmp_path)
    for kind, key in [("paths", ["a", "b"]), ("paths", ["ab"]), ("other", ["a", "b"])]:
        cache.remembered(kind, key, make)
    assert make.made == 3


def test_without_a_folder_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make = Maker()
    assert [Cache().remembered("paths", ["a"], make) for _ in range(2)] == [b"result"] * 2
    assert make.made == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: c[:40] + b"x" + c[41:], lambda c: b"", lambda c: b"cache 0\n" + c]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: object) -> None:
    cache = Cache(tmp_path)
    cache.remembered("paths", ["a"], Maker(b"long enough to be damaged in the middle"))
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    make = Maker(b"again")
    assert cache.remembered("paths", ["a"], make) == b"again"
    assert cache.remembered("paths", ["a"], make) == b"again"
    assert make.made == 1


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert Cache(tmp_path / "file").remembered("paths", ["a"], Maker()) == b"result"


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for number in range(60):
        cache.remembered("paths", [str(number)], Maker())
    assert len(list(tmp_path.iterdir())) == 50
