"""A diff in its formats."""

import json

import pytest

from driftaudit.differences.difference import content_difference
from driftaudit.model.difference import (
    ContentDiff,
    ContentDifference,
    ContentState,
    KeyChange,
    PathDifference,
)
from driftaudit.model.entry import MODE_EXECUTABLE, MODE_FILE, Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.diff import FORMATS
from driftaudit.render.diff_wording import key_line
from driftaudit.render.patch_text import for_a_patch, for_the_eye, quoted, visible
from tests.support.schemas import conform


def entry(path: str, mode: str = MODE_FILE) -> Entry:
    return Entry(path, Kind.FILE, mode, 10)


def of(path: str, live: bytes | None, desired: bytes | None) -> PathDifference:
    sides = [entry(path) if side is not None else None for side in (live, desired)]
    content = content_difference(path, live, desired)
    return PathDifference(path, sides[0], sides[1], content, "hotfix", "overwrite")


def text(*differences: PathDifference) -> str:
    return FORMATS["text"](ContentDiff("t", differences), RenderOptions())


def test_a_patch() -> None:
    assert text(of("a.txt", b"a\nb", b"a\nc\n"), of("n", None, b""), of("g", b"x\n", None)) == (
        "diff --git live/a.txt desired/a.txt\n--- live/a.txt\n+++ desired/a.txt\n@@ -1,2 +1,2 @@\n a\n"
        "-b\n\\ No newline at end of file\n+c\n"
        "diff --git live/n desired/n\nnew file mode 100644\n"
        "diff --git live/g desired/g\ndeleted file mode 100644\n--- live/g\n+++ /dev/null\n"
        "@@ -1 +0,0 @@\n-x\n"
    )


def test_a_mode_alone() -> None:
    same = ContentDifference(ContentState.SAME)
    told = text(PathDifference("run.sh", entry("run.sh", MODE_EXECUTABLE), entry("run.sh"), same))
    assert told == "diff --git live/run.sh desired/run.sh\nold mode 100755\nnew mode 100644\n"


@pytest.mark.parametrize(
    "state", [state for state in ContentState if state not in ("same", "text", "binary")]
)
def test_what_is_not_shown_says_why(state: ContentState) -> None:
    told = text(PathDifference("x", entry("x"), None, ContentDifference(state, notes=("because\x1b",))))
    assert told.startswith("# because\\x1b\ndiff --git live/x desired/x\n")
    assert told.endswith("(live 10 B, desired absent)\n")
    assert "file mode" not in told


def test_exit_codes() -> None:
    one = of("a", b"a", b"b")
    unread = PathDifference("x", None, None, ContentDifference(ContentState.UNREAD))
    problem = Problem("y", ProblemKind.UNREADABLE, "Permission denied")
    assert ContentDiff("t", ()).exit_code == 0
    assert ContentDiff("t", (one,)).exit_code == 3
    assert ContentDiff("t", (one, unread)).exit_code == 4
    assert ContentDiff("t", (one,), problems=(problem,)).exit_code == 4


def test_json_fits_its_schema() -> None:
    diff = ContentDiff(
        "t",
        (of("a\udce9.json", b'{"a": 1}', b'{"b": "\\ud800"}'), of("b", b"\xff\n", b"\0")),
        ("same",),
        (Problem("p", ProblemKind.UNSTABLE, "changed"),),
        ("note",),
    )
    document = json.loads(FORMATS["json"](diff, RenderOptions()))
    conform(document, "diff")
    assert [change["change"] for change in document["differences"][0]["keys"]] == ["removed", "added"]
    assert document["differences"][0]["path_b64"]


def test_names_are_quoted_as_git_does() -> None:
    assert quoted("live/a b é.txt") == "live/a b é.txt"
    assert quoted('a"\\\n\t\x1b') == '"a\\"\\\\\\n\\t\\033"'
    assert quoted("caf\udce9") == '"caf\\351"'
    assert quoted("a\u202eb") == '"a\\342\\200\\256b"'


def test_lines_for_the_eye_and_for_a_patch() -> None:
    line = "\ta\\n \x1b[31m\u202e\ufeff\udce9\r"
    assert visible(line) == "\ta\\n \\x1b[31m\\u202e\\ufeff\\xe9\\r"
    assert for_the_eye("a\x07") == [("a", False), ("\\x07", True)]
    assert for_a_patch(line) == "\ta\\n \\x1b[31m\\u202e\ufeff\udce9\r"
    assert for_a_patch("a\rb") == "a\\rb"


def test_keys_are_named_as_people_write_them() -> None:
    assert key_line(KeyChange(("scripts", "a.b", 0), '"x"', None)) == '  removed  scripts["a.b"][0]  "x"'
    assert key_line(KeyChange((), "1", "[2]")) == "  changed  (all of it)  1 -> [2]"
    assert "\x1b" not in key_line(KeyChange(("\x1b",), None, '"\x1b"'))


def test_a_graph_is_never_wider_than_the_terminal() -> None:
    wide = of("a.txt", b"", b"x\n" * 5000)
    narrow = of("b.txt", b"y\n" * 3, b"")
    told = FORMATS["stat"](ContentDiff("t", (wide, narrow)), RenderOptions(width=60)).splitlines()
    assert all(len(line) <= 60 for line in told)
    assert told[1].endswith("3 -")
    assert told[-1] == " 2 files changed, 5000 insertions(+), 3 deletions(-)"
