"""Random checkouts with files that git tracks, ignores or does not know, and git commands on them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

from driftaudit.deploy.script.contents import Member, Members, blob_id
from driftaudit.deploy.script.tree import File, Folder, Link
from tests.support.programs import program
from tests.support.shell_sandbox import Tree, lay
from tests.support.shell_scripts import a_path, trees

_RULES = ["a", "/a", "a/", "b*", "*/c", "/d/**", "!a", "!b", "d", "# a", "", "a/b", "**/c"]
_CLEANS = [
    *[
        "git clean -fd",
        "git clean -fdx",
        "git clean -fdX",
        "git clean -f",
        "git clean -fd @",
        "git clean -fdxe b",
    ],
    *[
        "cd @ && git clean -fdx",
        "git clean -nd",
        "git clean -ffdx",
        "git clean -fd -e 'a*'",
        "git -C @ clean -fdx",
    ],
]
_RESETS = [
    *[
        "git reset --hard",
        "git reset -q --hard HEAD",
        "git checkout -f",
        "git checkout -- .",
        "git restore .",
    ],
    *["git checkout HEAD -- .", "git checkout .", "git reset --hard && git clean -fd"],
]
_ARCHIVES = [
    *["git archive HEAD | tar xf - -C d", "git archive --format=tar HEAD @ | ssh host 'tar xf -'"],
    *[
        "git archive -o ../t.tar HEAD && tar xf ../t.tar -C c",
        "git archive --prefix=new/ HEAD | ssh host tar xf -",
    ],
    *[
        "git archive --format=tar.gz HEAD | ssh host 'cd @ && tar xzf -'",
        "git archive HEAD:@ | tar xf - -C b",
    ],
    *[
        "cd @ && git archive HEAD | ssh host 'tar xf -'",
        "git archive master a b | tar x",
        "git archive no | tar x",
    ],
]


@dataclass(frozen=True)
class Checkout:
    """What is in git, what lies there now, and a command."""

    committed: Tree
    tree: Tree
    rules: str
    command: str


def cleaned(seed: int, number: int) -> Checkout:
    """Return a checkout and a command that deletes what is not tracked."""
    return _checkout(Random(f"clean {seed} {number}"), _CLEANS)


def reset(seed: int, number: int) -> Checkout:
    """Return a checkout and a command that throws changes away."""
    return _checkout(Random(f"reset {seed} {number}"), _RESETS)


def archived(seed: int, number: int) -> Checkout:
    """Return a checkout and a command that packs a revision."""
    return _checkout(Random(f"archive {seed} {number}"), _ARCHIVES)


def _checkout(chance: Random, commands: list[str]) -> Checkout:
    committed, tree = trees(chance)
    paths = sorted(path.rstrip("/") for path in {*committed, *tree}) or ["a"]
    command = chance.choice(commands)
    while "@" in command:
        command = command.replace("@", chance.choice([chance.choice(paths), a_path(chance)]), 1)
    rules = "".join(f"{chance.choice(_RULES)}\n" for _n in range(chance.randint(0, 3)))
    return Checkout(committed, tree, rules, command)


def lay_checkout(folder: Path, checkout: Checkout) -> None:
    """Make the checkout: its tree is that of the commit with the live one laid over what it does not meet."""
    lay(folder, checkout.committed)
    (folder / ".gitignore").write_text(checkout.rules)
    git(folder, "init", "-q", "-b", "master")
    git(folder, "add", "-A", "-f")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.net", "commit", "-q", "-m", "all")
    for path, text in checkout.tree.items():
        place = folder / path.rstrip("/")
        ways = [
            folder.joinpath(*place.relative_to(folder).parts[: n + 1]) for n in range(path.count("/") + 1)
        ]
        in_way = any(way.is_symlink() or way.is_file() for way in ways[:-1]) or place.is_symlink()
        if not in_way and not (place.is_dir() or (place.exists() and path.endswith("/"))):
            if place.exists() and text.startswith("-> "):
                place.unlink()
            lay(folder, {path: text})


def git(folder: Path, *words: str) -> str:
    """Run git, with no configuration but the repository's own."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    command = [program("git"), "-C", str(folder), *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def revision(folder: Path, name: str) -> Members | None:
    """Return the files of a revision, None where there is no such revision."""
    try:
        listed = git(folder, "ls-tree", "-r", "-t", "-z", name)
    except subprocess.CalledProcessError:
        return None
    return tuple(_member(folder, row) for row in listed.split("\0") if row)


def _member(folder: Path, row: str) -> Member:
    facts, _tab, path = row.partition("\t")
    mode, kind, oid = facts.split()
    if kind == "tree":
        return Member(path, Folder())
    if mode == "120000":
        return Member(path, Link(git(folder, "cat-file", "blob", oid)))
    assert len(oid) == len(blob_id(b""))
    return Member(path, File(oid, mode == "100755"))
