"""What is live, as a commit beside the one that was deployed: by the command line, and then by git."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from driftaudit.incident import build_incident
from tests.support.cli import driftaudit
from tests.support.git import commit, git, new_repository, write
from tests.support.kept import content, document, fsck, own_refs, reconcile, tree, untouched
from tests.support.lfs import TRACKED, lfs_repository
from tests.support.site import FILES, Site, refusal
from tests.support.sshd import SSHServer


def changed(site: Site, ref: str, parent: str = "HEAD") -> list[str]:
    """Return what git says that leads from the parent to the commit."""
    rows = git(site.repository, "diff", "--no-renames", "--name-status", "-z", parent, ref).split("\0")[:-1]
    return [f"{step} {path}" for step, path in zip(rows[0::2], rows[1::2], strict=True)]


def live(site: Site, *words: str) -> str:
    """Reconcile and return the ref."""
    outcome = reconcile(site, *words)
    assert outcome.code == 0, outcome.err + outcome.out
    (ref,) = own_refs(site.repository)
    return ref


def test_the_incident_is_merged_by_git(tmp_path: Path, sshd: SSHServer) -> None:
    incident = build_incident(tmp_path, sshd.url(tmp_path / "irisx-backend"))
    before = untouched(incident.repository)
    outcome = driftaudit(incident.repository, "reconcile", "--parent", "HEAD~3")
    assert outcome.code == 0, outcome.err
    assert untouched(incident.repository) == before
    fsck(incident.repository)
    ref = "refs/driftaudit/live/production"
    deployed = git(incident.repository, "rev-parse", "HEAD~3")
    assert git(incident.repository, "rev-parse", f"{ref}^") == deployed
    assert "M  api/src/config.js\n  M  api/src/db/connection.js\n  A  api/src/services/fr" in outcome.out
    assert f"\ngit diff {deployed[:12]} {ref}\ngit merge {ref}\ngit switch -c reconcile/prod" in outcome.out

    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(incident.repository), str(clone))
    git(clone, "fetch", "--quiet", "origin", f"{ref}:{ref}")
    git(clone, "merge", "--no-edit", ref, check=False)
    both = [
        "api/src/config.js",
        "api/src/lib/database/connection.js",
    ]  # edited here and there, and moved here
    assert git(clone, "diff", "--name-only", "--diff-filter=U").splitlines() == both
    config, connection = ((clone / path).read_text() for path in both)
    assert "pool: 40" in config and "limit: 100" in config
    assert "statement_timeout: 5000" in connection and "max: 20" in connection
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--no-edit")
    assert (clone / "api/src/services/freeswitch.js").read_text().startswith("import { Connection }")
    assert (clone / "api/src/services/analytics.js").exists()
    git(clone, "switch", "--quiet", "-c", "reconcile/production", ref)


def test_what_nobody_else_edited_is_merged_without_a_word(remote: Site) -> None:
    write(remote.production, {"src/new.txt": "new\n", "src/lib/one.txt": "edited\n", "readme.txt": None})
    ref = live(remote)
    commit(remote.repository, {"src/app.txt": "newer\n"})
    git(remote.repository, "merge", "--quiet", "--no-edit", ref)
    assert (remote.repository / "src/lib/one.txt").read_text() == "edited\n"
    assert (remote.repository / "src/app.txt").read_text() == "newer\n"
    assert (remote.repository / "src/new.txt").exists()
    assert not (remote.repository / "readme.txt").exists()


def test_message_and_trailer(site: Site) -> None:
    write(site.production, {"src/new.txt": "new\n", "src/app.txt": "edited\n", "readme.txt": None})
    ref = live(site)
    head = git(site.repository, "rev-parse", "HEAD")
    found = git(site.repository, "rev-parse", f"{ref}^{{tree}}")
    assert git(site.repository, "log", "-1", "--format=%B", ref).splitlines() == [
        f"Live tree of {site.url}",
        "",
        f"What is deployed, beside commit {head}.",
        "",
        "1 file only live:",
        "  src/new.txt",
        "",
        "1 file edited:",
        "  src/app.txt",
        "",
        "1 file not live:",
        "  readme.txt",
        "",
        f"Driftaudit-Live-Tree: {found}",
    ]
    trailers = git(site.repository, "log", "-1", "--format=%(trailers)", ref)
    assert trailers == f"Driftaudit-Live-Tree: {found}"
    assert changed(site, ref) == ["D readme.txt", "M src/app.txt", "A src/new.txt"]


def test_twice_is_the_same_commit(site: Site) -> None:
    write(site.production, {"src/new.txt": "new\n"})
    live(site)
    refs = own_refs(site.repository)
    again = reconcile(site)
    assert (again.code, own_refs(site.repository)) == (0, refs)
    assert "is still commit" in again.out


def test_what_only_the_ref_held_is_kept_when_it_moves_on(site: Site) -> None:
    """A check counts what the ref holds as a copy, and lets a deploy destroy it."""
    write(site.production, {"src/new.txt": "only here\n"})
    ref = live(site)
    assert site.check().code == 0
    (site.production / "src/new.txt").unlink()  # the deploy
    outcome = reconcile(site, "--format", "json")
    kept = document(outcome)["kept"]
    assert sorted(own_refs(site.repository)) == sorted([ref, kept])
    assert content(site.repository, kept, "src/new.txt") == "only here"
    git(site.repository, "gc", "--quiet", "--prune=now")
    assert content(site.repository, kept, "src/new.txt") == "only here"
    write(site.production, {"src/app.txt": "edited\n"})
    reconcile(site)
    write(site.production, {"src/app.txt": FILES["src/app.txt"]})
    reconcile(site)
    assert len(own_refs(site.repository)) == 3  # what has nothing of its own is not kept


def test_expected_paths_stay_as_the_parent_has_them(site: Site) -> None:
    commit(site.repository, {"logs/.gitkeep": "", "config/site.pem": "example\n", "dist/app.js": "built\n"})
    site.configure('version: 1\ntargets: {}\nlabels:\n  generated: ["/dist/"]\n')
    write(
        site.production,
        {
            "logs/.gitkeep": "",
            "logs/app.log": "line\n",
            ".env": "PASSWORD=example-only\n",
            "config/site.pem": "real\n",
            "dist/app.js": "built there\n",
            "node_modules/x/index.js": "x\n",
        },
    )
    outcome = reconcile(site, "--format", "json")
    found = document(outcome)
    assert (outcome.code, changed(site, found["ref"])) == (0, [])
    listed = git(site.repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    contents = [git(site.repository, "cat-file", "-p", oid) for oid in listed.splitlines()]
    assert not [text for text in contents if "example-only" in text or text == "real"]


def test_a_mapping_is_gone_back(site: Site) -> None:
    commit(site.repository, {"api/src/a.js": "a\n", "api/index.js": "index\n", "docs/x.md": "x\n"})
    site.production = site.folder / "mapped"
    site.url = str(site.production)
    write(site.production, {"src/a.js": "edited\n", "index.js": "index\n", "src/b.js": "b\n", "stray": "s\n"})
    outcome = reconcile(site, "--map", "api/src:src", "--map", "api/index.js:index.js")
    (ref,) = own_refs(site.repository)
    assert changed(site, ref) == ["A .driftaudit-unmapped/stray", "M api/src/a.js", "A api/src/b.js"]
    assert "Below .driftaudit-unmapped/, since no mapping leads to them\n  stray\n" in outcome.out
    write(site.production, {"stray": None, "other": "o\n"})
    git(site.repository, "merge", "--quiet", "--no-edit", ref)
    reconcile(site, "--map", "api/src:src", "--map", "api/index.js:index.js")
    assert changed(site, ref) == ["A .driftaudit-unmapped/other", "D .driftaudit-unmapped/stray"]


def test_of_several_places_the_one_that_the_parent_has_is_gone_back_to(site: Site) -> None:
    commit(site.repository, {"server/a.js": "a\n"})
    site.production = site.folder / "mapped"
    site.url = str(site.production)
    write(site.production, {"src/a.js": "edited\n", "src/b.js": "b\n"})
    ref = live(site, "--map", "api:src", "--map", "server:src")
    assert changed(site, ref) == ["M server/a.js", "A server/b.js"]


def test_links_bits_and_folders_in_the_place_of_files(site: Site) -> None:
    write(site.production, {"src/lib/one.txt": None, "src/lib/two.txt": None, "src/app.txt": None})
    (site.production / "src/lib").rmdir()
    write(site.production, {"src/lib": "a file now\n", "src/app.txt/inside": "a folder now\n"})
    (site.production / "readme.txt").unlink()
    (site.production / "readme.txt").symlink_to("src/lib")
    (site.production / "src/lib").chmod(0o755)
    ref = live(site)
    assert tree(site.repository, ref) == {
        "readme.txt": "120000",
        "src/app.txt/inside": "100644",
        "src/lib": "100755",
    }
    fsck(site.repository)


def test_line_ends_that_check_out_converts_are_no_difference(site: Site) -> None:
    commit(site.repository, {".gitattributes": "*.txt eol=crlf\n*.id ident\n", "x.id": "$Id$\n"})
    git(site.repository, "rm", "-rq", "--cached", ".")
    git(site.repository, "reset", "--quiet", "--hard")
    for name in (*FILES, ".gitattributes", "x.id"):
        write(site.production, {name: (site.repository / name).read_bytes()})
    assert b"\r\n" in (site.production / "readme.txt").read_bytes()
    write(site.production, {"src/app.txt": "edited\r\n"})
    ref = live(site)
    assert changed(site, ref) == ["M src/app.txt"]


def test_what_lfs_fills_in_is_no_difference(site: Site) -> None:
    site.repository = lfs_repository(site.folder / "lfs")
    old, new = b"old\0content", b"new\0content"
    commit(site.repository, {"a.bin": old, "b.bin": old})
    commit(site.repository, {"a.bin": new, "b.bin": new})
    site.production = site.folder / "filled"
    site.url = str(site.production)
    write(site.production, {".gitattributes": TRACKED, "a.bin": new, "b.bin": old})
    ref = live(site)
    assert changed(site, ref) == ["M b.bin"]
    assert content(site.repository, ref, "b.bin") == content(site.repository, "HEAD~1", "b.bin")


def test_what_archives_leave_out_is_not_deleted(site: Site) -> None:
    commit(site.repository, {".gitattributes": "tests export-ignore\n", "tests/x.txt": "x\n"})
    write(site.production, {".gitattributes": "tests export-ignore\n"})
    assert changed(site, live(site)) == []


def test_submodules_stay(site: Site) -> None:
    other = new_repository(site.folder / "other")
    commit(other, {"x": "x\n"})
    git(site.repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    commit(site.repository, {})
    write(site.production, {"sub/x": "x\n", ".gitmodules": (site.repository / ".gitmodules").read_text()})
    ref = live(site)
    assert changed(site, ref) == []
    assert tree(site.repository, ref)["sub"] == "160000"


def test_an_unreadable_file_stays_as_the_parent_has_it(strict: Site) -> None:
    write(strict.production, {"src/new.txt": "new\n", "src/closed.txt": "closed\n"})
    for name in ("src/app.txt", "src/closed.txt"):
        (strict.production / name).chmod(0)
    outcome = reconcile(strict)
    (ref,) = own_refs(strict.repository)
    assert (outcome.code, changed(strict, ref)) == (4, ["A src/new.txt"])
    assert "Not seen, and as the parent has it: 2 paths." in outcome.out
    message = git(strict.repository, "log", "-1", "--format=%B", ref)
    assert "Not seen, and so left as the parent has it:\n  src/app.txt: unreadable\n  src/cl" in message


def test_an_unreadable_folder_is_not_deleted(strict: Site) -> None:
    (strict.production / "src/lib").chmod(0)
    outcome = reconcile(strict)
    (strict.production / "src/lib").chmod(0o755)
    (ref,) = own_refs(strict.repository)
    assert (outcome.code, changed(strict, ref)) == (4, [])


def test_names_that_git_refuses_are_named(site: Site) -> None:
    write(site.production, {".GIT/x": "x\n", "src/\udcff": "y\n"})
    outcome = reconcile(site, "--format", "json")
    found = document(outcome)
    assert [(miss["path"], miss["kind"]) for miss in found["missed"]] == [(".GIT/x", "refused-name")]
    assert outcome.code == 4
    assert changed(site, found["ref"]) == ["A src/\udcff"]
    fsck(site.repository)


def test_a_tree_that_no_commit_is_near_to_stands_alone(site: Site) -> None:
    site.production = site.folder / "foreign"
    write(site.production, {"other.txt": "of another project\n"})
    outcome = driftaudit(site.repository, "reconcile", str(site.production))
    (ref,) = own_refs(site.repository)
    assert (outcome.code, git(site.repository, "rev-list", "--count", ref)) == (0, "1")
    assert "No commit is near to what is live" in outcome.out
    assert f"git merge --allow-unrelated-histories {ref}" in outcome.out
    git(site.repository, "merge", "--quiet", "--no-edit", "--allow-unrelated-histories", ref)
    assert (site.repository / "other.txt").exists()


def test_without_what_is_live(site: Site) -> None:
    site.url = str(site.folder / "nothing")
    assert "there is no such folder" in refusal(reconcile(site), 5)
    site.configure("version: 1\ntargets:\n  live:\n    url: /nowhere/at/all\n    allow_absent: true\n")
    assert "nothing is live there yet" in refusal(driftaudit(site.repository, "reconcile", "live"), 5)


def test_a_parent_that_is_none(site: Site) -> None:
    outcome = driftaudit(site.repository, "reconcile", site.url, "--parent", "nothing")
    assert "there is no revision 'nothing'" in refusal(outcome, 2)


def test_two_at_once(site: Site) -> None:
    write(site.production, {"src/new.txt": "new\n"})
    words = [sys.executable, "-m", "driftaudit", "reconcile", site.url, "--parent", "HEAD"]
    both = [
        subprocess.Popen(words, cwd=site.repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _each in range(2)
    ]
    assert [run.communicate()[1] for run in both] == [b"", b""]
    assert [run.returncode for run in both] == [0, 0]
    assert changed(site, next(iter(own_refs(site.repository)))) == ["A src/new.txt"]
    fsck(site.repository)


@pytest.mark.parametrize("name", ["it's", "a b", "$HOME", "x..y", "é", "-n", "a.lock"])
def test_commands_are_quoted_and_refs_are_names(site: Site, name: str) -> None:
    write(site.folder, {f"{name}/src/app.txt": "edited\n"})
    outcome = driftaudit(
        site.repository, "reconcile", "--parent", "HEAD", "--format", "json", "--", f"../{name}"
    )
    found = document(outcome)
    assert own_refs(site.repository) == {found["ref"]: found["commit"]}
    for command in found["commands"]:
        done = subprocess.run(["sh", "-c", command], cwd=site.repository, capture_output=True)
        assert done.returncode == 0, (command, done.stderr)


@pytest.mark.parametrize("seed", range(4))
def test_any_live_tree_is_what_its_commit_has(site: Site, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"d{number % 7}/e{number % 3}/f{number}" for number in range(60)]
    commit(site.repository, {name: f"{name}\n" for name in names})
    write(site.production, {name: f"{name}\n" for name in names})
    for name in chance.sample(names, 30):
        path = site.production / name
        turn = chance.randrange(5)
        path.unlink()
        if turn == 0:
            path.mkdir()
            (path / "inside").write_bytes(chance.randbytes(50))
        elif turn == 1:
            path.symlink_to(chance.choice(names))
        elif turn == 2:
            path.write_bytes(chance.randbytes(50))
            path.chmod(0o755)
        elif turn == 3:
            path.write_text("one\r\ntwo\r\n")
    ref = live(site)
    same = driftaudit(site.repository, "compare", f"git:{ref}", site.url)
    assert (same.code, same.err) == (0, ""), same.out
    fsck(site.repository)
