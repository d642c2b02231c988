"""The receipt of a check, and a target that is held against it."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, git, write
from tests.support.guarded import checked, replacing
from tests.support.site import Site, refusal

KEY = {"DRIFTAUDIT_RECEIPT_KEY": "a key of the pipeline"}


def receipt(site: Site) -> Path:
    return site.folder / "receipt.json"


def issue(site: Site, *words: str, **environment: Any) -> Outcome:
    ours = ["check", site.url, "--deploy", "replace:src", "--receipt", str(receipt(site))]
    return driftaudit(site.repository, *ours, *words, **environment)


def verify(site: Site, *words: str, **environment: Any) -> Outcome:
    ours = ["verify", site.url, "--receipt", str(receipt(site))]
    return driftaudit(site.repository, *ours, *words, **environment)


def deploy(site: Site) -> None:
    subprocess.run(replacing(site), check=True)


def refused(outcome: Outcome) -> str:
    told = refusal(outcome, 2)
    assert "receipt" in told
    return told


def paths(outcome: Outcome) -> dict[str, str]:
    return {each["path"]: each["kind"] for each in checked(outcome.out)["found"]["deviations"]}


@pytest.mark.parametrize("key", [{}, KEY], ids=["plain", "keyed"])
def test_before_and_after_a_deploy(stale: Site, key: dict[str, Any]) -> None:
    assert issue(stale, **key).code == 0
    said = checked(receipt(stale).read_text())
    assert said["verdict"] == "pass"
    assert said["desired"]["commit"] == git(stale.repository, "rev-parse", "HEAD")
    assert {each["path"]: each["expected"] for each in said["changes"]} == {
        "src/app.txt": "desired",
        "src/lib/two.txt": "gone",
        "src/new.txt": "desired",
    }
    assert verify(stale, **key).code == 0
    assert verify(stale, "--after", **key).code == 7
    deploy(stale)
    outcome = verify(stale, "--after", "--format", "json", **key)
    assert (outcome.code, paths(outcome)) == (0, {})
    outcome = verify(stale, "--format", "json", **key)
    assert (outcome.code, paths(outcome)) == (
        7,
        {"src/app.txt": "changed", "src/lib/two.txt": "lost", "src/new.txt": "appeared"},
    )


def test_a_deploy_that_lets_the_root_lead_elsewhere(stale: Site) -> None:
    """With releases `current` is a link, and another one afterwards."""
    first, second = stale.production, stale.folder / "second"
    stale.url = str(stale.folder / "current")
    Path(stale.url).symlink_to(first.name)
    assert issue(stale, "--deploy", "release").code == 0
    assert verify(stale).code == 0
    shutil.copytree(first, second)
    shutil.rmtree(second / "src")
    shutil.copytree(stale.repository / "src", second / "src")
    Path(stale.url).unlink()
    Path(stale.url).symlink_to(second.name)
    assert verify(stale, "--after").code == 0
    assert verify(stale).code == 7


def test_over_ssh_and_without_naming_the_target(remote: Site) -> None:
    commit(remote.repository, {"src/new.txt": "new\n"})
    issue(remote)
    words = ["verify", "--receipt", str(receipt(remote))]
    outcome = driftaudit(remote.repository, *words)
    assert (outcome.code, outcome.out) == (0, f"{remote.url} is what it was at its check.\n")
    deploy(remote)
    assert driftaudit(remote.repository, *words, "--after").code == 0


@pytest.mark.parametrize(
    ("files", "before", "after"),
    [
        ({"src/lib/one.txt": "edited\n"}, {"src/lib/one.txt": "changed"}, {"src/lib/one.txt": "changed"}),
        ({"src/extra.txt": "extra\n"}, {"src/extra.txt": "appeared"}, {"src/extra.txt": "appeared"}),
        ({"src/lib/one.txt": None}, {"src/lib/one.txt": "lost"}, {"src/lib/one.txt": "lost"}),
        ({"readme.txt": "outside of the plan\n"}, {}, {}),
        ({"src/logs/app.log": "a line\n", "src/.env": "A=1\n", "src/node_modules/a.js": "a\n"}, {}, {}),
    ],
)
def test_only_the_paths_of_the_plan_count(
    stale: Site, files: dict[str, str], before: dict[str, str], after: dict[str, str]
) -> None:
    issue(stale)
    write(stale.production, dict(files))
    outcome = verify(stale, "--format", "json")
    assert (outcome.code, paths(outcome)) == (7 if before else 0, before)
    write(stale.production, {name: "one\n" for name in files if name == "src/lib/one.txt"})
    deploy(stale)
    write(stale.production, dict(files))
    outcome = verify(stale, "--after", "--format", "json")
    assert (outcome.code, paths(outcome)) == (7 if after else 0, after)


@pytest.mark.parametrize("path", ["src/rogue.js", "rogue.js", "src/app.txt"])
def test_of_a_script_the_whole_tree_counts(stale: Site, path: str) -> None:
    line = f"cp -r src/. {stale.production}/src/"
    words = ["check", stale.url, "--deploy-command", line, "--receipt", str(receipt(stale))]
    assert driftaudit(stale.repository, *words).code == 0
    assert verify(stale).code == 0
    (stale.production / path).write_text("written meanwhile\n")
    assert verify(stale).code == 7
    assert verify(stale, "--after").code == 7


def test_what_cannot_be_seen_is_incomplete(strict: Site) -> None:
    commit(strict.repository, {"src/new.txt": "new\n"})
    issue(strict)
    (strict.production / "src/app.txt").chmod(0)
    assert verify(strict).code == 4
    (strict.production / "src/app.txt").chmod(0o644)


def test_a_secret_is_not_in_it(stale: Site) -> None:
    write(stale.production, {".env": "PASSWORD=example-only\n"})
    oid = git(stale.repository, "hash-object", str(stale.production / ".env"))
    issue(stale)
    assert oid not in receipt(stale).read_text()


def test_a_blocked_check_writes_one_that_does_not_count(stale: Site) -> None:
    write(stale.production, {"src/only.txt": "only here\n"})
    assert issue(stale).code == 3
    assert checked(receipt(stale).read_text())["verdict"] == "blocked"
    assert "the verdict of its check is blocked" in refused(verify(stale))


def test_another_target(stale: Site) -> None:
    issue(stale)
    write(stale.folder / "staging", {"src/app.txt": "app\n"})
    words = ["verify", str(stale.folder / "staging"), "--receipt", str(receipt(stale))]
    assert f"it is for {stale.url}" in refused(driftaudit(stale.repository, *words))


def test_another_host_or_port(remote: Site) -> None:
    issue(remote)
    text = receipt(remote).read_text()
    assert '"url": "ssh://' in text
    words = ["verify", str(remote.production), "--receipt", str(receipt(remote))]
    assert "it is for ssh://" in refused(driftaudit(remote.repository, *words))


def test_another_commit(stale: Site) -> None:
    old = git(stale.repository, "rev-parse", "HEAD")
    issue(stale)
    commit(stale.repository, {"other.txt": "nothing of the plan\n"})
    assert f"it is for commit {old}" in refused(verify(stale))
    assert verify(stale, "--desired", old).code == 0


def test_another_build(stale: Site) -> None:
    build = stale.folder / "build"
    write(build, {"src/app.txt": "built\n"})
    issue(stale, "--desired", str(build))
    assert verify(stale, "--desired", str(build)).code == 0
    write(build, {"src/app.txt": "built anew\n"})
    assert "what is desired has changed since" in refused(verify(stale, "--desired", str(build)))


def test_other_labels(stale: Site) -> None:
    issue(stale)
    stale.configure("version: 1\ntargets: {}\nlabels:\n  generated: ['*']\n")
    assert "the labels have changed since" in refused(verify(stale))


def test_other_rules_or_waivers(stale: Site) -> None:
    issue(stale)
    rule = "{id: own/all, when: {origin: [stale]}, severity: block, reason: no}"
    path = stale.configure(f"version: 1\ntargets: {{}}\nrules: [{rule}]\n")
    assert "the rules, the labels or the waivers have changed since" in refused(verify(stale))
    assert verify(stale, "--after").code == 7, "the verdict has served; what it promised still counts"
    path.unlink()
    assert verify(stale).code == 0
    words = ["accept", stale.url, "src/app.txt", "--reason", "Ticket 4711", "--owner", "Ana"]
    assert driftaudit(stale.repository, *words).code == 0
    assert "waivers have changed since" in refused(verify(stale))


def test_a_deploy_in_other_words(stale: Site) -> None:
    issue(stale)
    assert verify(stale, "--deploy", "replace:src").code == 0
    for other in (("--deploy", "mirror:src"), ("--deploy-command", f"rm -r {stale.production}/src")):
        assert "its check was of another deploy" in refused(verify(stale, *other))
    script = stale.repository / "deploy.sh"
    script.write_text(f"rm -r {stale.production}/src/lib\n")
    issue(stale, "--deploy", "script:deploy.sh")
    assert verify(stale, "--deploy", "script:deploy.sh").code == 0
    script.write_text(f"rm -r {stale.production}/src\n")
    assert "its check was of another deploy" in refused(verify(stale, "--deploy", "script:deploy.sh"))


def test_another_driftaudit(stale: Site) -> None:
    from driftaudit.receipts.sealing import sealed

    issue(stale)
    said = json.loads(receipt(stale).read_text())
    del said["integrity"]
    receipt(stale).write_text(sealed({**said, "tool": "driftaudit 0.0.9"}, None))
    assert "it was made by driftaudit 0.0.9, and this is driftaudit" in refused(verify(stale))


def test_expired(stale: Site) -> None:
    issue(stale, "--receipt-expires", "0.0001")
    assert "it expired at 2" in refused(verify(stale))
    assert "it expired at 2" in refused(verify(stale, "--after"))


def test_an_edited_one_with_a_digest_made_anew_needs_the_key(stale: Site) -> None:
    """Who can compute a digest can edit a plain receipt; not one with a key."""
    from driftaudit.receipts.sealing import sealed

    issue(stale, **KEY)
    said = json.loads(receipt(stale).read_text())
    del said["integrity"]
    for key in (None, b"a guess"):
        receipt(stale).write_text(sealed({**said, "verdict": "pass"}, key))
        told = refused(verify(stale, **KEY))
        assert "it was made without a key" in told or "it was edited, or made with another key" in told


def test_a_key_that_is_missing_or_empty(stale: Site) -> None:
    issue(stale, **KEY)
    assert "it was made with a key" in refused(verify(stale))
    told = refusal(verify(stale, DRIFTAUDIT_RECEIPT_KEY=""), 2)
    assert "DRIFTAUDIT_RECEIPT_KEY is empty" in told
    assert "is empty" in refusal(issue(stale, DRIFTAUDIT_RECEIPT_KEY=""), 2)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"schema": 1}'])
def test_what_is_no_receipt(stale: Site, content: bytes) -> None:
    receipt(stale).write_bytes(content)
    assert "is refused" in refused(verify(stale))


def test_another_version(stale: Site) -> None:
    issue(stale)
    receipt(stale).write_text(receipt(stale).read_text().replace("receipt/v1", "receipt/v2"))
    assert "it is no receipt of this version" in refused(verify(stale))


def test_there_is_none(stale: Site) -> None:
    assert "cannot be read: No such file" in refused(verify(stale))


def test_a_receipt_is_written_whole_or_not_at_all(stale: Site) -> None:
    issue(stale)
    before = receipt(stale).read_text()
    stale.url = str(stale.folder / "nowhere")
    assert issue(stale).code in (2, 5)
    assert receipt(stale).read_text() == before
    assert [path.name for path in stale.folder.iterdir() if "receipt" in path.name] == ["receipt.json"]


def test_a_saved_snapshot_gets_none(stale: Site) -> None:
    saved = stale.folder / "live.driftaudit"
    driftaudit(stale.repository, "snapshot", stale.url, "--output", str(saved))
    stale.url = str(saved)
    assert "is no live tree" in refusal(issue(stale), 2)


def test_some_bytes_flipped_by_the_command_line(stale: Site) -> None:
    issue(stale)
    content = receipt(stale).read_bytes()
    chance = random.Random(7)
    for _turn in range(5):
        at = chance.randrange(len(content))
        receipt(stale).write_bytes(
            content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        )
        refused(verify(stale))
