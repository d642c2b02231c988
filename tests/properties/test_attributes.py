"""What git's attributes say of a commit is what `git archive` makes of it."""

import io
import tarfile
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from driftaudit.repo import Repository
from tests.support.git import commit, git, new_repository

NAMES = ["a", "docs", "test", "b.txt", "é", "a b"]
PATTERNS = [
    "a",
    "/a",
    "docs/",
    "docs",
    "docs/*",
    "**/test",
    "test/a",
    "*.txt",
    "[a-t]*",
    '"a b"',
    "d*/",
    "docs/**",
]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
lines = st.tuples(
    st.sampled_from(PATTERNS),
    st.sampled_from(["export-ignore", "-export-ignore", "!export-ignore", "skip", "-skip"]),
)
files = st.lists(lines, max_size=4)
MACRO = "[attr]skip export-ignore\n"


def archived(repository: Path, revision: str) -> dict[str, bytes]:
    """The files that an archive has, by git's own hand."""
    packed = repository / "x.tar"
    git(repository, "archive", "--format=tar", "--output", str(packed), revision)
    with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
    packed.unlink()
    return {name: stream.read() for name, stream in found.items() if stream}


def rows(attributes: list[tuple[str, str]]) -> str:
    return "".join(f"{pattern} {value}\n" for pattern, value in attributes)


def tree(names: set[str], top: str, folder: str | None) -> dict[str, str]:
    """Files that fit beside each other, and attributes at the top and in a folder."""
    made: dict[str, str] = {".gitattributes": top}
    for name in sorted(names):
        if not any(name.startswith(other + "/") for other in made):
            made[name] = name
    if folder is not None and any(name.startswith("docs/") for name in made):
        made["docs/.gitattributes"] = folder
    return made


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(st.sets(paths, min_size=2, max_size=8), files, st.none() | files, st.booleans())
@example({"docs/a", "a"}, [("docs/", "export-ignore"), ("docs/*", "-export-ignore")], None, False)
@example({"docs/a", "docs/test/a"}, [("docs", "-export-ignore")], [("test", "export-ignore")], True)
def test_an_archive_leaves_out_what_the_commit_says(
    names: set[str], top: list[tuple[str, str]], folder: list[tuple[str, str]] | None, bare: bool
) -> None:
    with tempfile.TemporaryDirectory() as place:
        repository = new_repository(Path(place) / "repository")
        made = tree(names, MACRO + rows(top), None if folder is None else rows(folder))
        revision = commit(repository, made)
        commit(repository, {".gitattributes": "* export-ignore\n"})  # what is checked out says something else
        expected = made.keys() - archived(repository, revision).keys()
        if bare:
            git(repository, "clone", "--quiet", "--bare", ".", "../bare")
            repository = repository.parent / "bare"
        opened = Repository.containing(repository)
        assert opened.attributes(revision).left_out_of_archives(made.keys()) == expected


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    st.dictionaries(
        st.sampled_from(["a", "docs/b", "x y", "é", "b.txt"]),
        st.sampled_from(["plain\n", "$Format:%H%n%ad$\n", "$Id$\n", "one\r\ntwo\n", "é\n", ""]),
        min_size=1,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["*", "a", "docs/*", "*.txt"]),
            st.sampled_from(
                ["export-subst", "ident", "eol=crlf", "text", "working-tree-encoding=ISO-8859-1", "-text"]
            ),
        ),
        max_size=3,
    ),
)
def test_a_converted_content_is_what_an_archive_has(
    contents: dict[str, str], top: list[tuple[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        repository = new_repository(Path(place) / "repository")
        revision = commit(repository, {**contents, ".gitattributes": rows(top)})
        commit(repository, {".gitattributes": "* -text -ident -export-subst\n"})
        expected = archived(repository, revision)
        opened = Repository.containing(repository)
        blobs = {entry.path: entry.digest for entry in opened.tree(revision) if entry.digest}
        stored = {path: opened.blobs([oid], 1000)[oid] for path, oid in blobs.items()}
        assert stored | opened.attributes(revision).converted(blobs) == expected
