"""Secrets planted in generated documents appear in no output of a diff."""

import configparser
import io
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from driftaudit.differences.difference import content_difference
from driftaudit.model.difference import ContentDiff, ContentState, PathDifference
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.render.base import RenderOptions
from driftaudit.render.diff import FORMATS

_NAMES = (
    "password",
    "dbPassword",
    "DB_PASSWD",
    "AWS_SECRET_ACCESS_KEY",
    "api-key",
    "apiKey",
    "token",
    "auth_token",
    "client.secret",
    "PRIVATE_KEY",
    "credentials",
    "authorization",
    "pwd",
    "db_pwd",
    "APP_KEY",
    "passphrase",
    "encryption_key",
    "connectionString",
    "DSN",
    "jwtSigningKey",
)
_PLAIN = ("port", "host", "name", "version", "level", "paths", "author", "keyboard", "primary_key")
_SECRET = st.text("abcXYZ0189!#$%&*/+=-_.:,;@?|~^(){}[]<>'\"\\ `", min_size=6, max_size=90).map(
    lambda text: f"S3c{text.strip()}r3t"
)
_LONG = st.lists(_SECRET, min_size=2, max_size=4).map("\n".join)
_VALUE = st.one_of(st.integers(0, 99), st.sampled_from(["a", "", "yes", "8.0"]), st.none(), st.booleans())


class Planted:
    """A document, and the secrets in it."""

    def __init__(self, seed: int, secrets: list[str]) -> None:
        self.random = random.Random(seed)
        self.rest = list(secrets)
        self.planted: list[str] = []

    def secret(self) -> str:
        self.planted.append(self.rest.pop())
        return self.planted[-1]

    def tree(self, depth: int = 0, *, lists: bool = True) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for _ in range(self.random.randint(1, 4)):
            self._put(made, depth, lists=lists)
        return made

    def _put(self, made: dict[str, Any], depth: int, *, lists: bool) -> None:
        kinds = ["plain", "plain", "secret", "below", "url"]
        kinds += ["list", "named", "option", "deep"] if lists else []
        kind = self.random.choice(kinds)
        plain, name = self.random.choice(_PLAIN), self.random.choice(_NAMES)
        if kind == "below" and depth < 3:
            made[plain] = self.tree(depth + 1, lists=lists)
        elif not self.rest or kind == "plain":
            made[plain] = self.random.choice([1, "a", True, "8.0"])
        elif kind == "secret":
            made[name] = self.secret()
        elif kind == "list":
            made[name] = [self.secret(), "x"]
        elif kind == "deep":
            made[name] = {plain: self.secret(), "more": {"x": ["y"]}}
        elif kind == "named":
            made["env"] = [{"name": name, "value": self.secret()}, {"name": "LEVEL", "value": "1"}]
        elif kind == "option":
            made["args"] = [f"--{name}", self.secret(), "--verbose"]
        else:
            made[plain] = f"postgres://bob:{self._for_url()}@db/x"

    def _for_url(self) -> str:
        secret = re.sub(r"[^\w!$.-]", "", self.rest.pop())
        self.planted.append(secret)
        return secret


def as_json(document: dict[str, Any], chance: random.Random) -> str:
    return json.dumps(document, indent=chance.choice([None, 0, 1, 2, 4]), ensure_ascii=chance.random() < 0.5)


def as_yaml(document: dict[str, Any], chance: random.Random) -> str:
    style = chance.choice([None, None, "'", '"', "|", ">"])
    return yaml.safe_dump(
        document,
        default_flow_style=chance.choice([False, False, None, True]),
        default_style=style,
        width=chance.choice([40, 80, 10_000]),
        indent=chance.choice([2, 4]),
    )


def as_toml(document: dict[str, Any], chance: random.Random, name: str = "") -> str:
    lines = [f"[{name}]"] if name else []
    tables = []
    for key, value in document.items():
        written = f'"{key}"' if "." in key else key
        if isinstance(value, dict):
            tables.append(as_toml(value, chance, f"{name}.{written}" if name else written))
        elif (
            isinstance(value, str)
            and chance.random() < 0.3
            and "'''" not in value
            and not value.endswith("'")
        ):
            lines.append(f"{written} = '''\n{value}'''")
        else:
            lines.append(f"{written} = {json.dumps(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def flat(document: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in document.items():
        found |= flat(value) if isinstance(value, dict) else {re.sub(r"\W", "_", key): str(value)}
    return found


def as_env(document: dict[str, Any], chance: random.Random) -> str:
    lines = []
    for key, value in flat(document).items():
        quoted = json.dumps(value)[1:-1].replace("\\n", "\n")
        export = chance.choice(["", "export "])
        lines.append(f'{export}{key}="{quoted}"')
    return "\n".join(lines) + "\n"


def as_ini(document: dict[str, Any], chance: random.Random) -> str:
    parser = configparser.RawConfigParser()
    for key, value in document.items():
        parser[chance.choice([f"s {key}", key])] = flat(value if isinstance(value, dict) else {key: value})
    stream = io.StringIO()
    parser.write(stream, space_around_delimiters=chance.random() < 0.5)
    return stream.getvalue().replace("\n\t", chance.choice(["\n\t", "\n  "]))


def as_code(document: dict[str, Any], chance: random.Random) -> str:
    lines = []
    for key, value in flat(document).items():
        text = json.dumps(value)
        form = chance.choice(
            [
                "const {} = {};",
                "{} := {}",
                "$c['{}'] = {};",
                "define('{}', {});",
                "set{}({})",
                "  {}: {},",
                "x.{} = process.env.{} || {}",
                'os.environ.get("{}", {})',
                "const {} =\n  {};",
            ]
        )
        count = form.count("{}")
        lines.append(form.format(*[key] * (count - 1), text))
    return "\n".join(lines) + "\n"


WRITERS: dict[str, tuple[Callable[[dict[str, Any], random.Random], str], bool]] = {
    "a.json": (as_json, True),
    "package.json": (as_json, True),
    "a.yml": (as_yaml, True),
    "a.toml": (as_toml, False),
    "staging.env": (as_env, False),
    "a.ini": (as_ini, False),
    "a.js": (as_code, False),
    "a.php": (as_code, False),
}


def outputs(path: str, live: str | None, desired: str | None) -> str:
    """Return all that a diff of a path shows, in all formats."""
    before, after = (text.encode() if text is not None else None for text in (live, desired))
    content = content_difference(path, before, after)
    entries = [Entry(path, Kind.FILE, MODE_FILE) if side is not None else None for side in (before, after)]
    diff = ContentDiff(
        "target", (PathDifference(path, entries[0], entries[1], content, "stale", "overwrite"),)
    )
    shown = [FORMATS[name](diff, RenderOptions()) for name in FORMATS]
    shown.append(FORMATS["text"](diff, RenderOptions(width=80, colour=True)))
    return "\n".join(shown)


def assert_hidden(shown: str, secrets: list[str]) -> None:
    for secret in secrets:
        for line in secret.split("\n"):
            for form in (line, json.dumps(line)[1:-1], json.dumps(json.dumps(line)[1:-1])[1:-1]):
                assert form not in shown, f"{line!r} is in\n{shown}"


@pytest.mark.parametrize("path", WRITERS)
@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), secrets=st.lists(st.one_of(_SECRET, _LONG), min_size=14, max_size=14))
def test_no_planted_secret_is_shown(path: str, seed: int, secrets: list[str]) -> None:
    write, lists = WRITERS[path]
    if path in ("a.ini", "staging.env"):
        secrets = [secret.replace("\\", "/") for secret in secrets]
    planted = Planted(seed, secrets)
    before, after = planted.tree(lists=lists), planted.tree(lists=lists)
    chance = random.Random(seed)
    live, desired = write(before, chance), write(after, chance)
    assert_hidden(outputs(path, live, desired), planted.planted)
    assert_hidden(outputs(path, None, desired), planted.planted)
    assert_hidden(outputs(path, live, None), planted.planted)


@settings(max_examples=60)
@given(st.lists(_SECRET, min_size=2, max_size=5), st.sampled_from(["id", "a.txt", "a.js", "a.yml", "a.json"]))
def test_no_line_of_a_private_key_is_shown(lines: list[str], path: str) -> None:
    key = ["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"]
    before, after = "\n".join([*key, "a"]), "\n".join([*key[:2], *key[3:], "b"])
    assert_hidden(outputs(path, before, after), lines)
    assert_hidden(outputs(path, json.dumps({"x": before}), json.dumps({"x": after})), lines)


@given(_SECRET, _SECRET)
def test_two_different_secrets_never_look_like_no_change(one: str, other: str) -> None:
    before, after = (json.dumps({"name": "x", "password": secret}, indent=1) for secret in (one, other))
    content = content_difference("a.json", before.encode(), after.encode())
    assert (content.state is ContentState.SAME) == (one == other)
    if one != other:
        signs = [line.sign for hunk in content.hunks for line in hunk.lines]
        assert signs.count("-") == signs.count("+") == 1
        assert [change.kind for change in content.keys] == ["changed"]
        assert content.masked
