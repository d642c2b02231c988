"""Hunks of generated texts: applied to the live text they give the desired one, by hand and by git."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from driftaudit.differences.difference import content_difference
from driftaudit.model.difference import ContentDiff, ContentDifference, ContentState, PathDifference
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.render.base import RenderOptions
from driftaudit.render.diff import FORMATS
from tests.support.programs import program

_LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"\t d\n", b"\xe9\n"]), max_size=30)
_TEXTS = st.builds(lambda lines, end: b"".join(lines) + end, _LINES, st.sampled_from([b"", b"end"]))
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0/"),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200 and name != ".git")


def applied(live: bytes, content: ContentDifference) -> bytes:
    lines = live.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    made, at = [], 0
    for hunk in content.hunks:
        start = hunk.live_start - 1 if hunk.live_count else hunk.live_start
        made += lines[at:start]
        at = start
        for line in hunk.lines:
            raw = line.text.encode("utf-8", "surrogateescape") + (b"\n" if line.ended else b"")
            if line.sign in " -":
                assert lines[at] == raw
                at += 1
            if line.sign in " +":
                made.append(raw)
        assert sum(line.sign in " -" for line in hunk.lines) == hunk.live_count
        assert sum(line.sign in " +" for line in hunk.lines) == hunk.desired_count
    return b"".join(made + lines[at:])


@settings(max_examples=300)
@given(_TEXTS, _TEXTS)
def test_hunks_lead_from_live_to_desired(live: bytes, desired: bytes) -> None:
    content = content_difference("a.txt", live, desired)
    assert (content.state is ContentState.SAME) == (live == desired)
    assert applied(live, content) == desired
    assert content.added - content.removed == len(desired.splitlines()) - len(live.splitlines())


@settings(max_examples=100)
@given(_TEXTS, st.one_of(st.none(), _TEXTS), _NAMES)
def test_git_takes_the_patch(live: bytes, desired: bytes | None, name: str) -> None:
    content = content_difference(name, live, desired)
    if content.state is ContentState.SAME or content.masked:
        return
    entry = Entry(name, Kind.FILE, MODE_FILE)
    difference = PathDifference(name, entry, entry if desired is not None else None, content)
    patch = FORMATS["text"](ContentDiff("t", (difference,)), RenderOptions())
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(live)
        raw = patch.encode("utf-8", "surrogateescape")
        done = subprocess.run([program("git"), "apply", "-"], cwd=folder, input=raw, capture_output=True)
        assert done.returncode == 0, (done.stderr, patch)
        assert (file.read_bytes() if file.exists() else None) == desired
