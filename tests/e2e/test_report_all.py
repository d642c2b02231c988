"""`driftaudit report --all`: every target, whatever becomes of the others; and who is told of what."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import driftaudit
from tests.support.git import write
from tests.support.nightly import configured, drifted, history, links, pages, report
from tests.support.receivers import Receiver, receiving
from tests.support.site import Site, refusal

TARGETS = """\
  gone: {{url: {folder}/gone}}
  staging: {{url: {folder}/staging, deploy: {{method: overlay}}}}
  unreachable: {{url: "ssh://nobody@127.0.0.1:1/srv"}}
"""


@pytest.fixture
def fleet(site: Site) -> Site:
    """Four targets: one with drift, one in sync, one whose folder is gone, one whose host is not there."""
    drifted(configured(site, TARGETS.format(folder=site.folder)))
    write(site.folder / "staging", {"src/app.txt": "app\n", "src/lib/one.txt": "one\n"})
    write(site.folder / "staging", {"src/lib/two.txt": "two\n", "readme.txt": "read me\n"})
    return site


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_one_that_cannot_be_reached_stops_no_other(fleet: Site) -> None:
    outcome = report(fleet, "--all", "--jobs", "2")
    assert outcome.code == 5, outcome.err
    heads = [line.split()[0] for line in outcome.out.splitlines() if ", run " in line]
    assert heads == ["production", "staging"], "in the order of the configuration"
    assert "gone: driftaudit: " in outcome.err and "unreachable: driftaudit: " in outcome.err
    runs = {name: each["runs"][-1]["verdict"] for name, each in history(fleet).items()}
    assert runs == {"production": "blocked", "staging": "pass", "gone": "failed", "unreachable": "failed"}
    assert {page for page in pages(fleet) if page.endswith("index.html")} == {
        "index.html",
        *(f"{name}/index.html" for name in runs),
    }
    index = (fleet.repository / "reports" / "index.html").read_text()
    assert index.count("<article") == 4 and index.index(">gone<") < index.index(">production<")
    for page in pages(fleet):
        if page.endswith("index.html"):
            links(fleet.repository / "reports", page)


def test_a_target_that_is_renamed_is_not_gone_from_the_index(site: Site) -> None:
    assert report(drifted(configured(site))).code == 3
    site.configure((site.repository / "driftaudit.yml").read_text().replace("production:", "main:"))
    assert report(site, "--all").code == 3
    index = (site.repository / "reports" / "index.html").read_text()
    assert index.index(">main<") < index.index("Not configured any more") < index.index(">production<")
    links(site.repository / "reports", "index.html")


def test_ended_early_it_leaves_nothing_running(fleet: Site) -> None:
    words = [sys.executable, "-m", "driftaudit", "report", "--all"]
    run = subprocess.Popen(words, cwd=fleet.repository, stdout=-3, stderr=-3, start_new_session=True)
    deadline = time.monotonic() + 30
    while not _children(run.pid) and run.poll() is None:
        assert time.monotonic() < deadline
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) == 130
    assert not _in_session(run.pid)


def test_one_that_was_killed_is_a_failed_run(fleet: Site, receiver: Receiver) -> None:
    fleet.configure(
        "version: 1\ntargets:\n"
        f"  production: {{url: {fleet.url}}}\n"
        f"  staging: {{url: {fleet.folder}/staging}}\n"
        f"notify: {{to: [{{webhook: {receiver.url}}}]}}\n"
    )
    words = [sys.executable, "-m", "driftaudit", "report"]
    run = subprocess.Popen([*words, "--all", "--jobs", "1"], cwd=fleet.repository, stdout=-3, stderr=-3)
    deadline = time.monotonic() + 30
    while not (found := _audits_of(run.pid, "production")):
        assert time.monotonic() < deadline
    os.kill(found[0], signal.SIGKILL)
    assert run.wait(60) == 1
    assert history(fleet)["production"]["runs"][-1]["reason"] == "the audit was killed by signal 9"
    assert receiver.posted[0].document["verdict"] == "failed"
    index = (fleet.repository / "reports" / "index.html").read_text()
    assert index.index("killed by signal 9") < index.index(">staging<")


def _audits_of(pid: int, target: str) -> list[int]:
    """Return the processes below one that audit a target."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=", "-o", "args=", "--ppid", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if line.endswith(f" -- {target}")]


def _children(pid: int) -> bool:
    """Whether a process, any thread of it, has started another one."""
    return any(task.read_text().strip() for task in Path(f"/proc/{pid}/task").glob("*/children"))


def _in_session(session: int) -> list[str]:
    listed = subprocess.run(["ps", "-e", "-o", "sid=,args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if line.split()[0] == str(session)]


def test_only_a_change_is_told(site: Site, receiver: Receiver) -> None:
    notify = "notify:\n  link: env:PAGES\n  to: [{webhook: env:HOOK, secret: env:KEY}]\n"
    drifted(configured(site, notify))
    hook = {"PAGES": "https://ci.example.net/drift", "HOOK": receiver.url + "/token-4711", "KEY": "s3cret"}
    told = report(site, **hook).err
    assert report(site, **hook).code == 3
    (first,) = receiver.posted
    assert first.document["verdict"] == "blocked" and len(first.document["new"]) == 2
    assert first.document["link"] == "https://ci.example.net/drift/production/run-1.html"
    site.production.rename(site.folder / "elsewhere")
    for _night in range(2):
        told += report(site, **hook).err
    assert receiver.posted[1].document["verdict"] == "failed"
    (site.folder / "elsewhere").rename(site.production)
    write(site.production, {"src/app.txt": "app\n"})
    told += report(site, **hook).err
    assert [each.document["run"] for each in receiver.posted] == [1, 3, 5]
    assert receiver.posted[2].document["changes"] == [
        "It can be audited again.",
        "1 finding resolved: src/app.txt",
    ]
    assert "4711" not in told and "s3cret" not in told and "hunter2" not in str(receiver.posted)


@pytest.mark.parametrize(("required", "code"), [("", 3), (", required: true", 2)])
def test_a_webhook_that_fails_is_said_and_the_report_is_kept(
    site: Site, receiver: Receiver, required: str, code: int
) -> None:
    receiver.answers = [500] * 9
    drifted(configured(site, f"notify: {{to: [{{webhook: env:HOOK, attempts: 2{required}}}]}}\n"))
    outcome = report(site, HOOK=receiver.url + "/token-4711")
    assert outcome.code == code
    assert "webhook env:HOOK: it answers 500 (2 tries)" in outcome.err
    assert "4711" not in outcome.out + outcome.err
    assert len(receiver.posted) == 2
    assert len(history(site)["production"]["runs"]) == 1


def test_without_a_configuration_there_are_no_targets(site: Site) -> None:
    assert "no target is configured" in refusal(report(site, "--all"), 2)
    outcome = driftaudit(site.repository, "report", site.url, "--output-dir", str(site.folder / "pages"))
    assert outcome.code == 0, outcome.err
    assert (site.folder / "pages" / "index.html").exists()
