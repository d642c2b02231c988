"""Every only copy into the repository, by the command line."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.incident import build_incident
from driftaudit.keeping.bringing import Bringer
from driftaudit.plumbing.writing import ObjectWriter
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, git, new_repository, write
from tests.support.kept import content, document, fsck, own_refs, reconcile, rescue, tree, untouched
from tests.support.proxy import running_proxy
from tests.support.site import Site, refusal
from tests.support.sshd import SSHServer

ONLY = {"src/new.txt": "only here\n", "src/app.txt": "edited here\n"}


@pytest.fixture
def edited(site: Site) -> Site:
    write(site.production, dict(ONLY))
    return site


def test_the_incident_is_blocked_then_rescued_then_passes(tmp_path: Path, sshd: SSHServer) -> None:
    incident = build_incident(tmp_path, sshd.url(tmp_path / "irisx-backend"))
    assert driftaudit(incident.repository, "check").code == 3
    before = untouched(incident.repository)
    found = document(driftaudit(incident.repository, "rescue", "--format", "json"))
    assert untouched(incident.repository) == before
    paths = ["src/config.js", "src/db/connection.js", "src/services/freeswitch.js"]
    assert [row["path"] for row in found["rescued"]] == paths
    assert own_refs(incident.repository) == {found["ref"]: found["commit"]}
    assert found["ref"].startswith("refs/driftaudit/rescue/production/2")
    assert list(tree(incident.repository, found["ref"])) == paths
    for path in paths:
        live = (incident.production / path).read_text().strip()
        assert content(incident.repository, found["ref"], path) == live
    fsck(incident.repository)
    # All is safe, and the deploy would still leave an import without its file.
    last = driftaudit(incident.repository, "check").out.rstrip().splitlines()[-1]
    assert last == "BLOCKED  It would break: ./db/connection.js, imported by src/app.js:3."


def test_what_is_said(edited: Site) -> None:
    outcome = rescue(edited)
    (ref,) = own_refs(edited.repository)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"Rescued 2 only copies of {edited.url}, held by {ref}\n" in outcome.out
    assert "  src/app.txt\n  src/new.txt\n" in outcome.out
    message = git(edited.repository, "log", "-1", "--format=%B", ref)
    assert message.startswith(f"Rescue 2 only copies of {edited.url}\n\nRead from {edited.url} at 2")
    assert message.endswith("  src/app.txt\n  src/new.txt")
    author = git(edited.repository, "log", "-1", "--format=%an <%ae> %cn <%ce>", ref)
    assert author == "driftaudit <driftaudit@localhost> driftaudit <driftaudit@localhost>"


def test_what_is_held_already_makes_no_new_ref(edited: Site) -> None:
    rescue(edited)
    refs = own_refs(edited.repository)
    again = rescue(edited)
    assert (again.code, own_refs(edited.repository)) == (0, refs)
    assert "Nothing new to rescue" in again.out
    assert "2 only copies held by earlier rescues" in again.out


def test_what_is_new_makes_a_ref_that_holds_all(edited: Site) -> None:
    rescue(edited)
    write(edited.production, {"src/newer.txt": "later\n"})
    found = document(rescue(edited, "--format", "json"))
    assert [row["path"] for row in found["rescued"]] == ["src/newer.txt"]
    assert [row["path"] for row in found["held"]] == ["src/app.txt", "src/new.txt"]
    assert list(tree(edited.repository, found["ref"])) == ["src/app.txt", "src/new.txt", "src/newer.txt"]
    assert len(own_refs(edited.repository)) == 2


def test_nothing_to_rescue(site: Site) -> None:
    outcome = rescue(site)
    assert (outcome.code, own_refs(site.repository)) == (0, {})
    assert outcome.out == f"Nothing to rescue of {site.url}: nothing is the only copy.\n"


def test_bits_links_and_names_are_kept(remote: Site) -> None:
    write(remote.production, {"run.sh": "#!/bin/sh\n", "odd/\udcff\n name": "bytes\n", "empty": ""})
    (remote.production / "run.sh").chmod(0o755)
    (remote.production / "link").symlink_to("../elsewhere/\udcff")
    found = document(rescue(remote, "--format", "json"))
    assert tree(remote.repository, found["ref"]) == {
        "empty": "100644",
        "link": "120000",
        "odd/\udcff\n name": "100644",
        "run.sh": "100755",
    }
    assert content(remote.repository, found["ref"], "link") == "../elsewhere/\udcff"
    assert r"odd/\xff\n name" in git(remote.repository, "log", "-1", "--format=%B", found["ref"])
    fsck(remote.repository)


def test_what_only_the_live_ref_holds_is_rescued_all_the_same(edited: Site) -> None:
    """That ref moves on with the next reconcile."""
    driftaudit(edited.repository, "reconcile", edited.url, "--parent", "HEAD")
    assert edited.check().code == 0
    found = document(rescue(edited, "--format", "json"))
    assert [row["path"] for row in found["rescued"]] == ["src/app.txt", "src/new.txt"]


def test_what_is_only_an_unreachable_object_needs_a_ref_and_no_fetch(edited: Site) -> None:
    for name in ONLY:
        git(edited.repository, "hash-object", "-w", str(edited.production / name))
    saved = edited.folder / "live.driftaudit"
    driftaudit(edited.repository, "snapshot", edited.url, "--output", str(saved))
    found = document(driftaudit(edited.repository, "rescue", str(saved), "--format", "json"))
    assert sorted(tree(edited.repository, found["ref"])) == sorted(ONLY)
    assert edited.check().code == 0


def test_a_saved_snapshot_has_no_contents_to_rescue(edited: Site) -> None:
    saved = edited.folder / "live.driftaudit"
    driftaudit(edited.repository, "snapshot", edited.url, "--output", str(saved))
    assert "has no contents" in refusal(driftaudit(edited.repository, "rescue", str(saved)), 5)
    assert own_refs(edited.repository) == {}


def test_application_data_is_counted_and_not_read(edited: Site) -> None:
    write(edited.production, {"logs/app.log": "a line\n", "node_modules/x/index.js": "x\n"})
    outcome = rescue(edited)
    (ref,) = own_refs(edited.repository)
    assert (outcome.code, sorted(tree(edited.repository, ref))) == (0, sorted(ONLY))
    assert (
        "1 file with the label runtime: the application's own data is not read, nor rescued." in outcome.out
    )


def test_an_unreadable_file_is_named_and_the_rest_is_kept(strict: Site) -> None:
    write(strict.production, dict(ONLY) | {"src/closed.txt": "nobody reads it\n"})
    (strict.production / "src/closed.txt").chmod(0)
    outcome = rescue(strict)
    (ref,) = own_refs(strict.repository)
    assert (outcome.code, sorted(tree(strict.repository, ref))) == (4, sorted(ONLY))
    assert "Not rescued: 1 path." in outcome.out
    assert "  src/closed.txt  unreadable: Permission denied" in outcome.out
    again = rescue(strict)
    assert (again.code, len(own_refs(strict.repository))) == (4, 1)


def test_names_that_git_refuses_are_named(edited: Site) -> None:
    write(edited.production, {".GIT/config": "x\n", "git~1": "y\n"})
    outcome = rescue(edited, "--format", "json")
    found = document(outcome)
    assert outcome.code == 4
    assert [(miss["path"], miss["kind"]) for miss in found["missed"]] == [
        (".GIT/config", "refused-name"),
        ("git~1", "refused-name"),
    ]
    assert sorted(tree(edited.repository, found["ref"])) == sorted(ONLY)
    fsck(edited.repository)


def test_a_checkout_with_commits_of_its_own_is_named(edited: Site) -> None:
    commit(new_repository(edited.production / "plugin"), {"own.txt": "only here\n"})
    outcome = rescue(edited, "--format", "json")
    kinds = {miss["path"]: miss["kind"] for miss in document(outcome)["missed"]}
    assert (outcome.code, kinds) == (4, {"plugin/.git": "checkout"})


def test_a_first_repository_without_a_commit(edited: Site) -> None:
    empty = new_repository(edited.folder / "empty")
    found = document(
        driftaudit(empty, "rescue", edited.url, "--desired", str(edited.repository), "--format", "json")
    )
    assert sorted(tree(empty, found["ref"])) == sorted(ONLY)
    fsck(empty)


def test_without_a_repository(edited: Site) -> None:
    outcome = driftaudit(edited.folder, "rescue", edited.url, "--desired", "./repository")
    assert "there is no repository" in refusal(outcome, 2) or "is in no git repository" in outcome.err


def test_two_at_once_keep_all(edited: Site) -> None:
    words = [sys.executable, "-m", "driftaudit", "rescue", edited.url]
    both = [
        subprocess.Popen(words, cwd=edited.repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _each in range(2)
    ]
    assert [run.communicate()[1] for run in both] == [b"", b""]
    assert [run.returncode for run in both] == [0, 0]
    for ref in own_refs(edited.repository):
        assert sorted(tree(edited.repository, ref)) == sorted(ONLY)
    fsck(edited.repository)


def test_formats_and_files(edited: Site) -> None:
    report = edited.folder / "rescue.json"
    outcome = rescue(edited, "--output", str(report), "--quiet")
    assert (outcome.code, outcome.out) == (0, "")
    assert '"schema": "driftaudit/rescue/v1"' in report.read_text()
    assert "rescue writes text and json, not html" in refusal(rescue(edited, "--output", "x.html"), 2)


def test_hooks_filters_and_signatures_of_the_repository_stay_out(edited: Site) -> None:
    told = edited.folder / "told"
    script = f"#!/bin/sh\necho $0 >> {told}\n"
    write(edited.repository, {".git/hooks/reference-transaction": script, ".git/hooks/post-commit": script})
    for hook in (edited.repository / ".git" / "hooks").iterdir():
        hook.chmod(0o755)
    program = edited.folder / "program"
    program.write_text(script)
    program.chmod(0o755)
    for setting in (
        ("commit.gpgSign", "true"),
        ("gpg.program", str(program)),
        ("core.fsmonitor", str(program)),
        ("filter.x.clean", str(program)),
        ("core.autocrlf", "true"),
        ("core.splitIndex", "true"),
        ("core.logAllRefUpdates", "always"),
        ("i18n.commitEncoding", "ISO-8859-1"),
    ):
        git(edited.repository, "config", *setting)
    write(edited.repository, {".git/info/attributes": "* filter=x text\n"})
    write(edited.production, {"src/crlf.txt": "one\r\ntwo\r\n"})
    before = untouched(edited.repository)
    found = document(rescue(edited, "--format", "json"))
    assert untouched(edited.repository) == before
    assert not told.exists()
    blob = git(edited.repository, "rev-parse", f"{found['ref']}:src/crlf.txt")
    assert git(edited.repository, "cat-file", "-s", blob) == str(len("one\r\ntwo\r\n"))


@pytest.mark.parametrize("command", [rescue, reconcile])
def test_a_connection_that_is_lost_amid_it_leaves_nothing_half_done(
    remote: Site, sshd: SSHServer, command: Callable[..., Outcome]
) -> None:
    large = random.Random(1).randbytes(3_000_000)
    write(remote.production, {"large": large, "small": "only here\n"})
    before = untouched(remote.repository)
    with running_proxy(sshd.port, cut_after=1_500_000) as proxy:
        sshd.client.configure(
            f"Host web\n  HostName 127.0.0.1\n  Port {proxy.port}\n  HostKeyAlias {sshd.name}\n"
        )
        whole, remote.url = remote.url, f"ssh://web{remote.production}"
        refusal(command(remote), 5)
        assert proxy.passed == proxy.cut_after
    assert untouched(remote.repository) == before
    assert own_refs(remote.repository) == {}
    fsck(remote.repository)
    remote.url = whole
    assert command(remote).code == 0
    (ref,) = own_refs(remote.repository)
    assert {"large", "small"} <= tree(remote.repository, ref).keys()


def test_what_changes_between_scan_and_fetch_is_not_taken_for_what_was_seen(edited: Site) -> None:
    """Size and time are as they were, and the content is another one."""
    saved = (edited.production / "src/new.txt").stat()
    entries = DirectorySource(edited.production).snapshot(ScanRequest()).entries
    (entry,) = [entry for entry in entries if entry.path == "src/new.txt"]
    (edited.production / "src/new.txt").write_text("other one\n")
    os.utime(edited.production / "src/new.txt", ns=(saved.st_atime_ns, saved.st_mtime_ns))
    repository = Repository.containing(edited.repository)
    writer = ObjectWriter(repository.top, "sha1")
    missed = Bringer(DirectorySource(edited.production), repository, writer).bring([entry])
    assert [(miss.path, miss.kind) for miss in missed] == [("src/new.txt", "unstable")]
