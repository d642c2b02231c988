"""What tests ask of a repository that something was written into."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.support.cli import Outcome, driftaudit
from tests.support.git import git
from tests.support.schemas import conform
from tests.support.site import Site

State = dict[str, tuple[int, int, str]]


def untouched(repository: Path) -> State:
    """Return mode, time and content of all files but objects and refs of ours, working tree included."""
    common = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    ours = [common / "objects", common / "refs" / "driftaudit"]
    found: State = {}
    for top in {repository, common}:
        for path in top.rglob("*"):
            if any(path.is_relative_to(folder) for folder in ours) or path.is_dir():
                continue
            seen = path.lstat()
            content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            found[str(path)] = (seen.st_mode, seen.st_mtime_ns, hashlib.sha256(content).hexdigest())
    return found


def own_refs(repository: Path) -> dict[str, str]:
    listed = git(repository, "for-each-ref", "--format=%(refname) %(objectname)", "refs/driftaudit/")
    return dict(line.split(" ") for line in listed.splitlines())


def tree(repository: Path, revision: str) -> dict[str, str]:
    """Return modes by path."""
    rows = git(repository, "ls-tree", "-r", "-z", "--full-tree", revision).split("\0")
    return {row.partition("\t")[2]: row[:6] for row in rows if row}


def content(repository: Path, revision: str, path: str) -> str:
    return git(repository, "show", f"{revision}:{path}")


def fsck(repository: Path) -> None:
    """Fail where the repository is not whole; what nothing holds any more is no fault."""
    git(repository, "fsck", "--full", "--strict")


def rescue(site: Site, *words: str) -> Outcome:
    return driftaudit(site.repository, "rescue", site.url, *words)


def reconcile(site: Site, *words: str) -> Outcome:
    """Reconcile, seen from the commit that the site was made of."""
    return driftaudit(site.repository, "reconcile", site.url, "--parent", "HEAD", *words)


def document(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(outcome.out)
    conform(value, value["schema"].split("/")[1])
    assert value["exit_code"] == outcome.code
    return value
