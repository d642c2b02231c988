"""What a check says is in a backup can be had from there once the deploy has been done for real."""

import shutil
import tarfile
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.audit import AuditRequest, examine
from driftaudit.backup_reading.places import BackupPlace
from driftaudit.deploy.base import Intent
from driftaudit.model.audit import Verdict
from driftaudit.policy.policy import load_policy
from driftaudit.repo import Repository
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support.backups import tarred
from tests.support.git import commit, new_repository, write

NAMES = st.sampled_from(["a.txt", "d/b.txt", "d/e/c.txt", "only.txt"])
TREES = st.dictionaries(NAMES, st.sampled_from(["1\n", "2\n", "3\n"]), max_size=4)
PLACES = st.sampled_from(["backups", "live/backups", "live/src", "live/src/d", "live"])
BACKUPS = st.lists(st.tuples(TREES, PLACES, st.booleans()), max_size=3)


def made(top: Path, live: dict[str, str], backups: list[tuple[dict[str, str], str, bool]]) -> None:
    """Make a live tree, and backups of what it may have been, some of which are damaged."""
    for number, (edits, _place, is_damaged) in enumerate(backups):
        write(top / f"was-{number}" / "src", {"kept.txt": "kept\n", **live, **edits})
        archive = tarred(top / f"b{number}.tar.gz", top / f"was-{number}")
        if is_damaged:
            archive.write_bytes(archive.read_bytes()[:-25])
    write(top / "live" / "src", {"kept.txt": "kept\n", **live})
    for number, (_edits, place, _is_damaged) in enumerate(backups):
        (top / place).mkdir(parents=True, exist_ok=True)
        shutil.move(top / f"b{number}.tar.gz", top / place / f"b{number}.tar.gz")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, TREES, BACKUPS)
def test_a_copy_that_is_told_is_there_afterwards(
    desired: dict[str, str], live: dict[str, str], backups: list[tuple[dict[str, str], str, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        repository = new_repository(top / "repository")
        brought = {"kept.txt": "kept\n", **desired}
        commit(repository, {f"src/{path}": content for path, content in brought.items()})
        made(top, live, backups)
        before = {
            f"src/{path}": content.encode() for path, content in live.items() if desired.get(path) != content
        }
        places = [str(top / place / "b*.tar.gz") for place in {place for _tree, place, _damaged in backups}]
        found = Repository.containing(repository)
        audit = examine(
            AuditRequest(
                target="t",
                desired=GitSource(found, "HEAD"),
                deployed=DirectorySource(top / "live"),
                policy=load_policy(None, {}, ()),
                intent=Intent("replace", ("src",)),
                repository=found,
                base=found.commit("HEAD"),
                backups=tuple(BackupPlace(place, place) for place in places),
            )
        ).audit
        shutil.rmtree(top / "live" / "src")
        shutil.copytree(repository / "src", top / "live" / "src")
        copies = {
            finding.path: copy
            for finding in audit.findings
            for copy in finding.provenance.copies
            if copy.kind == "backup"
        }
        for path, copy in copies.items():
            archive, _colon, member = copy.where.partition(": ")
            with tarfile.open(archive) as opened:
                content = opened.extractfile(f"./{member}")
                assert content is not None
                assert content.read() == before[path]
        committed = {content.encode() for content in brought.values()}
        lost = {path for path, content in before.items() if content not in committed} - copies.keys()
        if audit.decision.verdict is Verdict.PASS:
            assert not lost
        readable = [
            {**live, **edits}
            for edits, place, is_damaged in backups
            if not is_damaged and not place.startswith("live/src")
        ]
        held = {content.encode() for tree in readable for content in tree.values()}
        assert not {path for path in lost if before[path] in held}, "what is in a backup is found there"
