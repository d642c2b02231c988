from driftaudit.detect.releases import Releases, find_releases
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind


def folder(path: str) -> Entry:
    return Entry(path, Kind.DIRECTORY, MODE_DIRECTORY)


def file(path: str) -> Entry:
    return Entry(path, Kind.FILE, MODE_FILE)


def link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, MODE_SYMLINK, link_target=target)


RELEASES = [folder("releases"), folder("releases/1"), folder("releases/2"), folder("shared")]
SHARED = [
    link("releases/2/public/uploads", "/srv/app/shared/public/uploads"),
    link("releases/2/log", "../../shared/log"),
    link("releases/2/latest", "log/latest"),
    link("releases/1/old", "../../shared/old"),
]


def test_the_link_to_the_live_release() -> None:
    for target in ("releases/2", "/srv/app/releases/2", "./releases/2/"):
        found = find_releases([link("current", target), *RELEASES, *SHARED], "")
        assert found == Releases("releases/2", ("public/uploads", "log"))


def test_a_root_that_is_a_release() -> None:
    entries = [link("log", "../../shared/log"), file("app.rb")]
    assert find_releases(entries, "/srv/app/releases/20250101") == Releases("", ("log",))


def test_other_trees() -> None:
    assert find_releases([file("current"), *RELEASES], "") is None
    assert find_releases([link("current", "releases/2"), file("releases")], "") is None
    assert find_releases([link("current", "elsewhere/9"), *RELEASES], "") is None
    assert find_releases([folder("src")], "/srv/releases") is None
