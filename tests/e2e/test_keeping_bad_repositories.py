"""Rescue and reconcile where the repository, or the disk that it lies on, is not as it should be."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import driftaudit
from tests.support.git import git, new_repository, write
from tests.support.kept import fsck, own_refs, reconcile, rescue, tree, untouched
from tests.support.programs import program
from tests.support.site import FILES, Site, refusal

COMMANDS = [rescue, reconcile]


@pytest.fixture
def edited(site: Site) -> Site:
    write(site.production, {"src/new.txt": "only here\n", "large": random.Random(1).randbytes(400_000)})
    return site


def mounted(site: Site, command: str, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command after a script, where that may mount what nobody else sees."""
    words = ["--parent", "HEAD"] if command == "reconcile" else []
    run = " ".join([sys.executable, "-m", "driftaudit", command, site.url, *words])
    inside = f"set -e; {script}; cd {site.repository}; exec {run}"
    asked = [program("unshare"), "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    return subprocess.run([*asked, "sh", "-c", inside], capture_output=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("command", ["rescue", "reconcile"])
def test_a_disk_that_is_full(edited: Site, command: str) -> None:
    objects = edited.repository / ".git" / "objects"
    script = f"cp -a {objects} {edited.folder}/saved; mount -t tmpfs -o size=256k tmpfs {objects}"
    script += f"; cp -a {edited.folder}/saved/. {objects}"
    before = untouched(edited.repository)
    done = mounted(edited, command, script)
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), told
    assert "No space left on device" in told
    assert "Give the repository room" in told
    assert untouched(edited.repository) == before
    assert own_refs(edited.repository) == {}


@pytest.mark.parametrize("command", ["rescue", "reconcile"])
def test_a_disk_that_takes_no_ref(edited: Site, command: str) -> None:
    """The objects are written, and the ref is not."""
    refs = edited.repository / ".git" / "refs" / "driftaudit"
    refs.mkdir()
    done = mounted(edited, command, f"mount --bind {refs} {refs}; mount -o remount,ro,bind {refs}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "the right to write to it" in done.stderr.decode()
    assert own_refs(edited.repository) == {}
    fsck(edited.repository)
    assert (rescue(edited) if command == "rescue" else reconcile(edited)).code == 0


@pytest.mark.parametrize("command", ["rescue", "reconcile"])
def test_a_repository_that_is_read_only(edited: Site, command: str) -> None:
    top = edited.repository
    before = untouched(top)
    done = mounted(edited, command, f"mount --bind {top} {top}; mount -o remount,ro,bind {top}")
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), told
    assert told.startswith("driftaudit: git hash-object failed: ")
    assert "the right to write to it" in told
    assert untouched(top) == before


@pytest.mark.parametrize("command", ["rescue", "reconcile"])
def test_a_temporary_folder_without_room(edited: Site, command: str) -> None:
    room = edited.folder / "room"
    room.mkdir()
    script = f"mount -t tmpfs -o size=128k tmpfs {room}; export TMPDIR={room}"
    done = mounted(edited, command, script)
    assert (done.returncode, done.stdout) == (2, b""), done.stderr
    assert b"internal error" not in done.stderr
    assert own_refs(edited.repository) == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_damaged_tree(edited: Site, command) -> None:  # type: ignore[no-untyped-def]
    oid = git(edited.repository, "rev-parse", "HEAD:src")
    path = edited.repository / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"no tree")
    told = refusal(command(edited), 2)
    assert "git fsck" in told
    assert own_refs(edited.repository) == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_damaged_object_of_what_is_live_is_named(edited: Site, command) -> None:  # type: ignore[no-untyped-def]
    oid = git(edited.repository, "hash-object", "-w", str(edited.production / "src/new.txt"))
    other = git(edited.repository, "rev-parse", "HEAD:readme.txt")
    objects = edited.repository / ".git" / "objects"
    path = objects / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes((objects / other[:2] / other[2:]).read_bytes())  # whole, and another content
    outcome = command(edited)
    assert outcome.code == 4
    assert "src/new.txt  damaged-object" in outcome.out
    (ref,) = own_refs(edited.repository)
    assert "src/new.txt" not in tree(edited.repository, ref)
    assert "large" in tree(edited.repository, ref)


def test_a_ref_of_ours_that_leads_nowhere(edited: Site) -> None:
    reconcile(edited)
    (ref,) = own_refs(edited.repository)
    (edited.repository / ".git" / ref).write_text("12" * 20 + "\n")
    for outcome in (rescue(edited), reconcile(edited)):
        assert (outcome.code, outcome.out) == (2, "")
        assert "fsck" in outcome.err


@pytest.mark.parametrize("words", [("--bare",), ("--object-format=sha256",)])
def test_other_repositories(site: Site, words: tuple[str, ...]) -> None:
    other = new_repository(site.folder / "other", *(word for word in words if word != "--bare"))
    write(other, dict(FILES))
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message", "all")
    if "--bare" in words:
        git(site.folder, "clone", "--quiet", "--bare", str(other), "bare.git")
        other = site.folder / "bare.git"
    site.repository = other
    write(site.production, {"src/new.txt": "only here\n", "src/app.txt": "edited\n"})
    before = untouched(other)
    assert (rescue(site).code, reconcile(site).code) == (0, 0)
    assert untouched(other) == before
    assert site.check().code == 0
    fsck(other)


def test_a_further_worktree(site: Site) -> None:
    git(site.repository, "worktree", "add", "--quiet", "../second")
    write(site.production, {"src/new.txt": "only here\n"})
    main, site.repository = site.repository, site.folder / "second"
    before = untouched(site.repository)
    assert (rescue(site).code, reconcile(site).code) == (0, 0)
    assert untouched(site.repository) == before
    assert len(own_refs(main)) == 2
    write(site.production, {".env": "PASSWORD=example-only\n"})
    refusal(rescue(site, "--secrets-folder", str(main / "secrets")), 2)


def test_a_shallow_clone(site: Site) -> None:
    write(site.repository, {"src/app.txt": "newer\n"})
    git(site.repository, "commit", "--quiet", "--all", "--message", "newer")
    git(site.folder, "clone", "--quiet", "--depth=1", f"file://{site.repository}", "shallow")
    site.repository = site.folder / "shallow"
    assert site.check().code == 4
    assert (rescue(site).code, reconcile(site).code) == (0, 0)
    assert site.check().code == 0
    fsck(site.repository)


def test_a_partial_clone(site: Site) -> None:
    write(site.repository, {"src/app.txt": "newer\n"})
    git(site.repository, "commit", "--quiet", "--all", "--message", "newer")
    git(site.repository, "config", "uploadpack.allowFilter", "true")
    remote = f"file://{site.repository}"
    git(site.folder, "clone", "--quiet", "--no-checkout", "--filter=blob:none", remote, "partial")
    site.repository = site.folder / "partial"
    write(site.production, {"src/new.txt": "only here\n"})
    for outcome in (rescue(site), reconcile(site)):
        assert outcome.code == 0, outcome.err
    fsck(site.repository)


def test_ctrl_c_amid_it_leaves_nothing(edited: Site) -> None:
    write(edited.production, {f"many/{number}.txt": f"{number}\n" for number in range(2000)})
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", "rescue", edited.url, "--no-cache"],
        cwd=edited.repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(edited.folder)},
    )
    objects = edited.repository / ".git" / "objects"
    count = len(list(objects.glob("??/*")))
    while len(list(objects.glob("??/*"))) == count and process.poll() is None:
        pass
    process.terminate()
    _out, told = process.communicate()
    assert (process.returncode, b"Traceback" in told) == (130, False)
    assert own_refs(edited.repository) == {}
    assert not list(edited.folder.glob("driftaudit-*"))
    fsck(edited.repository)
    assert driftaudit(edited.repository, "rescue", edited.url).code == 0


def test_nothing_of_a_repository_is_needed_to_be_on_this_machine(tmp_path: Path) -> None:
    outcome = driftaudit(tmp_path, "rescue", str(tmp_path))
    assert "is in no git repository" in refusal(outcome, 2)
