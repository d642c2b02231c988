"""How alike contents are, and the version that an edit began with."""

import random
import time

import pytest

from driftaudit.provenance.similarity import (
    LOOKED_AT,
    THRESHOLD,
    LineChanges,
    Nearest,
    line_changes,
    nearest,
    signature,
    similarity,
)

SHORT = b"const port = 3000;\nconst host = 'localhost';\nmodule.exports = { port, host };\n"


def alike(one: bytes, other: bytes) -> float:
    return similarity(signature(one), signature(other))


def words(seed: int, count: int) -> bytes:
    chosen = random.Random(seed)
    return b"".join(b"%x%s" % (chosen.randrange(1 << 20), chosen.choice((b" ", b"\n"))) for _ in range(count))


def test_the_same_is_one_and_nothing_in_common_is_zero() -> None:
    assert alike(SHORT, SHORT) == 1.0
    assert alike(SHORT, words(1, 20)) == 0.0


def test_an_edit_of_three_lines_is_still_a_version() -> None:
    assert alike(SHORT, SHORT.replace(b"3000", b"4000")) > 0.8
    assert alike(SHORT, SHORT + b"// hotfix: do not remove\n") > 0.7


def test_a_foreign_file_of_three_lines_is_none() -> None:
    assert alike(SHORT, b"import os\nimport sys\nprint(os.getcwd(), sys.argv)\n") < THRESHOLD


def test_line_ends_and_indentation_do_not_count() -> None:
    assert alike(SHORT, SHORT.replace(b"\n", b"\r\n")) == 1.0
    assert alike(SHORT, SHORT.replace(b"\n", b"\n\t")) == 1.0


@pytest.mark.parametrize("blank", [b"", b" \r\n\t\n"])
def test_a_blank_content_is_like_nothing(blank: bytes) -> None:
    assert alike(blank, blank) == 0.0
    assert nearest(blank, [("blank", blank), ("short", SHORT)]) is None


def test_what_is_inserted_into_a_binary_shifts_no_more_than_its_neighbours() -> None:
    content = bytes([0]) + random.Random(1).randbytes(20_000)
    edited = content[:10_000] + b"inserted" + content[10_000:]
    assert alike(content, edited) > 0.95
    assert alike(content, bytes([0]) + random.Random(2).randbytes(20_000)) < 0.1


def test_what_is_inserted_into_one_long_line_too() -> None:
    line = b",".join(b'{"id":%d,"value":%d}' % (number, number * 7919) for number in range(2_000))
    assert alike(line, line[:20_000] + b'{"id":0},' + line[20_000:]) > 0.95


def test_the_nearest_is_the_version_that_the_edit_began_with() -> None:
    versions = {name: words(0, 400) + words(seed, 100) for seed, name in ((1, "old"), (2, "new"))}
    edited = versions["old"].replace(b"\n", b"\n# by hand\n", 3)
    found = nearest(edited, versions.items())
    assert found
    assert (found.key, found.whole) == ("old", True)
    assert 0.9 < found.similarity < 1


def test_of_equals_the_first_counts() -> None:
    assert nearest(SHORT, [("first", SHORT), ("second", SHORT)]) == Nearest("first", 1.0, whole=True)


def test_nothing_is_near_below_the_threshold() -> None:
    assert nearest(SHORT, [("other", words(1, 30))]) is None
    assert nearest(SHORT, []) is None


def test_of_a_long_content_the_beginning_is_looked_at() -> None:
    long = SHORT * (LOOKED_AT // len(SHORT) + 1)
    found = nearest(long + words(1, 50_000), [("long", long)])
    assert found == Nearest("long", 1.0, whole=False)


def test_candidates_may_come_one_by_one() -> None:
    found = nearest(SHORT, ((number, SHORT + words(number, number)) for number in (9, 3, 6)))
    assert found
    assert found.key == 3


def test_two_hundred_candidates_are_quick() -> None:
    candidates = [(number, words(number, 3_000)[:20_000]) for number in range(200)]
    took = []
    for _ in range(5):  # a machine may be busy with other things
        started = time.perf_counter()
        nearest(candidates[0][1], candidates)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.6


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        (b"", b"", 0, 0),
        (b"", b"a\nb", 2, 0),
        (b"a\n", b"a", 1, 1),
        (b"a\nb\nc\n", b"a\nc\n", 0, 1),
        (b"a\r\n", b"a\n", 1, 1),
        (b"a\rb\n", b"a\rc\n", 1, 1),
        (b"a\nb\n", b"b\na\n", 1, 1),
    ],
)
def test_lines_are_counted(old: bytes, new: bytes, added: int, removed: int) -> None:
    assert line_changes(old, new) == LineChanges(added, removed)


def test_more_lines_than_can_be_compared_count_as_replaced() -> None:
    lines = [b"%d\n" % number for number in range(60_000)]
    old = b"".join(lines)
    random.Random(1).shuffle(lines)
    started = time.perf_counter()
    changes = line_changes(b"first\n" + old, b"first\n" + b"".join(lines) + b"more\n")
    assert time.perf_counter() - started < 5
    assert changes.added - changes.removed == 1
    assert changes.removed <= 60_000
