"""Archives where a tree is named: desired, compared, and as the target; here and on a host."""

import json
from pathlib import Path

from tests.support.archives import member, packed, tar
from tests.support.cli import driftaudit
from tests.support.git import commit, write
from tests.support.site import FILES, Site, problems, refusal
from tests.support.sshd import SSHServer


def build(site: Site, name: str = "build.tar.gz", **files: str) -> Path:
    folder = site.folder / "built"
    write(folder, {**FILES, **{path.replace("__", "/"): text for path, text in files.items()}})
    return packed(folder, site.folder / name)


def test_an_archive_is_desired_by_option(site: Site) -> None:
    path = build(site, src__new="new\n")
    (site.production / "src" / "only").write_text("nowhere else\n")
    found = site.check("--desired", str(path))
    assert (found.code, found.report["desired"]["source"]) == (3, "archive")
    assert found.blocking() == {"src/only": "core/only-copy"}
    assert found.finding("src/new")["origin"] == "missing"


def test_an_archive_is_desired_by_configuration(site: Site) -> None:
    build(site, "build.zip")
    site.configure(
        f"version: 1\ntargets:\n  live:\n    url: {site.url}\n"
        "    desired: {archive: ../build.zip, map: {src: src}}\n    deploy: {method: replace, paths: [src]}\n"
    )
    found = driftaudit(site.repository, "check", "live", "--format", "json")
    assert (found.code, found.report["verdict"]) == (0, "pass")
    assert found.report["desired"]["entries"] == 5  # readme.txt is not mapped


def test_origins_of_an_archive_come_from_the_history(site: Site) -> None:
    commit(site.repository, {"src/app.txt": "app 2\n"})
    path = build(site, src__app="", **{"src/app.txt": "app 2\n"})
    found = site.check("--desired", str(path))
    assert found.origins()["src/app.txt"] == "stale"
    assert found.code == 0


def test_an_archive_that_lacks_evidence_never_passes(site: Site) -> None:
    path = tar(site.folder / "a.tar", member("src/app.txt", b"app\n"), member("/src/lib/one.txt", b"one\n"))
    found = site.check("--desired", str(path))
    assert (found.code, problems(found)) == (4, {"src/lib/one.txt": "unsafe-member"})
    told = driftaudit(site.repository, "check", site.url, "--deploy", "replace:src", "--desired", str(path))
    assert "Make the archive anew." in told.out


def test_a_damaged_archive_gives_no_report(site: Site) -> None:
    path = build(site)
    path.write_bytes(path.read_bytes()[:-9])
    assert "it is cut off" in site.refused(5, "--desired", str(path))
    assert "there is no archive" in site.refused(2, "--desired", "./absent.tar.gz")
    (site.folder / "notes.txt").write_text("x")
    assert "is a file, and no archive by its name" in site.refused(
        2, "--desired", str(site.folder / "notes.txt")
    )


def test_an_archive_is_a_target(site: Site) -> None:
    path = build(site, src__old="an old build's own\n")
    found = driftaudit(site.repository, "check", str(path), "--deploy", "replace:src", "--format", "json")
    assert (found.code, found.report["deployed"]["source"]) == (3, "archive")
    assert found.blocking() == {"src/old": "core/only-copy"}


def test_a_backup_on_a_host_against_what_is_live(remote: Site, sshd: SSHServer) -> None:
    backup = packed(remote.production, remote.folder / "backup.tar.xz")
    same = driftaudit(remote.repository, "compare", sshd.url(backup), remote.url)
    assert (same.code, same.out.splitlines()[-1].split()[0]) == (0, "SAME")
    write(remote.production, {"src/app.txt": "edited since\n"})
    found = driftaudit(remote.repository, "compare", sshd.url(backup), remote.url, "--format", "json")
    assert (found.code, [change["path"] for change in json.loads(found.out)["changes"]]) == (
        3,
        ["src/app.txt"],
    )
    assert json.loads(found.out)["left"]["source"] == "ssh"


def test_what_an_archive_on_a_host_lacks_is_told(remote: Site, sshd: SSHServer) -> None:
    backup = packed(remote.production, remote.folder / "backup.tar.gz")
    backup.write_bytes(backup.read_bytes()[:-5])
    for path, message in ((backup, "it is cut off"), (remote.folder / "no.zip", "there is no such archive")):
        told = driftaudit(remote.repository, "compare", sshd.url(path), remote.url)
        assert message in refusal(told, 5)


def test_an_archive_that_may_not_be_read(strict: Site) -> None:
    backup = packed(strict.production, strict.folder / "backup.tar.gz")
    backup.chmod(0)
    url = strict.url.replace("production", backup.name)
    told = refusal(driftaudit(strict.repository, "compare", url, str(strict.production)), 5)
    assert "backup.tar.gz: Permission denied" in told
    assert "The login must be able to read it." in told


def test_a_folder_on_a_host_with_the_name_of_an_archive(remote: Site, sshd: SSHServer) -> None:
    folder = remote.production.rename(remote.folder / "site.zip")
    same = driftaudit(remote.repository, "compare", str(folder), sshd.url(folder))
    assert same.code == 0


def test_names_that_an_archive_holds_write_nothing_to_the_terminal(site: Site) -> None:
    path = tar(
        site.folder / "a.tar", member("x\x1b[31m", b"1"), member("x\x1b[31m", b"2"), member("/\x1b[2J")
    )
    told = driftaudit(site.repository, "compare", str(path), str(site.production))
    assert told.code == 3
    assert "\x1b" not in told.out + told.err
