"""Each origin, on a repository made with git's own commands."""

from pathlib import Path

import pytest

from driftaudit.audit import AuditRequest, examine
from driftaudit.deploy.base import Intent
from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Finding, Origin, Recoverable
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import ProblemKind
from driftaudit.policy.policy import load_policy
from driftaudit.repo import Repository
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support.git import commit, git, new_repository, write


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = new_repository(tmp_path / "repository")
    commit(folder, {"a": "first\n", "dropped": "once\n", "old/name": "moved\n"})
    commit(folder, {"a": "second\n", "dropped": None, "old/name": None, "new/name": "moved, edited\n"})
    commit(folder, {"a": "third\n", "b": "b\n", "sub/c": "c\n"})
    return folder


def audit(
    repository: Path, live: dict[str, str | bytes], *pairs: tuple[str, str], deploy: str = "mirror"
) -> Audit:
    root = repository.parent / "live"
    root.mkdir(exist_ok=True)
    write(root, live)
    opened = Repository.containing(repository)
    mapping = PathMapping(pairs or (("", ""),))
    request = AuditRequest(
        target="live",
        desired=GitSource(opened, "HEAD", mapping),
        deployed=DirectorySource(root),
        policy=load_policy(None, {}, ()),
        intent=Intent(deploy),
        repository=opened,
        base=opened.commit("HEAD"),
        mapping=mapping,
    )
    return examine(request).audit


def finding(audit: Audit, path: str) -> Finding:
    return next(finding for finding in audit.findings if finding.path == path)


def origin(audit: Audit, path: str) -> Origin:
    return finding(audit, path).provenance.origin


def test_missing_is_what_is_not_there(repository: Path) -> None:
    assert origin(audit(repository, {"a": "third\n"}), "b") is Origin.MISSING


def test_stale_was_committed_here_before(repository: Path) -> None:
    found = audit(repository, {"a": "first\n"})
    assert origin(found, "a") is Origin.STALE
    assert finding(found, "a").provenance.recoverable is Recoverable.YES


def test_ahead_was_committed_here_on_another_branch(repository: Path) -> None:
    git(repository, "switch", "--quiet", "-c", "feature")
    commit(repository, {"a": "from the feature\n", "extra": "feature only\n"})
    git(repository, "switch", "--quiet", "main")
    found = audit(repository, {"a": "from the feature\n", "extra": "feature only\n"})
    assert origin(found, "a") is Origin.AHEAD
    assert origin(found, "extra") is Origin.AHEAD
    assert finding(found, "a").rule == "core/ahead"


def test_leftover_was_committed_here_and_dropped(repository: Path) -> None:
    assert origin(audit(repository, {"dropped": "once\n"}), "dropped") is Origin.LEFTOVER


def test_leftover_is_named_before_moved_and_still_says_where_it_is(repository: Path) -> None:
    commit(repository, {"elsewhere": "once\n"})
    found = audit(repository, {"dropped": "once\n"})
    assert origin(found, "dropped") is Origin.LEFTOVER
    assert finding(found, "dropped").provenance.moved_to == "elsewhere"


def test_moved_is_desired_at_another_path(repository: Path) -> None:
    found = audit(repository, {"B": "b\n"})
    assert origin(found, "B") is Origin.MOVED
    assert finding(found, "B").provenance.moved_to == "b"


def test_foreign_was_committed_but_never_here(repository: Path) -> None:
    found = audit(repository, {"other": "once\n", "b": "first\n"})
    assert (origin(found, "other"), origin(found, "b")) == (Origin.FOREIGN, Origin.FOREIGN)


def test_hotfix_was_never_committed_and_the_path_is_desired(repository: Path) -> None:
    found = audit(repository, {"a": "edited on the server\n"})
    assert origin(found, "a") is Origin.HOTFIX
    assert finding(found, "a").rule == "core/only-copy"


def test_unknown_was_never_committed_and_the_path_is_not_desired(repository: Path) -> None:
    found = audit(repository, {"dropped": "edited on the server\n"})
    assert origin(found, "dropped") is Origin.UNKNOWN
    assert found.decision.verdict is Verdict.BLOCKED


def test_variant_differs_in_line_ends_or_mode_alone(repository: Path) -> None:
    found = audit(repository, {"a": "third\r\n", "b": "b\n"})
    assert origin(found, "a") is Origin.VARIANT
    assert [aspect.value for aspect in finding(found, "a").change.aspects] == ["line-endings"]
    (repository.parent / "live" / "b").chmod(0o755)
    found = audit(repository, {})
    assert [aspect.value for aspect in finding(found, "b").change.aspects] == ["mode"]


def test_variant_where_the_repository_has_the_windows_line_ends(repository: Path) -> None:
    commit(repository, {"a": "third\r\n"})
    assert origin(audit(repository, {"a": "third\n"}), "a") is Origin.VARIANT


def test_a_stale_version_with_windows_line_ends_is_still_stale(repository: Path) -> None:
    assert origin(audit(repository, {"a": "first\r\n"}), "a") is Origin.STALE


def test_what_check_out_converts_is_no_difference(repository: Path) -> None:
    commit(repository, {".gitattributes": "a text eol=crlf\n"})
    live = {"a": "third\r\n", "b": "b\n", "sub/c": "c\n", "new/name": "moved, edited\n"}
    found = audit(repository, {**live, ".gitattributes": "a text eol=crlf\n"})
    assert found.findings == ()
    assert found.decision.verdict is Verdict.PASS


def test_the_stash_keeps_a_content_safe_with_all_its_entries(repository: Path) -> None:
    for text in ("stashed first\n", "stashed second\n"):
        write(repository, {"a": text})
        git(repository, "stash", "--quiet")
    for text in ("stashed first\n", "stashed second\n"):
        assert origin(audit(repository, {"a": text}), "a") is Origin.AHEAD


def test_a_note_and_a_tagged_blob_keep_a_content_safe(repository: Path) -> None:
    oid = git(repository, "hash-object", "-w", "--stdin", stdin=b"tagged\n")
    git(repository, "tag", "a-blob", oid)
    git(repository, "notes", "add", "-m", "noted")
    found = audit(repository, {"x": "tagged\n", "y": "noted\n"})
    assert (origin(found, "x"), origin(found, "y")) == (Origin.FOREIGN, Origin.FOREIGN)


def test_an_object_that_no_ref_holds_is_not_safe(repository: Path) -> None:
    git(repository, "hash-object", "-w", "--stdin", stdin=b"dangling\n")
    found = audit(repository, {"a": "dangling\n"})
    assert finding(found, "a").rule == "core/unsafe-copy"
    assert finding(found, "a").provenance.copies[0].safe is False
    assert found.decision.verdict is Verdict.BLOCKED


def test_a_content_that_only_an_amended_commit_had_is_not_safe(repository: Path) -> None:
    commit(repository, {"a": "amended away\n"})
    git(repository, "reset", "--quiet", "--hard", "HEAD~1")
    assert finding(audit(repository, {"a": "amended away\n"}), "a").rule == "core/unsafe-copy"


def test_our_own_refs_decide_no_origin_and_make_a_content_recoverable(repository: Path) -> None:
    git(repository, "switch", "--quiet", "-c", "tmp")
    rescued = commit(repository, {"a": "rescued\n"})
    git(repository, "update-ref", "refs/driftaudit/rescue/live/1", rescued)
    git(repository, "switch", "--quiet", "main")
    git(repository, "branch", "--quiet", "-D", "tmp")
    found = finding(audit(repository, {"a": "rescued\n"}), "a")
    assert (found.provenance.origin, found.provenance.recoverable) == (Origin.HOTFIX, Recoverable.YES)
    assert found.rule == "core/hand-edited"


def test_a_merge_that_brings_what_neither_parent_had_is_known(repository: Path) -> None:
    git(repository, "switch", "--quiet", "-c", "side")
    commit(repository, {"side": "1\n"})
    git(repository, "switch", "--quiet", "main")
    commit(repository, {"main": "1\n"})
    git(repository, "merge", "--quiet", "--no-commit", "side")
    commit(repository, {"a": "evil merge\n"}, "merge")
    commit(repository, {"a": "later\n"})
    assert origin(audit(repository, {"a": "evil merge\n"}), "a") is Origin.STALE


def test_a_mapping_leads_history_to_its_place(repository: Path) -> None:
    commit(repository, {"api/src/x": "one\n"})
    commit(repository, {"api/src/x": "two\n"})
    assert origin(audit(repository, {"app/x": "one\n"}, ("api/src", "app")), "app/x") is Origin.STALE


def test_history_from_before_a_restructuring_counts(repository: Path) -> None:
    commit(repository, {"lib/x": "one\n"})
    commit(repository, {"lib/x": None, "packages/lib/x": "two\n"})
    found = audit(repository, {"lib/x": "one\n"}, ("packages/lib", "lib"), ("lib", "lib"))
    assert origin(found, "lib/x") is Origin.STALE


def test_an_empty_folder_holds_nothing_that_could_be_lost(repository: Path) -> None:
    (repository.parent / "live" / "empty").mkdir(parents=True)
    found = audit(repository, {"a": "third\n"})
    assert (finding(found, "empty").rule, found.decision.verdict) == ("core/unknown", Verdict.PASS)


def test_an_empty_folder_that_had_files_in_the_repository_is_a_leftover(repository: Path) -> None:
    (repository.parent / "live" / "old").mkdir(parents=True)
    assert origin(audit(repository, {}), "old") is Origin.LEFTOVER


@pytest.mark.parametrize("destroyed", [True, False])
def test_a_shallow_clone_cannot_prove_that_a_content_was_never_committed(
    repository: Path, destroyed: bool
) -> None:
    clone = repository.parent / "clone"
    git(repository.parent, "clone", "--quiet", "--depth=1", f"file://{repository}", str(clone))
    found = audit(clone, {"a": "first\n", "b": "b\n"}, deploy="mirror" if destroyed else "release")
    if not destroyed:
        found = audit(clone, {"a": "third\n", "dropped": "once\n"}, deploy="overlay")
    assert [problem.kind for problem in found.problems] == [ProblemKind.SHALLOW_CLONE]
    assert "fetch-depth: 0" in found.problems[0].detail
    assert found.decision.verdict is (Verdict.INCOMPLETE if destroyed else Verdict.PASS)


def test_a_partial_clone_asks_nobody_and_says_so(repository: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    clone = repository.parent / "clone"
    url = f"file://{repository}"
    git(repository.parent, "clone", "--quiet", "--filter=blob:none", "--no-checkout", url, str(clone))
    repository.rename(repository.parent / "gone")  # a fetch would fail now
    found = audit(clone, {"a": "first\n"})
    assert ProblemKind.PARTIAL_CLONE in {problem.kind for problem in found.problems}
    assert found.decision.verdict is not Verdict.PASS


def test_a_submodule_is_reported_and_what_lies_in_it_is_not_called_lost(repository: Path) -> None:
    other = new_repository(repository.parent / "other")
    commit(other, {"lib.js": "1\n"})
    git(
        repository,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(other),
        "vendor/lib",
    )
    commit(repository, {})
    found = audit(repository, {"vendor/lib/lib.js": "1\n"})
    assert ("vendor/lib", ProblemKind.SUBMODULE) in [
        (problem.path, problem.kind) for problem in found.problems
    ]
    assert finding(found, "vendor/lib/lib.js").provenance.recoverable is Recoverable.UNPROVEN
    assert found.decision.verdict is Verdict.INCOMPLETE


def test_a_live_checkout_whose_refs_are_all_known_here_may_go(repository: Path) -> None:
    live = repository.parent / "live"
    git(repository.parent, "clone", "--quiet", str(repository), str(live))
    found = audit(repository, {})
    assert (finding(found, ".git").rule, found.decision.verdict) == ("core/unknown", Verdict.PASS)


def test_a_live_checkout_with_a_commit_of_its_own_blocks(repository: Path) -> None:
    live = repository.parent / "live"
    git(repository.parent, "clone", "--quiet", str(repository), str(live))
    commit(live, {"a": "committed on the server\n"})
    found = audit(repository, {})
    assert finding(found, ".git").rule == "core/only-copy"
    assert found.decision.verdict is Verdict.BLOCKED


def test_a_sha256_repository_is_compared_by_its_own_ids(tmp_path: Path) -> None:
    folder = new_repository(tmp_path / "repository", "--object-format=sha256")
    commit(folder, {"a": "first\n"})
    commit(folder, {"a": "second\n"})
    found = audit(folder, {"a": "first\n"})
    assert origin(found, "a") is Origin.STALE
    assert len(finding(found, "a").change.deployed.digest or "") == 64  # type: ignore[union-attr]


def test_a_link_is_not_the_file_that_has_its_target_s_text(repository: Path) -> None:
    commit(repository, {"VERSION": "v1"})
    (repository.parent / "live").mkdir()
    (repository.parent / "live" / "current").symlink_to("v1")
    found = finding(audit(repository, {}), "current")
    assert (found.provenance.origin, found.provenance.moved_to) == (Origin.UNKNOWN, None)
    assert found.rule == "core/only-copy"


def test_a_rescued_blob_without_a_commit_is_a_copy_and_no_history(repository: Path) -> None:
    oid = git(repository, "hash-object", "-w", "--stdin", stdin=b"rescued\n")
    git(repository, "update-ref", "refs/driftaudit/rescue/live/1", oid)
    found = finding(audit(repository, {"a": "rescued\n"}), "a")
    assert (found.provenance.origin, found.provenance.copies[0].kind) == (Origin.HOTFIX, "ref")


def test_an_empty_file_is_not_called_moved(repository: Path) -> None:
    commit(repository, {"pkg/__init__.py": ""})
    assert finding(audit(repository, {"new": ""}), "new").provenance.moved_to is None


def test_a_live_checkout_without_a_commit_proves_nothing(repository: Path) -> None:
    live = new_repository(repository.parent / "live")
    write(live, {"staged": "only in the index\n"})
    git(live, "add", "staged")
    (live / "staged").unlink()
    found = audit(repository, {})
    assert finding(found, ".git").provenance.recoverable is Recoverable.UNPROVEN
    assert found.decision.verdict is Verdict.INCOMPLETE


def test_a_commit_in_a_submodule_s_git_folder_blocks(repository: Path) -> None:
    other = new_repository(repository.parent / "other")
    commit(other, {"lib.js": "1\n"})
    live = repository.parent / "live"
    git(repository.parent, "clone", "--quiet", str(repository), str(live))
    git(live, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor/lib")
    git(live, "reset", "--quiet", "--hard")
    found = audit(repository, {})
    assert finding(found, ".git").rule == "core/only-copy"


def test_a_checkout_on_both_sides_is_judged_all_the_same(repository: Path) -> None:
    live = repository.parent / "live"
    git(repository.parent, "clone", "--quiet", str(repository), str(live))
    commit(live, {"a": "committed on the server\n"})
    opened = Repository.containing(repository)
    request = AuditRequest(
        target="live",
        desired=DirectorySource(repository),
        deployed=DirectorySource(live),
        policy=load_policy(None, {}, ()),
        intent=Intent("mirror"),
        repository=opened,
        base=opened.commit("HEAD"),
    )
    assert finding(examine(request).audit, ".git").rule == "core/only-copy"
