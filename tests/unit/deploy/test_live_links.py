"""Where links lead, as the system itself follows them."""

import os
import subprocess
from pathlib import Path

import pytest

from driftaudit.deploy.live_links import LiveLinks, LiveTree, OutOfSightError
from driftaudit.model.entry import MODE_SYMLINK, Entry, Kind
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource


def live(root: Path, links: dict[str, str], *files: str) -> Snapshot:
    """A folder with files and links, as it is read."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name, target in links.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    return DirectorySource(root).snapshot(ScanRequest())


def ends(snapshot: Snapshot, path: str = "conf", **coming: str) -> set[str]:
    links = {name: Entry(name, Kind.SYMLINK, MODE_SYMLINK, link_target=to) for name, to in coming.items()}
    entries = {entry.path: entry for entry in snapshot.entries}
    return set(LiveLinks(LiveTree(snapshot.source, entries.get), links).destinations(path))


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"conf": "data"}, "data"),
        ({"conf": "./d//e/../x"}, "d/x"),
        ({"conf": "one", "one": "two", "two": "data"}, "data"),
        ({"conf": "way/x", "way": "d"}, "d/x"),
        ({"conf": "d/up", "d/up": "../data"}, "data"),
        ({"conf": "way/../data", "way": "d/e"}, "d/data"),
        ({"conf": "../{name}/data"}, "data"),
        ({"conf": "../../{above}/{name}/data"}, "data"),
        ({"conf": "{root}/d/x"}, "d/x"),
        ({"conf": "{root}/../{name}/d/x"}, "d/x"),
    ],
)
def test_a_link_ends_where_the_system_says(tmp_path: Path, links: dict[str, str], expected: str) -> None:
    root = tmp_path / "live"
    names = {"root": str(root), "name": root.name, "above": tmp_path.name}
    targets = {path: target.format_map(names) for path, target in links.items()}
    snapshot = live(root, targets, "data", "d/x", "d/data", "d/e/y")
    assert os.path.realpath(root / "conf") == f"{root}/{expected}"
    assert ends(snapshot) == {expected}


@pytest.mark.parametrize(
    "links", [{"conf": "conf"}, {"conf": "a", "a": "conf"}, {"conf": "data/x"}, {"conf": "."}]
)
def test_what_cannot_be_written_ends_nowhere(tmp_path: Path, links: dict[str, str]) -> None:
    snapshot = live(tmp_path / "live", links, "data", "d/x")
    with pytest.raises(OSError, match=r"."):
        (tmp_path / "live" / "conf").open("a")
    assert ends(snapshot) == set()


def test_a_link_to_a_folder_ends_at_the_name_in_it(tmp_path: Path) -> None:
    snapshot = live(tmp_path / "live", {"conf": "way", "way": "d", "d/conf": "../data"}, "data", "d/x")
    assert ends(snapshot) == {"data"}
    (tmp_path / "new").write_text("new")
    subprocess.run(["cp", str(tmp_path / "new"), str(tmp_path / "live" / "way" / "conf")], check=True)
    assert (tmp_path / "live" / "data").read_text() == "new"


def test_a_link_that_leads_to_nothing_ends_there(tmp_path: Path) -> None:
    assert ends(live(tmp_path / "live", {"conf": "no/where"}, "data")) == {"no"}


@pytest.mark.parametrize("target", ["../other", "/etc/hosts", "../live2/data", "d/../../x", "../../../../x"])
def test_what_leads_out_of_the_root_is_not_seen(tmp_path: Path, target: str) -> None:
    snapshot = live(tmp_path / "live", {"conf": target}, "data", "d/x")
    with pytest.raises(OutOfSightError):
        ends(snapshot)


def test_the_root_may_be_named_by_a_link(tmp_path: Path) -> None:
    live(tmp_path / "live", {"conf": f"{tmp_path}/current/data"}, "data")
    (tmp_path / "current").symlink_to("live")
    assert ends(DirectorySource(tmp_path / "current").snapshot(ScanRequest())) == {"data"}


def test_the_root_of_a_host_is_in_its_url(tmp_path: Path) -> None:
    entries = live(tmp_path / "a b", {"conf": "/srv/a b/data"}, "data").entries
    assert ends(Snapshot(SourceFacts("ssh", "ssh://u@h:22/srv/a%20b"), entries)) == {"data"}
    with pytest.raises(OutOfSightError):
        ends(Snapshot(SourceFacts("ssh", "ssh://u@h:22/srv/other"), entries))


def test_a_target_that_was_not_read_is_not_seen() -> None:
    entries = (Entry("conf", Kind.SYMLINK, MODE_SYMLINK),)
    with pytest.raises(OutOfSightError):
        ends(Snapshot(SourceFacts("directory", "/live"), entries))


def test_a_link_that_comes_counts_beside_the_one_that_is_live(tmp_path: Path) -> None:
    snapshot = live(tmp_path / "live", {"conf": "way", "way": "data"}, "data", "d/x")
    assert ends(snapshot, way="d/x") == {"data", "d/x"}


def test_many_links_end_in_time(tmp_path: Path) -> None:
    names = [f"l{number}" for number in range(39)]
    links = dict(zip(["conf", *names], [*names, "data"], strict=True))
    snapshot = live(tmp_path / "live", links, "data")
    assert ends(snapshot) == {"data"}
    assert ends(snapshot, **dict.fromkeys(names, "conf")) == {"data"}
