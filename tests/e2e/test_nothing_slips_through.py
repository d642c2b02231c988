"""Odd set-ups in which something would be destroyed: none of them may pass."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, git, new_repository, write

CONFIG = """\
version: 1
targets:
  live:
    url: ../live
    deploy: {method: overlay}
    packs: [./shop.yml]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    commit(new_repository(tmp_path / "repo"), {"src/a": "1\n", "api/index.js": "1\n"})
    return tmp_path


def outcome(folder: Path, live: dict[str, str], *words: str) -> Outcome:
    (folder / "live").mkdir(exist_ok=True)
    write(folder / "live", dict(live))
    return check(folder / "repo", "../live", *words)


def label(folder: Path, row: str) -> None:
    """Write a configuration with labels of its own."""
    (folder / "repo" / "driftaudit.yml").write_text(f"version: 1\ntargets: {{}}\nlabels:\n  {row}\n")


def test_a_repository_inside_what_the_deploy_deletes_is_no_copy(folder: Path) -> None:
    for words in (["--deploy", "replace"], []):
        found = check(folder / "repo", ".", *words)
        assert found.code == 2
        assert ".git is what the deploy is judged by, and lies inside what it destroys" in found.err
    assert check(folder / "repo", ".", "--deploy", "overlay").code == 0


def test_a_desired_folder_inside_what_the_deploy_deletes_is_no_copy(folder: Path) -> None:
    write(folder / "live" / "incoming", {"x": "new\n"})
    found = outcome(folder, {}, "--desired", "../live/incoming", "--deploy", "replace")
    assert found.code == 2
    assert "incoming is what the deploy is judged by" in found.err


def test_a_file_that_is_mapped_to_the_root_itself_is_refused(folder: Path) -> None:
    found = outcome(folder, {"index.js": "edited\n"}, "--map", "api/index.js:.", "--deploy", "overlay")
    assert found.code == 2
    assert "'api/index.js' is a file" in found.err
    assert "api/index.js:index.js" in found.err


def test_two_mappings_that_bring_one_path_are_refused(folder: Path) -> None:
    commit(folder / "repo", {"src/x": "A\n", "api/src/x": "B\n"})
    found = outcome(folder, {}, "--map", ".:.", "--map", "api/src:src")
    assert found.code == 2
    assert "two mappings bring 'src/x'" in found.err


def test_a_mapping_below_a_file_is_refused(folder: Path) -> None:
    found = outcome(folder, {}, "--map", "api/index.js:x", "--map", "src:x/y")
    assert found.code == 2
    assert "two mappings bring 'x'" in found.err


def test_what_a_project_takes_back_from_generated_is_looked_at(folder: Path) -> None:
    for rows in ('["cache/", "!keep.txt"]', '["cache/", "!*/keep/"]', '["cache/", "!keep/"]'):
        (folder / "repo" / "driftaudit.yml").write_text(
            f"version: 1\ntargets: {{}}\nlabels:\n  generated: {rows}\n"
        )
        found = outcome(
            folder, {"cache/keep.txt": "only copy\n", "cache/keep/z": "only copy\n", "cache/x": "1"}
        )
        assert found.code == 3
        assert {path for path in found.blocking() if path.startswith("cache/keep")}
        assert "cache/x" not in found.blocking()


def test_what_is_the_project_s_own_is_not_expendable_because_a_pack_says_so(folder: Path) -> None:
    (folder / "repo" / "driftaudit.yml").write_text(
        'version: 1\ntargets: {}\nlabels:\n  runtime: [".cache/"]\n'
    )
    found = outcome(folder, {".cache/session": "only copy\n"})
    assert found.blocking()[".cache/session"] == "core/precious"


def test_loosened_labels_are_said_whether_committed_or_not(folder: Path) -> None:
    config = CONFIG
    (folder / "live").mkdir()
    pack = "description: ours\nlabels:\n  generated: [{}]\nrules: []\n"
    commit(folder / "repo", {"driftaudit.yml": config, "shop.yml": pack.format("cache/")})
    write(folder / "repo", {"shop.yml": pack.format('cache/, "*"')})
    uncommitted = driftaudit(folder / "repo", "check")
    commit(folder / "repo", {"driftaudit.yml": config + "labels:\n  generated: [src/]\n"})
    committed = driftaudit(folder / "repo", "check").out
    assert "labels.generated: added '*'" in uncommitted.out, uncommitted.err
    assert "labels.generated: added '*'" in committed
    assert "labels.generated: added 'src/'" in committed


def test_a_known_file_under_a_pattern_with_brackets_is_read(folder: Path) -> None:
    config = 'version: 1\ntargets: {}\nlabels:\n  runtime: ["*.[oa]"]\n  generated: ["/d[0-9]/"]\n'
    commit(folder / "repo", {"driftaudit.yml": config, "lib.a": "same\n", "d1/x": "same\n"})
    found = outcome(folder, {"lib.a": "same\n", "d1/x": "same\n"}, "--deploy", "overlay")
    assert {"lib.a", "d1/x"} & found.origins().keys() == set()


def test_a_known_file_under_a_second_mapping_is_read(folder: Path) -> None:
    commit(folder / "repo", {"deploy/logs/app.log": "same\n", "pkg/node_modules/x": "same\n"})
    maps = ["--map", ".:.", "--map", "deploy/logs:logs", "--map", "pkg/node_modules:node_modules"]
    found = outcome(
        folder, {"logs/app.log": "same\n", "node_modules/x": "same\n"}, *maps, "--deploy", "overlay"
    )
    assert {"logs/app.log", "node_modules", "node_modules/x"} & found.origins().keys() == set()


def test_the_tree_digest_does_not_betray_a_secret_that_is_committed(folder: Path) -> None:
    (folder / "only").mkdir()
    commit(new_repository(folder / "only"), {".env": "PIN=1234\n"})
    write(folder / "live", {".env": "PIN=1234\n"})
    report = check(folder / "only", "../live").report
    oid = git(folder / "only", "rev-parse", "HEAD:.env")
    guess = hashlib.sha256(f".env\0100644\0{oid}\n".encode()).hexdigest()
    assert guess not in (report["desired"]["tree_digest"], report["deployed"]["tree_digest"])
    assert report["desired"]["tree_digest"] == report["deployed"]["tree_digest"]


def test_a_desired_file_that_cannot_be_seen_is_a_gap(folder: Path) -> None:
    write(folder / "build", {"up/z": "new\n"})
    write(folder / "live", {"up/z": "edited by hand\n"})
    (folder / "build" / "up").chmod(0o444)  # its names can be listed, and that is all
    words = ["check", "../live", "--desired", "../build", "--deploy", "overlay"]
    found = driftaudit(folder / "repo", *words, powerless=True)
    (folder / "build" / "up").chmod(0o755)
    assert found.code == 4
    assert "up/z" in found.out


def test_the_repository_of_a_hook_is_not_asked(folder: Path) -> None:
    write(folder / "live", {"src/a": "edited\n"})
    commit(new_repository(folder / "other"), {"src/a": "edited\n"})
    words = ["check", "../live", "--deploy", "overlay", "--format", "json"]
    found = driftaudit(folder / "repo", *words, GIT_DIR=str(folder / "other" / ".git"))
    assert found.blocking() == {"src/a": "core/only-copy"}


def test_no_program_of_git_s_configuration_is_run(folder: Path) -> None:
    ran = folder / "ran"
    commit(folder / "repo", {".gitattributes": "* filter=x\n"})
    git(folder / "repo", "config", "filter.x.clean", f"touch {ran}; cat")
    git(folder / "repo", "config", "filter.x.smudge", f"touch {ran}; cat")
    git(folder / "repo", "config", "core.fsmonitor", f"touch {ran}; false")
    write(folder / "repo", {"src/a": "touched\n"})
    assert outcome(folder, {"src/a": "edited\n"}, "--deploy", "overlay").code == 3
    assert not ran.exists()


def test_a_rule_that_ignores_old_versions_does_not_ignore_that_one_of_them_is_lost(folder: Path) -> None:
    repository = folder / "repo"
    commit(repository, {"src/a": "2\n"})
    (repository / "driftaudit.yml").write_text(
        "version: 1\ntargets: {}\n"
        "rules: [{id: our/old, when: {origin: stale}, severity: ignore, reason: Old.}]\n"
    )
    assert outcome(folder, {"src/a": "1\n"}, "--deploy", "overlay").code == 0
    old = git(repository, "rev-parse", "HEAD~1:src/a")
    (repository / ".git/objects" / old[:2] / old[2:]).unlink()
    found = outcome(folder, {}, "--deploy", "overlay")
    assert found.code == 4
    assert found.finding("src/a")["rule"] == "core/drift"


def test_what_moved_with_other_line_ends_has_its_copy_named(tmp_path: Path) -> None:
    write(tmp_path, {"build/new": "a\nb\n", "live/old": "a\r\nb\r\n"})
    found = check(tmp_path, "./live", "--desired", "./build", "--deploy", "replace")
    assert found.code == 0
    assert found.finding("old")["copies"] == [{"kind": "desired", "where": "new", "safe": True}]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_repository_that_borrows_its_objects_from_what_the_deploy_deletes_is_no_copy(
    folder: Path, depth: int
) -> None:
    git(folder, "clone", "--quiet", "repo", "live")
    lender = folder / "live"
    for number in range(depth):
        git(folder, "clone", "--quiet", "--shared", str(lender), f"clone-{number}")
        lender = folder / f"clone-{number}"
    found = check(lender, "../live", "--deploy", "replace")
    assert found.code == 2
    assert ".git/objects is what the deploy is judged by, and lies inside what it destroys" in found.err
    assert check(lender, "../live", "--deploy", "overlay").code == 0


def test_a_repository_whose_folder_of_objects_is_a_link_into_the_target_is_no_copy(folder: Path) -> None:
    git(folder, "clone", "--quiet", "repo", "live")
    objects = folder / "repo" / ".git" / "objects"
    shutil.rmtree(objects)
    objects.symlink_to(folder / "live" / ".git" / "objects")
    found = check(folder / "repo", "../live", "--deploy", "replace")
    assert (found.code, found.out) == (2, "")
    assert "is what the deploy is judged by, and lies inside what it destroys" in found.err


@pytest.mark.parametrize("rescued", [False, True])
def test_a_copy_that_is_damaged_is_no_copy(folder: Path, rescued: bool) -> None:
    repository = folder / "repo"
    old = "1\n" if not rescued else "by hand\n"
    if not rescued:
        commit(repository, {"src/a": "2\n"})
    else:
        (folder / "live").mkdir()
        write(folder / "live", {"src/a": old})
        assert driftaudit(repository, "rescue", "../live").code == 0
    assert outcome(folder, {"src/a": old}, "--deploy", "overlay").code == 0
    oid = git(repository, "hash-object", str(folder / "live/src/a"))
    file = repository / ".git/objects" / oid[:2] / oid[2:]
    content = file.read_bytes()
    file.chmod(0o600)
    for size in range(len(content)):
        file.write_bytes(content[:size])
        assert outcome(folder, {}, "--deploy", "overlay").code in (2, 3, 4), size
