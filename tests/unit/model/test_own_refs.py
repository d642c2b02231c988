"""Names of targets as parts of refs: git itself says whether they are ones."""

import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftaudit.model.own_refs import live_ref, rescue_refs, slug_of, stamp

ODD = [
    "ssh://ubuntu@api.example.net:2222/home/ubuntu/irisx backend",
    "user@host:/srv/www",
    "./build",
    "../..",
    "/",
    ".",
    "..",
    "a..b",
    ".hidden",
    "x.lock",
    "x.LOCK.lock",
    "-rf",
    "@{u}",
    "@",
    "HEAD",
    "a/b",
    "a b",
    "a\nb",
    "a\x00b",
    "é",
    "\udcff",
    "~^:?*[\\",
    "x" * 500,
    "",
]


def is_ref(name: str) -> bool:
    return subprocess.run(["git", "check-ref-format", name]).returncode == 0


@pytest.mark.parametrize("name", ["production", "Prod-2", "a", "v1.2_x"])
def test_plain_names_stay(name: str) -> None:
    assert slug_of(name) == name


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_odd_names_become_parts_of_refs(name: str) -> None:
    slug = slug_of(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", slug)
    assert len(slug) <= 100
    assert is_ref(live_ref(slug))
    assert is_ref(rescue_refs(slug) + stamp(datetime.now(UTC)))


def test_distinct_names_stay_distinct() -> None:
    names = [*ODD, "a-b", "a_b", "A/b"]
    assert len({slug_of(name) for name in names}) == len(names)


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_any_name_does(name: str) -> None:
    assert is_ref(live_ref(slug_of(name)))


def test_a_stamp_is_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    assert stamp(datetime(2025, 11, 3, 20, 40, 0, 999, tzinfo=east)) == "20251103T184000Z"
