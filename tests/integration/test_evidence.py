"""What history tells of each origin, on repositories made with git's own commands."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from driftaudit.audit import AuditRequest, examine
from driftaudit.cache import Cache
from driftaudit.deploy.base import Intent
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding, Origin, Provenance
from driftaudit.model.mapping import PathMapping
from driftaudit.policy.policy import load_policy
from driftaudit.repo import Repository
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support.git import commit, git, new_repository, write

TEXT = "".join(
    f"line {number} of a file that is long enough to be told from others\n" for number in range(40)
)
EDITED = TEXT.replace("line 7 of", "line seven of")
NEWER = TEXT.replace("line 30 of", "line thirty of")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repository")


def audit(
    repository: Path, live: Mapping[str, str | bytes], *pairs: tuple[str, str], cache: Cache | None = None
) -> Audit:
    root = repository.parent / "live"
    root.mkdir(exist_ok=True)
    write(root, live)
    opened = Repository.containing(repository)
    mapping = PathMapping(pairs or (("", ""),))
    return examine(
        AuditRequest(
            target="live",
            desired=GitSource(opened, "HEAD", mapping),
            deployed=DirectorySource(root),
            policy=load_policy(None, {}, ()),
            intent=Intent("mirror"),
            repository=opened,
            base=opened.commit("HEAD"),
            mapping=mapping,
            cache=cache or Cache(),
        )
    ).audit


def finding(audit: Audit, path: str) -> Finding:
    return next(finding for finding in audit.findings if finding.path == path)


def told(audit: Audit, path: str, origin: Origin) -> Provenance:
    provenance = finding(audit, path).provenance
    assert provenance.origin is origin
    return provenance


def test_stale_names_the_oldest_and_the_newest_commit_that_carry_it(repository: Path) -> None:
    first = commit(repository, {"a": TEXT})
    second = commit(repository, {"b": "b\n"})
    commit(repository, {"a": NEWER})
    [sighting] = told(audit(repository, {"a": TEXT}), "a", Origin.STALE).sightings
    assert (sighting.path, sighting.oldest.oid, sighting.newest.oid) == ("a", first, second)
    assert sighting.is_older
    assert sighting.oldest.author == "A"
    assert sighting.oldest.subject == "change"


def test_ahead_names_the_branches_that_have_it(repository: Path) -> None:
    commit(repository, {"a": TEXT})
    git(repository, "switch", "--quiet", "-c", "feature/voice")
    ahead = commit(repository, {"a": NEWER})
    git(repository, "tag", "-a", "-m", "annotated", "v2")
    git(repository, "update-ref", "refs/remotes/origin/main", ahead)
    git(repository, "switch", "--quiet", "main")
    [sighting] = told(audit(repository, {"a": NEWER}), "a", Origin.AHEAD).sightings
    assert not sighting.is_older
    assert sighting.oldest.oid == ahead
    assert set(sighting.branches) == {"feature/voice", "origin/main", "v2"}


def test_leftover_names_the_commit_that_removed_it(repository: Path) -> None:
    commit(repository, {"a": TEXT, "b": "b\n"})
    removed = commit(repository, {"a": None})
    commit(repository, {"b": "c\n"})
    provenance = told(audit(repository, {"a": TEXT}), "a", Origin.LEFTOVER)
    assert provenance.removed_in is not None
    assert provenance.removed_in.oid == removed
    assert provenance.moved_to is None


def test_leftover_names_where_the_commit_moved_it_and_where_that_moved_later(repository: Path) -> None:
    commit(repository, {"old/a.js": TEXT})
    moved = commit(repository, {"old/a.js": None, "new/a.js": EDITED})
    commit(repository, {"new/a.js": None, "lib/new/b.js": EDITED})
    provenance = told(audit(repository, {"old/a.js": TEXT}), "old/a.js", Origin.LEFTOVER)
    assert provenance.removed_in is not None
    assert provenance.removed_in.oid == moved
    assert provenance.moved_to == "lib/new/b.js"


def test_the_commit_of_a_side_branch_is_named_and_not_the_merge_that_brought_it(repository: Path) -> None:
    commit(repository, {"a": TEXT, "b": "b\n"})
    git(repository, "switch", "--quiet", "-c", "side")
    removed = commit(repository, {"a": None})
    git(repository, "switch", "--quiet", "main")
    commit(repository, {"b": "c\n"})
    git(repository, "merge", "--quiet", "--no-ff", "-m", "merge", "side")
    provenance = told(audit(repository, {"a": TEXT}), "a", Origin.LEFTOVER)
    assert provenance.removed_in is not None
    assert provenance.removed_in.oid == removed


def test_moved_says_where_the_very_content_is(repository: Path) -> None:
    commit(repository, {"new/a": TEXT})
    provenance = told(audit(repository, {"other/a": TEXT}), "other/a", Origin.MOVED)
    assert provenance.moved_to == "new/a"
    assert [sighting.path for sighting in provenance.sightings] == ["new/a"]


def test_foreign_names_the_paths_at_which_it_was_committed(repository: Path) -> None:
    first = commit(repository, {"a": TEXT})
    commit(repository, {"a": None, "b": "b\n"})
    [sighting] = told(audit(repository, {"c": TEXT}), "c", Origin.FOREIGN).sightings
    assert (sighting.path, sighting.newest.oid) == ("a", first)


def test_a_hand_edit_of_an_old_version_is_told_from_one_of_the_current(repository: Path) -> None:
    old = commit(repository, {"a": TEXT, "b": TEXT})
    commit(repository, {"a": NEWER.replace("line 1", "row 1"), "b": NEWER.replace("line 1", "row 1")})
    found = audit(repository, {"a": EDITED, "b": NEWER.replace("line 1", "row 1") + "one more\n"})
    edited = told(found, "a", Origin.HOTFIX).similar
    assert edited is not None
    assert edited.newest is not None
    assert (edited.newest.oid, edited.is_desired) == (old, False)
    assert (edited.added, edited.removed) == (1, 1)
    assert edited.likeness > 0.9
    current = told(found, "b", Origin.HOTFIX).similar
    assert current is not None
    assert (current.is_desired, current.added, current.removed) == (True, 1, 0)


def test_unknown_names_the_desired_file_that_it_is_most_like(repository: Path) -> None:
    commit(repository, {"src/a.js": TEXT, "src/b.js": "nothing of it\n"})
    similar = told(audit(repository, {"src/copy.js": EDITED}), "src/copy.js", Origin.UNKNOWN).similar
    assert similar is not None
    assert (similar.path, similar.is_desired) == ("src/a.js", True)
    assert told(audit(repository, {"x.js": "other words\n"}), "x.js", Origin.UNKNOWN).similar is None


def test_secrets_and_logs_are_not_looked_into(repository: Path) -> None:
    commit(repository, {".env.example": TEXT, "a": "a\n"})
    found = audit(repository, {".env": EDITED, "logs/a.log": TEXT + "more\n"})
    assert finding(found, ".env").provenance.similar is None
    assert finding(found, "logs/a.log").provenance.similar is None


def test_a_folder_that_moved_is_one_line_and_each_of_its_files_a_finding(repository: Path) -> None:
    files = {f"src/db/{name}.js": TEXT.replace("line", name) for name in ("a", "b", "c")}
    moved = {path.replace("src/db", "src/lib/database"): text for path, text in files.items()}
    commit(repository, {**files, "src/app.js": "app\n"})
    since = commit(repository, {**dict.fromkeys(files), **moved})
    live = {**files, "src/db/b.js": files["src/db/b.js"] + "by hand\n", "src/app.js": "app\n"}
    found = audit(repository, live)
    [folder] = found.moved_folders
    assert (folder.folder, folder.to) == ("src/db", "src/lib/database")
    assert (folder.moved, folder.files, folder.edited) == (3, 3, 1)
    assert folder.since is not None
    assert folder.since.oid == since
    grouped = {each.path: each.provenance.group for each in found.findings}
    assert grouped == {**dict.fromkeys(files, "src/db"), **dict.fromkeys(moved, "src/db")} | {
        path: None for path in grouped if path not in {**files, **moved}
    }
    assert told(found, "src/db/b.js", Origin.UNKNOWN).moved_to == "src/lib/database/b.js"


def test_a_folder_of_which_one_file_moved_has_not_moved(repository: Path) -> None:
    files = {f"src/{name}.js": TEXT.replace("line", name) for name in ("a", "b", "c", "d", "e")}
    commit(repository, files)
    commit(repository, {"src/a.js": None, "lib/a.js": files["src/a.js"]})
    found = audit(repository, files)
    assert found.moved_folders == ()
    assert told(found, "src/a.js", Origin.LEFTOVER).moved_to == "lib/a.js"


def test_the_deployed_commit_is_counted_through_the_mapping(repository: Path) -> None:
    live = commit(repository, {"api/src/a": TEXT, "api/src/b": "b\n", "web/index": "1\n"})
    same = commit(repository, {"web/index": "2\n"})
    commit(repository, {"api/src/a": NEWER})
    git(repository, "branch", "other", live)
    found = audit(repository, {"src/a": TEXT, "src/b": "by hand\n"}, ("api/src", "src")).deployed_commit
    assert found is not None
    assert found.commit.oid == same  # of the two that are as near, the newer
    assert found.ties == (live,)
    assert (found.behind, found.ahead) == (1, 0)
    assert (found.matching_entries, found.compared_entries) == (1, 2)


def test_a_tree_of_another_project_is_near_to_no_commit(repository: Path) -> None:
    commit(repository, {"LICENSE": TEXT})
    commit(repository, {f"src/{number}.py": f"{number}\n" for number in range(30)})
    live: dict[str, str | bytes] = {f"lib/{number}.rb": f"{number}\n" for number in range(30)}
    assert audit(repository, {"LICENSE": TEXT, **live}).deployed_commit is None


def test_what_is_expected_there_does_not_count_for_the_deployed_commit(repository: Path) -> None:
    old = commit(repository, {"a": TEXT, "node_modules/x/index.js": "1\n", ".env": "A=1\n", "logs/keep": ""})
    commit(repository, {"a": NEWER, "node_modules/x/index.js": "2\n", ".env": "A=2\n"})
    live: dict[str, str | bytes] = {"a": TEXT, "node_modules/x/index.js": "2\n", ".env": "A=2\n"}
    found = audit(repository, live).deployed_commit
    assert found is not None
    assert found.commit.oid == old
    assert (found.matching_entries, found.compared_entries) == (1, 1)


def test_windows_line_ends_that_check_out_made_do_not_hide_the_commit(repository: Path) -> None:
    commit(repository, {".gitattributes": "*.txt text eol=crlf\n", "a.txt": TEXT, "b.txt": "b\n"})
    second = commit(repository, {"b.txt": "c\n"})
    live: dict[str, str | bytes] = {
        ".gitattributes": "*.txt text eol=crlf\n",
        "a.txt": TEXT.replace("\n", "\r\n"),
        "b.txt": "c\r\n",
    }
    found = audit(repository, live).deployed_commit
    assert found is not None
    assert found.commit.oid == second
    assert found.matching_entries == found.compared_entries == 3


def test_a_commit_of_the_live_tree_itself_is_not_taken_for_the_deployed_one(repository: Path) -> None:
    old = commit(repository, {"a": TEXT, "b": "b\n"})
    commit(repository, {"a": NEWER})
    git(repository, "switch", "--quiet", "-c", "reconcile", old)
    write(repository, {"b": "by hand\n"})
    git(repository, "add", "--all")
    tree = git(repository, "write-tree")
    git(repository, "commit", "--quiet", "-m", f"What is live\n\nDriftaudit-Live-Tree: {tree}")
    git(repository, "switch", "--quiet", "main")
    found = audit(repository, {"a": TEXT, "b": "by hand\n"}).deployed_commit
    assert found is not None
    assert found.commit.oid == old


def test_the_index_follows_the_refs(repository: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    commit(repository, {"a": "1\n"})
    live: dict[str, str | bytes] = {"a": "2\n"}
    assert told(audit(repository, live, cache=cache), "a", Origin.HOTFIX).sightings == ()
    git(repository, "switch", "--quiet", "-c", "feature")
    commit(repository, live)
    git(repository, "switch", "--quiet", "main")
    assert told(audit(repository, live, cache=cache), "a", Origin.AHEAD).sightings
    git(repository, "branch", "-D", "feature")
    assert told(audit(repository, live, cache=cache), "a", Origin.HOTFIX).sightings == ()
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "--quiet", "--prune=now")
    commit(repository, {"b": "b\n"})  # what the index knew is not even an object now
    assert told(audit(repository, live, cache=cache), "a", Origin.HOTFIX).sightings == ()


def test_a_content_whose_object_is_lost_is_not_called_safe(repository: Path) -> None:
    commit(repository, {"a": TEXT})
    commit(repository, {"a": NEWER})
    oid = git(repository, "rev-parse", "HEAD~1:a")
    (repository / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    found = audit(repository, {"a": TEXT})
    assert told(found, "a", Origin.STALE).recoverable.value == "unproven"
    assert found.decision.verdict.value == "incomplete"
