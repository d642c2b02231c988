from driftaudit.evidence.shortening import ALL_TOGETHER, LONGEST, MOST_KEYS, MOST_LINES, Room, shortened
from driftaudit.model.difference import ContentDifference, ContentState, Hunk, KeyChange, Line


def difference(*hunks: int, length: int = 10, keys: int = 0) -> ContentDifference:
    made = tuple(
        Hunk(1, number, 1, 0, tuple(Line("-", "x" * length) for _ in range(number))) for number in hunks
    )
    changes = tuple(KeyChange((f"key{number}",), "1", "2") for number in range(keys))
    return ContentDifference(ContentState.TEXT, made, 0, sum(hunks), keys=changes)


def test_what_fits_stays_as_it_is() -> None:
    whole = difference(3, 4, keys=2)
    assert shortened(whole, Room()) == whole


def test_lines_and_keys_over_the_limit_are_counted() -> None:
    short = shortened(difference(200, 200, 50, keys=MOST_KEYS + 3), Room())
    assert [len(hunk.lines) for hunk in short.hunks] == [200, MOST_LINES - 200]
    assert (short.hunks[1].live_count, short.hunks[1].desired_count) == (MOST_LINES - 200, 0)
    assert len(short.keys) == MOST_KEYS
    assert short.left_out == 450 - MOST_LINES + 3
    assert short.removed == 450


def test_a_long_line_says_how_much_of_it_is_not_there() -> None:
    (hunk,) = shortened(difference(1, length=LONGEST + 1_234), Room()).hunks
    assert hunk.lines[0].text == "x" * LONGEST + "… (1,234 more characters)"


def test_all_of_them_share_one_room() -> None:
    room = Room()
    shown = [shortened(difference(MOST_LINES, length=LONGEST), room) for _ in range(30)]
    characters = sum(len(line.text) for each in shown for hunk in each.hunks for line in hunk.lines)
    assert characters <= ALL_TOGETHER + LONGEST
    assert room.is_used_up
    assert shown[-1].left_out == MOST_LINES
    assert shown[-1].hunks == ()
