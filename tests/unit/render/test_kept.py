"""What rescue and reconcile say, and what their commits say: with names that would like to say more."""

import json
from datetime import UTC, datetime

from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.model.missed import REFUSED_NAME, Missed
from driftaudit.model.reconciliation import LiveTree, Reconciliation, Step
from driftaudit.model.rescue import Rescue, SafeFolder
from driftaudit.model.snapshot import SourceFacts
from driftaudit.render import reconciliation, rescue
from driftaudit.render.base import RenderOptions
from driftaudit.render.commit_messages import live_message, rescue_message
from tests.support.schemas import conform

MOMENT = datetime(2025, 11, 3, 18, 40, tzinfo=UTC)
BAD = "a\n\nDriftaudit-Live-Tree: x\x1b[2J\udcff"
SHOWN = r"a\n\nDriftaudit-Live-Tree: x\x1b[2J\xff"
OPTIONS = RenderOptions()
MISSED = (Missed(BAD, REFUSED_NAME, "git refuses it"),)


def file(path: str) -> Entry:
    return Entry(path, Kind.FILE, MODE_FILE, 5, "12" * 20)


def rescued(*paths: str) -> Rescue:
    return Rescue(
        target=BAD,
        url=BAD,
        started_at=MOMENT,
        rescued=tuple(map(file, paths)),
        held=(BAD,),
        unread=(BAD,),
        missed=MISSED,
        ref="refs/driftaudit/rescue/x/20251103T184000Z",
        commit="34" * 20,
        secrets=SafeFolder("/home/ana/kept", (BAD,)),
    )


def reconciled(*paths: str, parent: str | None = "56" * 20) -> Reconciliation:
    live = LiveTree(tuple((Step.ADDED, path) for path in paths), (BAD,), expected=2, in_submodules=1)
    return Reconciliation(
        target=BAD,
        slug="x",
        ref="refs/driftaudit/live/x",
        commit="34" * 20,
        tree="78" * 20,
        parent=parent,
        base=None,
        live=live,
        missed=MISSED,
        is_new=True,
    )


def test_nothing_hidden_is_printed() -> None:
    texts = [
        rescue.text(rescued(BAD), OPTIONS),
        rescue.json(rescued(BAD), OPTIONS),
        reconciliation.text(reconciled(BAD), OPTIONS),
        reconciliation.json(reconciled(BAD), OPTIONS),
        rescue_message(BAD, SourceFacts("directory", BAD), MOMENT, [BAD]),
        live_message(BAD, "78" * 20, reconciled(BAD).live, MISSED, None),
    ]
    for text in texts:
        assert all(character == "\n" or character.isprintable() for character in text)
        text.encode()


def test_no_name_makes_a_trailer() -> None:
    message = live_message(BAD, "78" * 20, reconciled(BAD).live, MISSED, None)
    lines = [line for line in message.splitlines() if line.startswith("Driftaudit-Live-Tree")]
    assert lines == [f"Driftaudit-Live-Tree: {'78' * 20}"]


def test_exact_paths_are_in_json() -> None:
    found = json.loads(rescue.json(rescued(BAD), OPTIONS))
    conform(found, "rescue")
    assert (found["exit_code"], found["rescued"][0]["path"]) == (4, SHOWN)
    assert found["rescued"][0]["path_b64"]
    assert found["secrets"] == {"folder": "/home/ana/kept", "paths": [found["held"][0]]}
    other = json.loads(reconciliation.json(reconciled("b"), OPTIONS))
    conform(other, "reconciliation")
    assert other["steps"] == [{"step": "A", "path": "b"}]


def test_many_names_are_cut_short() -> None:
    many = [f"{number:04}" for number in range(3000)]
    text = rescue.text(rescued(*many), OPTIONS)
    assert "  0049\n  and 2,950 more\n" in text
    message = rescue_message("x", SourceFacts("directory", "/x"), MOMENT, many)
    assert "  0999\n  and 2,000 more\n" in message
    assert "and 2,950 more" in reconciliation.text(reconciled(*many), OPTIONS)


def test_what_was_left_out_is_counted() -> None:
    text = reconciliation.text(reconciled(), OPTIONS)
    assert "2 expected files left out (generated, runtime, secret).\n1 file of submodules left out.\n" in text
    assert "Beside commit 565656565656: nothing differs\n" in text


def test_commands_where_there_is_no_parent() -> None:
    ref = "refs/driftaudit/live/x"
    assert list(reconciliation.commands(reconciled(parent=None))) == [
        f"git show {ref}",
        f"git merge --allow-unrelated-histories {ref}",
        f"git switch -c reconcile/x {ref}",
    ]


def test_quiet_is_the_outcome() -> None:
    quiet = RenderOptions(quiet=True)
    assert len(rescue.text(rescued("a"), quiet).splitlines()) == 3
    assert len(reconciliation.text(reconciled("a"), quiet).splitlines()) == 7
