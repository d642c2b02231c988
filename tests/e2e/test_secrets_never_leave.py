"""Secrets planted in both trees, in settings, scripts and command lines are in no output of any command."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from driftaudit.cli.main import run
from driftaudit.cli.options import REPORTS
from tests.support.git import write
from tests.support.planted import PlantedSite, plant
from tests.support.receivers import Receiver, receiving


def written_as(*formats: str) -> tuple[str, ...]:
    """Return the words that write a report in all of these formats, each to a file of its own."""
    return tuple(word for name in formats for word in ("--format", name, "--output", f"{{out}}.{name}"))


EVERY = written_as(*REPORTS)
OUTCOME = written_as("text", "json")
PATHS = (".env", "src/keys/server.pem", "src/link.pem", "src/config.json", "src/only.txt", "src/db.js")

# All that is run, by what it is called in a failure. A new command or format is a line here. {folder} is one
# for files, {out} the beginning of the names of a report's files, {secret} one of the command line.
LINES: dict[str, tuple[str, ...]] = {
    "check": ("check", "production", *EVERY),
    "check in short": ("check", "production", "--quiet"),
    "check of the worst case": ("check", "{production}"),
    "check with a receipt": ("check", "production", "--deploy", "overlay", "--receipt", "{out}.receipt"),
    "check of a script": ("check", "scripted", *EVERY),
    "check of a command": ("check", "{production}", "--deploy-command", "{command}", *EVERY),
    **{f"explain {path}": ("explain", "production", path, *OUTCOME) for path in PATHS},
    "diff": ("diff", "production", *written_as("text", "json", "markdown")),
    "diff of the secrets": ("diff", "production", ".env", "src/keys/server.pem"),
    "diff in short": ("diff", "production", "--stat"),
    "compare": ("compare", "HEAD", "production", *OUTCOME),
    "snapshot": ("snapshot", "production", "--output", "{folder}/live.driftaudit"),
    "reconcile": ("reconcile", "production", *OUTCOME),
    "backup": ("backup", "production", "{folder}/backup.tar.gz", *OUTCOME),
    "recover": (
        *("recover", "production", "{folder}/backup.tar.gz"),
        *("--snapshot", "{folder}/live.driftaudit", *OUTCOME),
    ),
    "doctor": ("doctor", "production"),
    "doctor as json": ("doctor", "production", "--format", "json"),
    "rules": ("rules", "list", "--labels"),
    "init": ("init", "{production}", "--output", "-"),
    "guard that is blocked": ("guard", "production", "--", "true", "--password={secret}"),
    "guard that runs": (
        *("guard", "production", "--deploy", "overlay", "--probe-wait", "0", "--record", "{out}.record"),
        *("--override", "--reason", "password={secret}", "--secrets-folder", "{folder}/kept"),
        *("--", "true", "--password={secret}"),
    ),
    "guard with reports": ("guard", "production", *EVERY, "--", "true", "--password={secret}"),
    "probe": ("probe", "production", *OUTCOME),
    "structure": ("structure", "production", *OUTCOME),
    "report": ("report", "production", "--output-dir", "{folder}/reports", *EVERY),
    "report in short": ("report", "production", "--output-dir", "{folder}/reports"),
    "report of all": ("report", "--all", "--output-dir", "{folder}/reports"),
    "report of a stored run": ("report", "production", "--run", "1", *EVERY),
    "history": ("history", *OUTCOME),
    "a history that does not answer": ("history", "--history", "postgresql://bob:{secret}@127.0.0.1:9/db"),
    "rescue": ("rescue", "production", "--secrets-folder", "{folder}/kept", *OUTCOME),
    "accept": ("accept", "production", "src/only.txt", "--reason", "password={secret}"),
    "check with a waiver": ("check", "production", *EVERY),
    "a host that does not answer": ("check", "ssh://bob:{secret}@127.0.0.1:9/srv"),
    "a wrong place": ("check", "https://bob:{secret}@example.net/"),
    "a wrong key": ("check", "--config", "{folder}/key.yml"),
    "a wrong value": ("check", "--config", "{folder}/value.yml"),
    "a wrong probe": ("check", "--config", "{folder}/probe.yml"),
    "a broken configuration": ("check", "--config", "{folder}/broken.yml"),
}
SAYS = {  # what shows that a line got as far as it should
    "check": "BLOCKED",
    "check of a script": "deploy.sh:2",
    "check of a command": "deploy-command:1",
    "diff": "src/config.json",
    "guard that runs": "override",
    "guard with reports": "BLOCKED",
    "report": "BLOCKED",
    "report of a stored run": "BLOCKED",
    "probe": "NOT well",
    "history": "blocked",
    "what a receiver was told": "driftaudit/notice/v1",
    "the pages": "Drift of all targets",
    "check with a waiver": "waived",
}


def outputs_of(planted: PlantedSite, folder: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return all that each of the lines wrote, to the screen and to files, run in their order."""
    secret = planted.secrets.new("command line")
    write(folder, dict(wrong_settings(planted)))
    tar = ["tar", "czf", str(folder / "backup.tar.gz"), "-C", str(planted.production), "."]
    subprocess.run(tar, check=True)
    command = f"API_TOKEN={secret} true --password={secret}; cd {planted.production} && rm -rf src"
    written = {}
    for number, (name, line) in enumerate(LINES.items()):
        out = folder / "out" / str(number)
        out.parent.mkdir(exist_ok=True)
        words = {"folder": folder, "out": out, "secret": secret, "command": command}
        run([word.format(**words, production=planted.production) for word in line])
        told = capfd.readouterr()
        assert "Traceback" not in told.err
        files = [path.read_bytes() for path in sorted(out.parent.glob(f"{number}.*"))]
        parts = [told.out, told.err, *(content.decode(errors="replace") for content in files)]
        written[name] = "\n".join(parts)
    records = sorted((folder / "state").rglob("*.jsonl"))
    pages = sorted(path for path in (folder / "reports").rglob("*") if path.is_file())
    return written | {
        "the history of guard": "\n".join(path.read_text() for path in records),
        "the pages": "\n".join(path.read_text() for path in pages),
    }


def notified(planted: PlantedSite, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two receivers be told, of which one is not there; a secret is in the address of each."""
    token = planted.secrets.new("address of a receiver")
    with (planted.repository / "driftaudit.yml").open("a") as file:
        file.write("notify:\n  to:\n    - webhook: env:HOOK\n")
        file.write("    - webhook: env:DEAD_HOOK\n      attempts: 1\n")
    monkeypatch.setenv("HOOK", f"{receiver.url}/{token}?token={token}")
    monkeypatch.setenv("DEAD_HOOK", f"http://127.0.0.1:9/{token}")


def wrong_settings(planted: PlantedSite) -> Iterator[tuple[str, str]]:
    """Yield configurations with a mistake beside a secret."""

    def new(place: str) -> str:
        return planted.secrets.new(place)

    top = "version: 1\ntargets:\n  production:\n"
    yield "key.yml", f"{top}    url: /srv\n    password: {new('wrong key')}\n"
    yield "value.yml", f"{top}    url: ssh://bob:{new('wrong value')}@h:port/srv\n"
    yield "probe.yml", f"{top}    url: /srv\n    probes:\n      - http: http://bob:{new('probe')}@h/\n"
    yield "broken.yml", f"{top}    url: 'ssh://bob:{new('broken')}@h/srv\n  x: [\n"


@pytest.mark.timeout(600)
def test_no_planted_secret_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = plant(tmp_path / "planted")
    monkeypatch.chdir(planted.repository)
    monkeypatch.setenv("DRIFTAUDIT_DEBUG", "1")
    monkeypatch.setenv("DRIFTAUDIT_RECEIPT_KEY", planted.secrets.new("key of receipts"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with receiving() as receiver:
        notified(planted, receiver, monkeypatch)
        outputs = outputs_of(planted, tmp_path, capfd)
    outputs["what a receiver was told"] = "\n".join(each.body.decode() for each in receiver.posted)

    for name, text in outputs.items():
        assert text.strip(), name
        assert SAYS.get(name, "") in text, name
    found = {name: planted.secrets.found_in(text) for name, text in outputs.items()}
    assert {name: places for name, places in found.items() if places} == {}


def test_the_secrets_are_there_to_be_found(tmp_path: Path) -> None:
    planted = plant(tmp_path)
    files = [path for path in planted.production.rglob("*") if path.is_file()]
    found = {place for path in files for place in planted.secrets.found_in(path.read_text())}
    assert len([place for place in found if place.endswith(", live")]) == 10
