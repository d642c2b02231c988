"""`check` and `rsync -n -r -l -i -c --delete` name the same differing and extra paths."""

import json
import re
import subprocess
import tempfile
from base64 import b64decode
from os import fsdecode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from driftaudit.cli.main import run
from tests.support.git import git, new_repository
from tests.support.programs import program

NAMES = ["a", "b", "a-b", "a.b", "é", " x", "[red]", "-n", "Z\nz", "\udcff", "node_modules.js"]
TEXTS = ["one\n", "two\n", "", "one\r\n", "x" * 5000]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
nodes = st.one_of(
    st.tuples(st.just("file"), st.sampled_from(TEXTS)),
    st.tuples(st.just("link"), st.sampled_from(["a", "no"])),
)
trees = st.dictionaries(paths, nodes, max_size=10)
ITEM = re.compile(r"^(\*deleting  |[<>ch.][fdLDS][.+?cstTpoguax]{9}) (.*?)( -> .*)?$", re.DOTALL)
Tree = dict[str, tuple[str, str]]


def write(folder: Path, tree: Tree) -> None:
    """Write what fits: below a file or a link nothing can lie."""
    folder.mkdir(exist_ok=True)
    for path, (kind, text) in sorted(tree.items()):
        place = folder / path
        above = [parent for parent in place.parents if parent != folder and folder in parent.parents]
        if place.is_symlink() or place.exists() or any(p.is_symlink() or p.is_file() for p in above):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if kind == "file":
            place.write_bytes(text.encode())
        else:
            place.symlink_to(text)


def by_rsync(desired: Path, deployed: Path) -> set[str]:
    """The files and links that rsync would write or delete; folders come and go with what is in them."""
    options = ["-n", "-r", "-l", "-i", "-c", "--delete", "--8-bit-output", "--exclude=/.git"]
    done = subprocess.run([program("rsync"), *options, f"{desired}/", f"{deployed}/"], capture_output=True)
    assert done.returncode == 0, done.stderr
    return names_of(done.stdout.decode("utf-8", "surrogateescape"))


def names_of(listing: str) -> set[str]:
    names = set()
    for line in listing.split("\n"):
        match = ITEM.match(line)
        if match and not match[2].endswith("/"):
            names.add(unescaped(match[2]))
    return names


def unescaped(name: str) -> str:
    """rsync writes a control character as \\#012, also where 8-bit names are asked for."""
    return re.sub(r"\\#(\d{3})", lambda match: chr(int(match[1], 8)), name)


def by_check(desired: Path, deployed: Path, report: Path) -> set[str]:
    code = run(
        [
            "check",
            str(deployed),
            "--desired",
            f"{desired}",
            "--format",
            "json",
            "--output",
            str(report),
            "--quiet",
        ]
    )
    assert code in (0, 3)
    findings = json.loads(report.read_text())["findings"]
    named = {fsdecode(b64decode(f["path_b64"])) if "path_b64" in f else f["path"]: f for f in findings}
    return {path for path, finding in named.items() if is_listed_by_rsync(finding)}


def is_listed_by_rsync(finding: dict[str, Any]) -> bool:
    """Without -p rsync says nothing of modes, and a file that becomes a folder it names as the folder."""
    side = finding["desired"] or finding["deployed"]
    return bool(finding["aspects"] != ["mode"] and side["kind"] != "directory")


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(trees, trees)
@example({"a": ("file", "one\n")}, {"a/b": ("file", "one\n")})
@example({"a/b": ("file", "one\n")}, {"a": ("link", "b")})
def test_check_and_rsync_agree(desired: Tree, deployed: Tree) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "desired", desired)
        write(folder / "deployed", {**desired, **deployed} if len(deployed) % 2 else deployed)
        expected = by_rsync(folder / "desired", folder / "deployed")
        assert by_check(folder / "desired", folder / "deployed", folder / "report.json") == expected


def test_a_commit_and_rsync_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with a commit as the desired tree: what git holds is what rsync reads."""
    write(
        new_repository(tmp_path / "desired"),
        {"a/b": ("file", "1\n"), "é": ("link", "a"), "same": ("file", "x")},
    )
    git(tmp_path / "desired", "add", "--all")
    git(tmp_path / "desired", "commit", "--quiet", "--message", "x")
    write(
        tmp_path / "deployed", {"a/b": ("file", "2\n"), "same": ("file", "x"), "extra\nname": ("file", "y")}
    )
    expected = by_rsync(tmp_path / "desired", tmp_path / "deployed")
    assert expected == {"a/b", "é", "extra\nname"}
    report = tmp_path / "report.json"
    monkeypatch.chdir(tmp_path / "desired")
    code = run(["check", str(tmp_path / "deployed"), "--output", str(report), "--quiet"])
    assert code == 3
    assert {finding["path"] for finding in json.loads(report.read_text())["findings"]} == expected
