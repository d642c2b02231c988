"""What the shell is told is what was meant, whatever the names hold."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.sources.shell.frames import call, encoded, quoted, remote_command, script, start_call

NAMES = st.binary(min_size=1, max_size=60).filter(lambda name: b"\0" not in name)


@given(st.lists(NAMES, max_size=4))
def test_the_shell_takes_words_as_they_are(words: list[bytes]) -> None:
    code = b'show() { printf \'%s\\0\' "$#" "$@"; }; ' + call("show", *words)
    done = subprocess.run(["/bin/sh"], input=code, capture_output=True, check=True)
    expected = [b"%d" % len(words), *words]
    assert done.stdout == b"".join(word + b"\0" for word in expected)


def test_a_name_is_never_like_an_option() -> None:
    assert encoded("-rf") == b"./-rf"
    assert encoded("\udcff") == b"./\xff"
    with pytest.raises(ValueError, match="NUL"):
        quoted(b"a\0b")


@pytest.mark.parametrize(
    ("root", "word"),
    [
        ("/srv/it's", rb"'/srv/it'\''s'"),
        ("-rf", b"'./-rf'"),
        ("app", b"'./app'"),
        ("~", b"~"),
        ("~/x y", b"~/'x y'"),
        ("~/", b"~/''"),
        ("~deploy/app", b"~deploy/'app'"),
        ("~$(x)/app", b"'./~$(x)/app'"),
    ],
)
def test_a_root_and_its_home(root: str, word: bytes) -> None:
    assert start_call("mark", "sha1", root) == b"start 'mark' 'sha1sum' " + word


def test_the_login_shell_sees_neither_root_nor_names() -> None:
    command = remote_command("deploy")
    assert command.startswith("exec sudo -n -u deploy -- /bin/sh -c '")
    assert len(command) < 300


def test_the_script_is_plain_and_short() -> None:
    text = script().decode("ascii")
    assert len(text) < 8192
    assert "<<" not in text  # some shells write here-documents to a file
    assert "mktemp" not in text
    assert " >" not in text.replace(" >&3", "").replace(" >/dev/null", "")
