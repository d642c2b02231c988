"""Similarity and counted lines on generated contents, git being the judge of the latter."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from driftaudit.provenance.similarity import LineChanges, line_changes, signature, similarity
from tests.support.programs import program

_LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b" a\n", b"d\rd\n"]), max_size=25)
_ENDS = st.sampled_from([b"", b"a", b"end"])
_CONTENTS = st.builds(lambda lines, end: b"".join(lines) + end, _LINES, _ENDS)
_BYTES = st.one_of(st.binary(max_size=300), _CONTENTS)


def numstat(old: bytes, new: bytes, *options: str) -> LineChanges:
    with TemporaryDirectory() as folder:
        for name, content in (("old", old), ("new", new)):
            (Path(folder) / name).write_bytes(content)
        words = [program("git"), "diff", "--no-index", "--numstat", "--text", *options, "old", "new"]
        told = subprocess.run(words, cwd=folder, capture_output=True, check=False).stdout.split()
    return LineChanges(int(told[0]), int(told[1])) if told else LineChanges(0, 0)


@settings(max_examples=150)
@given(_CONTENTS, _CONTENTS)
def test_lines_are_counted_as_git_does(old: bytes, new: bytes) -> None:
    changes = line_changes(old, new)
    assert changes == numstat(old, new, "--minimal")
    usual = numstat(old, new)
    assert changes.added <= usual.added
    assert changes.added - changes.removed == usual.added - usual.removed


@given(_BYTES, _BYTES)
def test_similarity_is_a_share_and_the_same_both_ways(one: bytes, other: bytes) -> None:
    a, b = signature(one), signature(other)
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == (1 if a else 0)


@given(_CONTENTS)
def test_line_ends_change_nothing(content: bytes) -> None:
    unix = content.replace(b"\r\n", b"\n")
    assert signature(unix) == signature(unix.replace(b"\n", b"\r\n"))
