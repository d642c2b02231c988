import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.render.printable import is_visible
from driftaudit.render.shell_words import shell_word
from tests.support.programs import program

NAMES = st.binary(min_size=0, max_size=12).filter(lambda name: b"\0" not in name) | st.text(
    alphabet="a ~$'\"\\`!\n\t\x1b\u202e\u00e9#*?-&;|<>(){}[]", max_size=12
).map(str.encode)


@given(NAMES)
def test_a_shell_reads_a_word_as_the_name_it_stands_for(name: bytes) -> None:
    word = shell_word(os.fsdecode(name))
    assert all(map(is_visible, word))
    for shell in ("bash", "busybox"):
        command = [program(shell), *(["sh"] if shell == "busybox" else []), "-c", f"printf %s {word}"]
        run = subprocess.run(command, capture_output=True, env={"LC_ALL": "C.UTF-8"})
        assert run.stdout == name, (shell, word, run.stderr)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("src/app.js", "src/app.js"),
        ("a b", "'a b'"),
        ("it's", """'it'"'"'s'"""),
        ("we\nird", r"$'we\012ird'"),
        ("caf\u00e9\udcff", r"$'caf" + "\u00e9" + r"\377'"),
    ],
)
def test_plain_names_stay_plain(name: str, word: str) -> None:
    assert shell_word(name) == word
