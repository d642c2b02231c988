"""Whatever is written to the file of waivers is read again, and nothing else in it changes."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.accept.document import with_waivers
from driftaudit.config.waivers import load_waivers
from driftaudit.model.waiver import Waiver
from driftaudit.policy.waivers import order

names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..", ".git")
)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(str.strip)
digests = st.text("0123456789abcdef", min_size=40, max_size=40)
waivers = st.builds(
    Waiver,
    path=st.lists(names, min_size=1, max_size=3).map("/".join),
    content=digests | digests.map("link {}".format),
    reason=words,
    owner=words,
    expires=st.none() | st.dates(),
    permits_destroy=st.booleans(),
    targets=st.lists(words, max_size=2, unique=True).map(tuple),
)
lists = st.lists(waivers, max_size=4, unique_by=lambda waiver: waiver.path)


def read(text: str) -> list[Waiver]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "driftaudit-waivers.yml"
        file.write_bytes(text.encode())
        return list(load_waivers(file))


def key_order(waiver: Waiver) -> tuple[str, str, tuple[str, ...]]:
    return order(waiver)


@given(lists, lists, st.data())
def test_it_reads_back_and_only_lines_are_added(
    first: list[Waiver], second: list[Waiver], data: st.DataObject
) -> None:
    known = {waiver.path for waiver in first}
    second = [waiver for waiver in second if waiver.path not in known]
    text = with_waivers("", first)
    lines = text.splitlines(keepends=True)
    comment = data.draw(st.integers(0, len(lines)))
    before = "".join([*lines[:comment], "  # a word of mine\n", *lines[comment:]]) if lines else ""
    after = with_waivers(before, second)
    assert (
        sorted(read(after), key=key_order) == sorted([*first, *second], key=key_order)
        if after
        else not second
    )
    kept = iter(after.splitlines())
    assert all(line in kept for line in before.splitlines())  # in this order
    assert with_waivers(after, [*first, *second]) == after


@given(lists.filter(bool), st.data())
def test_renewing_changes_that_waiver_and_no_other(first: list[Waiver], data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(first))
    new = Waiver(
        old.path, data.draw(digests), "New.", "Bob", date(2026, 1, 31), data.draw(st.booleans()), old.targets
    )
    after = read(with_waivers(with_waivers("", first), [new]))
    assert sorted(after, key=key_order) == sorted(
        [new, *(each for each in first if each is not old)], key=key_order
    )
