"""Which findings a path means, and which of them can be bound to content."""

import pytest

from driftaudit.accept.choosing import Choice, chosen_all, chosen_at, normal_path
from driftaudit.deploy.base import Trees
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable
from driftaudit.model.listing import listing_of
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.policy.policy import load_policy

POLICY = load_policy(["node"], {}, ())


def a_finding(
    path: str, digest: str | None = "a" * 40, kind: Kind = Kind.FILE, origin: Origin = Origin.UNKNOWN
) -> Finding:
    mode = MODE_DIRECTORY if kind is Kind.DIRECTORY else MODE_FILE
    entry = Entry(path, kind, mode, digest=digest, pruned=path == "node_modules")
    return POLICY.judge(Change(path, None, entry), Provenance(origin, Recoverable.NO), Action.KEEP)


def trees(*paths: str, unseen: tuple[str, ...] = ()) -> Trees:
    entries = tuple(Entry(path, Kind.FILE, MODE_FILE, digest="c" * 40) for path in paths)
    seen = Snapshot(SourceFacts("directory", "/x", method="local"), entries, (), ScanFacts())
    return Trees(listing_of(()), listing_of(entries), seen, frozenset(unseen))


def paths(choice: Choice) -> tuple[list[str], list[str]]:
    return [each.path for each in choice.findings], [each.path for each in choice.obstacles]


FINDINGS = [
    a_finding("src", None, Kind.DIRECTORY),
    a_finding("src/.env"),
    a_finding("src/a.js"),
    a_finding("src/lib/b.js"),
    a_finding("src/node_modules", None, Kind.DIRECTORY),
    a_finding("src/old.js", origin=Origin.LEFTOVER),
    a_finding("src2/c.js"),
]


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("src/a.js", ["src/a.js"]),
        ("src/lib", ["src/lib/b.js"]),
        ("src", ["src/a.js", "src/lib/b.js", "src/old.js"]),
        ("src2", ["src2/c.js"]),
    ],
)
def test_a_path_means_its_finding_and_a_folder_those_below(path: str, chosen: list[str]) -> None:
    assert paths(chosen_at(path, FINDINGS, trees())) == (chosen, [])


def test_all_means_what_warns_or_blocks() -> None:
    assert paths(chosen_all(FINDINGS))[0] == ["src/a.js", "src/lib/b.js", "src2/c.js"]


def test_what_is_expected_needs_no_waiver_but_a_secret_says_why_it_gets_none() -> None:
    with pytest.raises(UsageError, match=r"all below src/x is expected"):
        chosen_at("src/x", [a_finding("src/x/node_modules", None, Kind.DIRECTORY)], trees())
    with pytest.raises(UsageError, match=r"src/\.env cannot be waived: it is a secret"):
        chosen_at("src/.env", FINDINGS, trees())


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("src/sync.js", "src/sync.js is in sync"),
        ("src/hidden/x", "src/hidden/x could not be seen whole"),
        ("src/a.jss", "there is no src/a.jss on the target"),
    ],
)
def test_a_path_without_a_finding_says_why(path: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_at(path, FINDINGS, trees("src/sync.js", unseen=("src/hidden",)))
    assert caught.value.message.startswith(message)
    assert ("Did you mean src/a.js?" in caught.value.advice) == (path == "src/a.jss")


@pytest.mark.parametrize(
    ("text", "path"), [("src", "src"), ("./src//a/", "src/a"), (" a ", " a "), ("a\\b", "a\\b")]
)
def test_a_path_in_its_one_form(text: str, path: str) -> None:
    assert normal_path(text) == path
