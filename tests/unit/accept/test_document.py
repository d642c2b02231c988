"""driftaudit-waivers.yml as text: what a review shows of a waiver that was added or renewed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from difflib import unified_diff
from typing import Any

import pytest

from driftaudit.accept.document import HEADER, with_waivers
from driftaudit.errors import ConfigError, UsageError
from driftaudit.model.waiver import Waiver

DIGEST = "a" * 40
OTHER = "b" * 40


def a_waiver(path: str, **fields: Any) -> Waiver:
    values: dict[str, Any] = {
        "content": DIGEST,
        "reason": "Known.",
        "owner": "Ann <ann@example.net>",
        "expires": date(2026, 1, 31),
        "targets": ("production",),
    }
    return Waiver(path, **(values | fields))


def lines_of(path: str, *more: str, digest: str = DIGEST) -> str:
    lines = (
        f"  - path: {path}",
        f'    digest: "{digest}"',
        "    target: production",
        "    reason: Known.",
        '    owner: "Ann <ann@example.net>"',
        "    expires: 2026-01-31",
        *more,
    )
    return "".join(f"{line}\n" for line in lines)


def changes(before: str, waivers: Sequence[Waiver]) -> tuple[str, str]:
    """Return the lines that go, and those that come."""
    after = with_waivers(before, waivers)
    rows = list(unified_diff(before.splitlines(True), after.splitlines(True), n=0))[2:]
    gone, come = ("".join(row[1:] for row in rows if row[0] == sign) for sign in "-+")
    return gone, come


def test_the_first_waivers_make_the_file_sorted_by_path() -> None:
    text = with_waivers("", [a_waiver("src/b"), a_waiver("lib/a", permits_destroy=True)])
    assert text == HEADER + lines_of("lib/a", "    permits: destroy") + lines_of("src/b")
    assert with_waivers(text, [a_waiver("src/b")]) == text
    assert with_waivers("", []) == ""


@pytest.mark.parametrize("path", ["a", "c", "e"])
def test_a_waiver_goes_to_its_place_and_no_other_line_changes(path: str) -> None:
    before = HEADER + "  # Bob looks at these.\n" + lines_of("b") + "\n  # Ann at this.\n" + lines_of("d")
    after = with_waivers(before + "  # the end\n", [a_waiver(path)])
    assert after.replace(lines_of(path), "") == before + "  # the end\n"
    listed = [line.split()[-1] for line in after.splitlines() if line.startswith("  - path:")]
    assert listed == sorted(["b", "d", path])
    assert "  # Ann at this.\n" + lines_of("d") in after
    assert "  # Bob looks at these.\n" + lines_of("b") in after


def test_a_renewed_waiver_changes_only_what_is_new_of_it() -> None:
    before = (
        HEADER
        + lines_of("a")
        + lines_of("b", "    # until the relaunch", "    permits: destroy  # asked Bob")
    )
    assert changes(before, [a_waiver("b", permits_destroy=True, expires=date(2026, 5, 1))]) == (
        "    expires: 2026-01-31\n",
        "    expires: 2026-05-01\n",
    )
    assert changes(before, [a_waiver("a", permits_destroy=True)]) == ("", "    permits: destroy\n")
    gone, come = changes(before, [a_waiver("b", content=OTHER, reason="New.")])
    assert (gone.count("\n"), come) == (3, f'    digest: "{OTHER}"\n    reason: New.\n')


def test_other_targets_keep_their_waivers() -> None:
    before = HEADER + lines_of("a")
    gone, come = changes(before, [a_waiver("a", targets=("staging",))])
    assert (gone, come) == ("", lines_of("a").replace("production", "staging"))


def test_what_a_waiver_for_all_targets_says_already_is_not_said_again() -> None:
    before = with_waivers("", [a_waiver("a", targets=())])
    assert with_waivers(before, [a_waiver("a")]) == before
    with pytest.raises(
        UsageError, match=r"driftaudit-waivers.yml:5 waives the same content for other targets"
    ):
        with_waivers(before, [a_waiver("a", reason="Other.")])
    assert "target: production" in with_waivers(before, [a_waiver("a", content=OTHER)])


@pytest.mark.parametrize(
    "before",
    [
        "version: 1\n",
        "version: 1\nwaivers: []\n",
        "version: 1\nwaivers: [ ]  # none yet\n",
        "# mine\nversion: 1",
    ],
)
def test_a_file_without_waivers_gets_its_first(before: str) -> None:
    after = with_waivers(before, [a_waiver("a")])
    assert after.endswith(lines_of("a"))
    assert ("none yet" in after, "# mine" in after) == ("none yet" in before, "# mine" in before)
    assert with_waivers(after, [a_waiver("a")]) == after


def test_lines_are_indented_and_ended_as_those_that_are_there() -> None:
    narrow = "".join(line[2:] for line in lines_of("b").splitlines(keepends=True))
    before = ("version: 1\nwaivers:\n" + narrow).replace("\n", "\r\n")
    gone, come = changes(before, [a_waiver("a")])
    assert (gone, come) == ("", narrow.replace("path: b", "path: a").replace("\n", "\r\n"))


def test_keys_after_the_list_stay_there() -> None:
    before = "waivers:\n" + lines_of("a") + "\n# which this is\nversion: 1\n"
    assert with_waivers(before, [a_waiver("b")]) == before.replace(
        lines_of("a"), lines_of("a") + lines_of("b")
    )


@pytest.mark.parametrize(
    "item",
    [
        f"waivers: [{{path: a, digest: {DIGEST}, reason: r, owner: o, expires: never}}]\n",
        f"waivers:\n  -\n    path: a\n    digest: {DIGEST}\n    reason: r\n    owner: o\n    expires: never",
        "waivers:\n  []\n",
    ],
)
def test_what_cannot_be_added_to_by_lines_is_left_as_it_is(item: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_waivers("version: 1\n" + item, [a_waiver("b")])
    assert caught.value.message == "driftaudit-waivers.yml is not written in a way that lines can be added to"
    assert "`- path: …`" in caught.value.advice


def test_an_item_in_one_line_is_added_to_but_not_renewed() -> None:
    item = f"  - {{path: a, digest: {DIGEST}, reason: r, owner: o, expires: never, target: production}}\n"
    before = "version: 1\nwaivers:\n" + item
    assert with_waivers(before, [a_waiver("b")]) == before + lines_of("b")
    with pytest.raises(UsageError):
        with_waivers(before, [a_waiver("a")])


def test_a_file_that_is_wrong_is_not_touched() -> None:
    with pytest.raises(ConfigError, match=r"driftaudit-waivers.yml:2:1 unknown key 'x'"):
        with_waivers("version: 1\nx: 1\n", [a_waiver("a")])


def test_names_that_hide_something_are_written_so_that_it_shows() -> None:
    text = with_waivers("", [a_waiver("a\n\u202eb: 'x' #", targets=("ssh://u@h/x", "y z"))])
    assert r'''path: "a\x0a\u202eb: 'x' #"''' in text
    assert 'target: [ssh://u@h/x, "y z"]' in text


def test_of_two_dead_waivers_of_a_path_only_one_is_taken_over() -> None:
    before = with_waivers("", [a_waiver("a"), a_waiver("b")])
    before = with_waivers(before, []).replace("path: b", "path: a", 1).replace(DIGEST, OTHER, 1)
    new = a_waiver("a", reason="New.")
    after = with_waivers(before, [new])
    assert (after.count("New."), after.count(OTHER)) == (1, 1)
    third = with_waivers(after, [replace(new, content="c" * 40)])
    assert third.count("path: a") == 2
