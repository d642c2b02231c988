"""What is shown of two contents, and what is refused of hostile ones."""

import json
import time

import pytest

from driftaudit.differences.difference import LARGEST, content_difference
from driftaudit.differences.names import is_secret_name
from driftaudit.differences.registry import FORMATS
from driftaudit.model.difference import HIDDEN, ContentState


def test_a_side_that_is_absent_is_told_from_an_empty_one() -> None:
    assert content_difference("a", None, None).state is ContentState.SAME
    assert content_difference("a", None, b"").state is ContentState.TEXT
    assert content_difference("a", b"", b"").state is ContentState.SAME


def test_nothing_is_said_of_a_secret() -> None:
    content = content_difference(".env", b"A=1\n", b"A=2\n", ("secret",))
    assert (content.state, content.hunks, content.keys, content.added) == (ContentState.SECRET, (), (), 0)


@pytest.mark.parametrize(
    "path", [".pgpass", "config/credentials.json", "run/db_password", "a/.htpasswd", "token.txt"]
)
def test_nothing_is_said_of_a_file_that_is_named_like_a_secret(path: str) -> None:
    assert content_difference(path, b"a", b"b").state is ContentState.SECRET


@pytest.mark.parametrize(
    "path", ["src/auth.js", "password-reset.php", "author.txt", "secrets/readme.txt", ".env.example"]
)
def test_code_about_secrets_is_shown(path: str) -> None:
    assert content_difference(path, b"a", b"b").state is ContentState.TEXT


def test_binary_and_large_contents_are_named() -> None:
    assert content_difference("a", b"a\0", b"b").state is ContentState.BINARY
    started = time.perf_counter()
    assert content_difference("a", b"a\n" * 25_000_000, b"b").state is ContentState.TOO_LARGE
    assert time.perf_counter() - started < 1


def test_more_lines_than_can_be_compared_are_replaced_as_a_whole() -> None:
    live = b"".join(b"%d\n" % number for number in range(100_000))
    desired = b"".join(b"%d\n" % (number * 7919 % 100_000) for number in range(100_000))
    assert len(live) < LARGEST
    content = content_difference("a", live, desired)
    assert content.notes == ("too many lines differ to be compared one by one",)
    assert content.added == content.removed > 90_000


@pytest.mark.parametrize(
    ("path", "live", "desired", "keys"),
    [
        ("a.json", b'{"a": 1, "b": [1, 2]}', b'{"b": [1, 3], "a": 1.0}', ["a", "b.1"]),
        ("a.yml", b"a: no\nb: {c: 1}\n", b"b:\n  c: 2\na: 'no'\n", ["b.c"]),
        ("a.yaml", b"a: 1\n---\nb: 1\n", b"a: 1\n---\nb: 2\n", ["1.b"]),
        ("a.toml", b"a = 1\n[b]\nc = 1979-05-27\n", b"a = 1\n[b]\nc = 1979-05-28\n", ["b.c"]),
        (".env.example", b"A=1\nexport B='x y' # c\n", b'B="x y"\nA=2\nC=\n', ["A", "C"]),
        ("a.ini", b"[DEFAULT]\nX = 1\n[b]\nx: 1\n", b"[b]\nx=1\n[DEFAULT]\nX=2\n", ["DEFAULT.X"]),
        ("package.json", b'{"scripts": {"build": "a"}}', b'{"scripts": {}}', ["scripts.build"]),
    ],
)
def test_documents_are_compared_by_key(path: str, live: bytes, desired: bytes, keys: list[str]) -> None:
    content = content_difference(path, live, desired)
    assert content.document
    assert [".".join(map(str, change.keys)) for change in content.keys] == keys
    assert not content.notes


def test_order_and_blanks_are_no_difference_of_keys() -> None:
    content = content_difference("a.json", b'{"a": 1, "b": 2}', b'{\n "b": 2,\n "a": 1\n}\n')
    assert (content.document, content.keys) == ("json", ())
    assert content.added


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("a.json", b"{", "live: line 1, column 2"),
        ("a.json", b'{"a": 1, "a": 2}', "twice"),
        ("a.json", b'{"a": NaN}', "NaN"),
        ("a.json", b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        ("a.json", b"[" * 100_000, "nested"),
        ("a.json", b"[" * 60 + b"]" * 60, "nested more than 50 deep"),
        ("a.json", b"\xff", "not UTF-8"),
        ("a.json", json.dumps(list(range(6000))).encode(), "over 5,000 values"),
        ("a.json", b'"' + b"a" * 600_000 + b'"', "over 512 KiB"),
        ("a.yml", b"a: &a [x]\nb: *a\n", "aliases"),
        ("a.yml", b"a: !!python/object/apply:os.system [id]\n", "tags"),
        ("a.yml", b"a: 1\na: 2\n", "twice"),
        ("a.yml", b"a: [\n", "line 2"),
        ("a.yml", b"a: \x01\n", "forbids"),
        ("a.yml", b"{" * 100_000, "nest"),
        ("a.yml", b"? [a]\n: 1\n", "plain text"),
        ("a.toml", b"a = " + b"[" * 100_000, "nested"),
        ("a.toml", b"a = \n", "line 1"),
        ("staging.env", b"just words\n", "no NAME=value"),
        ("staging.env", b"A='x\n", "not closed"),
        ("a.ini", b"[a]\nx=1\n[a]\n", "twice"),
        ("a.ini", b"x=1\n", "sections"),
    ],
)
def test_what_is_not_read_is_compared_by_line_and_says_so(path: str, content: bytes, why: str) -> None:
    found = content_difference(path, content, b"")
    assert found.state is ContentState.TEXT
    assert found.document is None
    assert len(found.notes) == 1
    assert why in found.notes[0]
    assert found.removed


def test_a_bomb_of_aliases_is_not_unfolded() -> None:
    bomb = b"a0: &a0 [x, x]\n" + b"".join(
        b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)
    )
    started = time.perf_counter()
    assert "aliases" in content_difference("a.yml", bomb, b"a: 1\n").notes[0]
    assert time.perf_counter() - started < 2


def test_the_message_of_a_parser_has_nothing_of_the_file() -> None:
    for path in ("a.json", "a.yml", "a.toml", "staging.env", "a.ini"):
        content = content_difference(path, b"hunter2 hunter2: [hunter2\n: hunter2", b"")
        assert "hunter2" not in " ".join(content.notes)


def test_a_common_line_is_hidden_if_either_side_hides_it() -> None:
    live = b"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"
    content = content_difference("a", live, b"abc\n")
    assert [line.text for hunk in content.hunks for line in hunk.lines if line.sign == " "] == [HIDDEN]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "dbPassword",
        "DB_PASSWD",
        "pwd",
        "AWS_SECRET_ACCESS_KEY",
        "api-key",
        "API key",
        "auth",
        "jwt",
        "privateKey",
        "oauth_client",
        "APP_KEY",
        "sshKey",
        "client.secret",
        "PASSWORD2",
        "credentials",
        "accesskey",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["port", "author", "authority", "compass", "keyboard", "primary_key", "publicKey", "key", ""]
)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


def test_each_format_has_names_in_lower_case() -> None:
    assert all(name == name.lower() for known in FORMATS.values() for name in known.names)
