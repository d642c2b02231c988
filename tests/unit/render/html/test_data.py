import json
from dataclasses import replace

import pytest

from driftaudit.model.finding import Origin, Severity
from driftaudit.model.structure import FolderMapping, FolderState
from driftaudit.render.base import RenderOptions
from driftaudit.render.html import data, render
from driftaudit.render.html.data import page_data
from tests.support.reports import audit, big_audit, entry, finding, full_audit, hostile_audit

SMALL = 60_000


def test_a_page_that_has_no_room_keeps_the_worst_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "ROOM", SMALL)
    big = big_audit(1_000)
    made = page_data(big)
    assert len(made.text.encode()) < SMALL * 1.1
    shown = json.loads(made.text)["findings"]
    assert len(shown) + sum(made.left_out.values()) == len(big.findings)
    blocking = sum(each.severity is Severity.BLOCK for each in big.findings)
    assert made.left_out["block"] == blocking - sum(row[1] == 0 for row in shown)
    assert all(row[1] == 0 for row in shown)
    page = render(big, RenderOptions())
    assert f"{sum(made.left_out.values())} findings did not fit on this page" in page


def test_names_of_any_length_leave_the_page_small() -> None:
    long = "n" * 250
    many = [finding(f"{number:05}/" + "/".join([long] * 15), Origin.STALE) for number in range(3_000)]
    made = page_data(audit([finding("src/only.js"), *many]))
    assert len(made.text.encode()) < 5_000_000
    assert made.left_out["info"] > 0
    assert "block" not in made.left_out


def test_what_takes_more_room_when_it_is_escaped_is_counted_so() -> None:
    made = page_data(audit([finding(f"{number:05}" + "<&>" * 600) for number in range(2_000)]))
    assert len(made.text.encode()) < 5_000_000


def test_nothing_in_it_ends_the_block_or_cannot_be_written() -> None:
    text = page_data(hostile_audit()).text
    assert not set("<>&\u2028\u2029") & set(text)
    text.encode("utf-8")
    assert json.loads(text)["findings"]


def test_a_secret_has_no_digest_in_it() -> None:
    secret = finding("src/.env", labels=("secret",), deployed=entry("src/.env", "5ec4e7" + "0" * 34))
    text = render(audit([secret]), RenderOptions())
    assert "5ec4e7" not in text
    assert "src/.env" in text


def test_quiet_leaves_what_blocks() -> None:
    shown = json.loads(page_data(full_audit(), only_blocking=True).text)["findings"]
    assert {row[1] for row in shown} == {0}


def test_contents_belong_to_their_paths() -> None:
    rows = {row[0]: row for row in json.loads(page_data(full_audit()).text)["findings"]}
    (content,) = rows["src/config.js"][7]
    assert content["hunks"] == [[1, 1, [" // as it was", "-  pool: 40,", "+  pool: 10,"]]]
    assert len(rows["src/routes/admin-users.js"]) == 7


def test_the_data_of_an_audit_without_runs_says_nothing_of_them() -> None:
    rows = json.loads(page_data(replace(full_audit(), tracking=None)).text)["findings"]
    assert not [row for row in rows if "standing" in row[6]]


def test_folders_stand_as_they_were_mapped_and_those_that_moved_where_none_were() -> None:
    moved = ["src/db", "src/lib/database", "moved", "moved", "1 of 2 files as they were"]
    lines = json.loads(page_data(full_audit()).text)["sides"]
    assert moved in lines
    assert ["src/keys", None, "only-live", "only live", "1 file"] in lines
    assert "same" not in {state for _place, _to, state, _words, _figures in lines}
    assert json.loads(page_data(full_audit(folders=())).text)["sides"] == [[*moved[:4], ""]]


def test_folders_leave_room_for_findings() -> None:
    long = "/".join(["n" * 250] * 15)
    many = tuple(
        FolderMapping(f"{number:05}/{long}", None, FolderState.ONLY_LIVE, 1) for number in range(3_000)
    )
    made = page_data(
        audit([finding("src/only.js")], folders=(*many, FolderMapping("z", "y", FolderState.MOVED)))
    )
    assert len(made.text.encode()) < 1_000_000
    assert json.loads(made.text)["sides"][0][:3] == ["z", "y", "moved"]
    assert not made.left_out
