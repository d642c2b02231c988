"""Secrets are kept in a folder that only their owner can look into, and not in git."""

import stat
from pathlib import Path

import pytest

from tests.support.git import git, write
from tests.support.kept import content, document, fsck, own_refs, rescue, tree
from tests.support.site import Site, refusal

SECRET = "PASSWORD=example-only\n"


@pytest.fixture
def secretive(site: Site) -> Site:
    write(site.production, {".env": SECRET, "keys/site.pem": "pem\n", "src/new.txt": "only here\n"})
    return site


def modes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in folder.rglob("*")
    }


def objects(site: Site) -> str:
    listed = git(site.repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return "\n".join(git(site.repository, "cat-file", "-p", oid) for oid in listed.splitlines())


def test_they_go_to_the_owners_folder_and_never_into_git(secretive: Site) -> None:
    folder = secretive.folder / "secrets"
    outcome = rescue(secretive, "--secrets-folder", str(folder))
    (ref,) = own_refs(secretive.repository)
    assert (outcome.code, list(tree(secretive.repository, ref))) == (0, ["src/new.txt"])
    (kept,) = (folder / next(folder.iterdir()).name).iterdir()
    assert modes(kept) == {".env": "0o600", "keys": "0o700", "keys/site.pem": "0o600"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, kept.parent, kept)} == {0o700}
    assert (kept / ".env").read_text() == SECRET
    assert f"Kept 2 secrets out of git, in {kept}\n" in outcome.out
    assert "example-only" not in objects(secretive) + outcome.out


def test_the_folder_of_the_user_is_where_they_go_by_themselves(secretive: Site) -> None:
    found = document(rescue(secretive, "--format", "json"))
    assert [row["path"] for row in found["secrets"]["paths"]] == [".env", "keys/site.pem"]
    assert "/driftaudit/rescued/" in found["secrets"]["folder"]
    assert Path(found["secrets"]["folder"], ".env").read_text() == SECRET


def test_they_are_kept_once(secretive: Site) -> None:
    folder = secretive.folder / "secrets"
    rescue(secretive, "--secrets-folder", str(folder))
    before = modes(folder)
    again = rescue(secretive, "--secrets-folder", str(folder))
    assert (again.code, modes(folder)) == (0, before)
    assert "3 only copies held by earlier rescues" in again.out
    write(secretive.production, {".env": SECRET + "MORE=1\n"})
    rescue(secretive, "--secrets-folder", str(folder))
    assert sum(name.endswith("/.env") for name in modes(folder)) == 2


def test_links_are_kept_as_links_that_nothing_follows(secretive: Site) -> None:
    (secretive.production / ".env").unlink()
    (secretive.production / ".env").symlink_to("/etc/hostname")
    folder = secretive.folder / "secrets"
    found = document(rescue(secretive, "--secrets-folder", str(folder), "--format", "json"))
    assert str(Path(found["secrets"]["folder"], ".env").readlink()) == "/etc/hostname"
    again = document(rescue(secretive, "--secrets-folder", str(folder), "--format", "json"))
    assert again["secrets"]["folder"] is None


def test_only_if_asked_do_they_go_into_git(secretive: Site) -> None:
    folder = secretive.folder / "secrets"
    words = ("--include-secrets", "--secrets-folder", str(folder), "--format", "json")
    found = document(rescue(secretive, *words))
    assert sorted(tree(secretive.repository, found["ref"])) == [".env", "keys/site.pem", "src/new.txt"]
    assert content(secretive.repository, found["ref"], ".env") == SECRET.strip()
    assert {row["path"]: row["digest"] for row in found["rescued"]}[".env"] is None
    assert not folder.exists()
    fsck(secretive.repository)


@pytest.mark.parametrize("place", ["repository/kept", "repository/.git/kept", "production/kept"])
def test_a_folder_in_the_repository_or_the_target_is_refused(secretive: Site, place: str) -> None:
    outcome = rescue(secretive, "--secrets-folder", str(secretive.folder / place))
    assert "lies inside" in refusal(outcome, 2)
    assert not (secretive.folder / place).exists()
    assert own_refs(secretive.repository) == {}


def test_so_is_a_link_into_it(secretive: Site) -> None:
    (secretive.folder / "link").symlink_to(secretive.repository)
    assert "lies inside" in refusal(
        rescue(secretive, "--secrets-folder", str(secretive.folder / "link/x")), 2
    )


def test_a_folder_that_others_can_look_into_is_refused(secretive: Site) -> None:
    folder = secretive.folder / "open"
    folder.mkdir(mode=0o755)
    told = refusal(rescue(secretive, "--secrets-folder", str(folder)), 2)
    assert "others can look into" in told
    assert f"chmod 700 {folder}" in told
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(secretive: Site) -> None:
    write(secretive.folder, {"file": "in the way\n"})
    told = refusal(rescue(secretive, "--secrets-folder", str(secretive.folder / "file/x")), 2)
    assert "secrets cannot be kept in" in told
