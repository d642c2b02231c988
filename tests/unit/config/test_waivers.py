"""driftaudit-waivers.yml as values, and what a wrong file is told, by line and column."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from driftaudit.config.waivers import load_waivers
from driftaudit.errors import ConfigError
from driftaudit.model.waiver import Waiver

DIGEST = "a" * 40
FULL = f"""\
version: 1
waivers:
  - path: src/app.js
    digest: {DIGEST}
    target: [production, staging]
    reason: "Known."
    owner: "Ann <ann@example.net>"
    expires: 2026-01-31
    permits: destroy
  - {{path: current, digest: "link {"b" * 64}", reason: r, owner: o, expires: never, target: production}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str) -> tuple[Waiver, ...]:
    Path("driftaudit-waivers.yml").write_text(text)
    return load_waivers(Path("driftaudit-waivers.yml"))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert caught.value.exit_code == 2
    return caught.value.message


def entry(**fields: str) -> str:
    values = {"path": "a", "digest": DIGEST, "reason": "r", "owner": "o", "expires": "never"} | fields
    return "".join(
        f"  {'-' if not number else ' '} {key}: {value}\n"
        for number, (key, value) in enumerate(values.items())
    )


def a_file(*entries: str) -> str:
    return "version: 1\nwaivers:\n" + "".join(entries)


def test_everything_that_can_be_said() -> None:
    first, second = load(FULL)
    assert first == Waiver(
        "src/app.js",
        DIGEST,
        "Known.",
        "Ann <ann@example.net>",
        date(2026, 1, 31),
        permits_destroy=True,
        targets=("production", "staging"),
    )
    assert second == Waiver("current", "link " + "b" * 64, "r", "o", None, targets=("production",))
    assert (first.where, second.where) == ("driftaudit-waivers.yml:3", "driftaudit-waivers.yml:10")
    assert first.fits("staging")
    assert not second.fits("staging")


def test_no_file_no_list_and_an_empty_list_are_no_waivers() -> None:
    assert load_waivers(Path("absent.yml")) == ()
    assert load("version: 1\n") == load("version: 1\nwaivers: []\n") == ()


def test_a_link_to_nowhere_is_no_absent_file() -> None:
    Path("driftaudit-waivers.yml").symlink_to("gone.yml")
    with pytest.raises(ConfigError, match="No such file"):
        load_waivers(Path("driftaudit-waivers.yml"))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_plain_file_is_not_opened(make: Callable[[str], None]) -> None:
    make("driftaudit-waivers.yml")
    with pytest.raises(ConfigError, match=r"driftaudit-waivers\.yml: no file"):
        load_waivers(Path("driftaudit-waivers.yml"))


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"path": "/etc/x"}, "3:11 (waivers, 0, path)", "is no path of a file below the root"),
        ({"path": "src/../x"}, "3:11 (waivers, 0, path)", "is no path of a file below the root"),
        ({"path": "src/"}, "3:11 (waivers, 0, path)", "is no path of a file below the root"),
        ({"path": "''"}, "3:11 (waivers, 0, path)", "must not be empty"),
        ({"path": "x/.git/config"}, "3:11 (waivers, 0, path)", "a git checkout cannot be waived"),
        ({"digest": "a" * 39}, "4:13 (waivers, 0, digest)", "40 or 64 digits"),
        ({"digest": "A" * 40}, "4:13 (waivers, 0, digest)", "40 or 64 digits"),
        ({"digest": "1" * 40}, "4:13 (waivers, 0, digest)", "put it in quotes"),
        ({"reason": "' '"}, "5:13 (waivers, 0, reason)", "must not be empty"),
        ({"owner": ""}, "6:11 (waivers, 0, owner)", "text is needed here, not nothing"),
        ({"expires": "2026-02-30"}, "7:14 (waivers, 0, expires)", "no day of any calendar"),
        ({"expires": "tomorrow"}, "7:14 (waivers, 0, expires)", "'tomorrow' is no date"),
        ({"expires": "20260131"}, "7:14 (waivers, 0, expires)", "20260131 is no date"),
        ({"permits": "destory"}, "8:14 (waivers, 0, permits)", "did you mean 'destroy'?"),
        ({"permits": "true"}, "8:14 (waivers, 0, permits)", "True is not one of destroy"),
        ({"target": "[]"}, "8:13 (waivers, 0, target)", "must not be empty"),
        ({"expire": "never"}, "8:5 (waivers, 0)", "unknown key 'expire'; did you mean 'expires'?"),
    ],
)
def test_a_fault_is_told_with_its_place(fields: dict[str, str], place: str, message: str) -> None:
    told = refusal(a_file(entry(**fields)))
    assert told.startswith(f"driftaudit-waivers.yml:{place} ")
    assert message in told


@pytest.mark.parametrize("key", ["path", "digest", "reason", "owner", "expires"])
def test_what_a_waiver_cannot_do_without(key: str) -> None:
    lines = ["  - permits: destroy\n"]
    lines += [
        line.replace("- ", "  ", 1) for line in entry().splitlines(keepends=True) if f" {key}:" not in line
    ]
    assert refusal(a_file(*lines)) == f"driftaudit-waivers.yml:3:5 (waivers, 0) {key!r} is missing"


def test_the_same_waiver_twice() -> None:
    told = refusal(a_file(entry(), entry(path="b"), entry(target="production", reason="other")))
    assert told == (
        "driftaudit-waivers.yml:13:5 (waivers, 2) waives 'a' with the same content as "
        "driftaudit-waivers.yml:3 does: keep one of them"
    )


def test_what_is_for_other_targets_or_other_content_is_no_duplicate() -> None:
    entries = [entry(target="one"), entry(target="[two, three]"), entry(digest="b" * 40)]
    assert len(load(a_file(*entries))) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "driftaudit-waivers.yml:1:1 the file is empty"),
        ("waivers: []\n", "driftaudit-waivers.yml:1:1 'version' is missing"),
        ("version: 2\n", "version 2 is newer than this driftaudit"),
        ("version: 1\nwaiver: []\n", "unknown key 'waiver'; did you mean 'waivers'?"),
        ("version: 1\nwaivers: {}\n", "a list is needed here, not a mapping"),
        ("version: 1\nversion: 1\n", "duplicate key 'version'"),
        ("version: 1\nwaivers: [\n", "not YAML"),
    ],
)
def test_what_is_no_file_of_waivers(text: str, message: str) -> None:
    assert message in refusal(text)
