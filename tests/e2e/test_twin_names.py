"""A name that the host has in another Unicode form than git is said to be the same name to people."""

from pathlib import Path

from tests.support.cli import driftaudit
from tests.support.git import commit, new_repository, write

COMPOSED, DECOMPOSED = "caf\u00e9.txt", "cafe\u0301.txt"


def test_a_note_says_it(tmp_path: Path) -> None:
    commit(new_repository(tmp_path / "repo"), {COMPOSED: "menu\n"})
    write(tmp_path / "live", {DECOMPOSED: "menu, by hand\n"})
    found = driftaudit(tmp_path / "repo", "check", "../live", "--deploy", "replace")
    assert found.code == 3
    said = " ".join(found.out.split())
    assert "1 live path differs from a desired one only in Unicode normalisation" in said
