"""What is measured: the peers and the product's own commands, each one line of a registry."""

import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.answers import Answer, of_check, of_compare, of_git_status, of_rsync, unread

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin"
_CHANGED = (0, 3)
_FIND = "'%p %s %T@ %C@ %i\\n'"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the two sides are, and how the host is reached."""

    ssh: str  # the command line that logs in, less the host
    login: str
    root: str
    repository: str
    url: str
    delayed_url: str
    sftp: str  # a remote as rclone writes it
    index: str  # git's index of the live tree
    driftaudit: tuple[str, ...] = (sys.executable, "-m", "driftaudit")


SHOWN = Place(
    "ssh", "HOST", "ROOT", "REPOSITORY", "ssh://HOST/ROOT", "ssh://DELAYED/ROOT", "HOST:ROOT", "INDEX",
    ("driftaudit",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contender:
    """One thing that is measured."""

    name: str
    title: str
    command: Callable[[Place], list[str]]
    program: str | None = None  # where it is no part of this repository
    codes: tuple[int, ...] = (0,)
    answer: Callable[[bytes], Answer] = unread
    primed: bool = False  # runs once unmeasured on the tree before it is edited, and finds what that run left
    once: bool = False  # too slow for more than one round, and for any but the smallest tree

    @property
    def shown(self) -> str:
        """Return its command as a person would type it."""
        return " ".join(map(_quoted, self.command(SHOWN)))

    @property
    def absent(self) -> bool:
        return self.program is not None and shutil.which(self.program, path=PATH) is None


def _quoted(word: str) -> str:
    """Quote a word for the shell, but in double quotes where that is easier to read."""
    return f'"{word}"' if "'" in word and not set(word) & set('"$`') else shlex.quote(word)


def _rsync(place: Place, *options: str) -> list[str]:
    ends = [f"{place.repository}/", f"{place.login}:{place.root}/"]
    return ["rsync", "-n", "-r", "-l", "-i", "--delete", *options, "--exclude=/.git", "-e", place.ssh, *ends]


def _on_host(place: Place, *words: str) -> list[str]:
    return [*shlex.split(place.ssh), place.login, " ".join(words)]


def _check(place: Place, *options: str, url: str | None = None) -> list[str]:
    words = ["check", url or place.url, "--deploy", "mirror", "--format", "json", *options]
    return [*place.driftaudit, *words]


def _git_status(place: Place) -> list[str]:
    where = [f"--git-dir={place.repository}/.git", f"--work-tree={place.root}"]
    return ["env", f"GIT_INDEX_FILE={place.index}", "git", *where, "status", "--porcelain"]


RSYNC, QUICK, FIND = "rsync", "rsync-quick", "find"
COLD, WARM, DELAYED = "check-cold", "check-warm", "check-delayed"

CONTENDERS = (
    Contender(RSYNC, "rsync -c", lambda p: _rsync(p, "-c"), program="rsync", answer=of_rsync),
    Contender(QUICK, "rsync, quick check", lambda p: _rsync(p, "-t"), program="rsync", answer=of_rsync),
    Contender(
        FIND,
        "find, over ssh",
        lambda p: _on_host(p, "find", p.root, "-printf", _FIND),
        program="find",
    ),
    Contender(
        "hashdeep",
        "hashdeep, over ssh",
        lambda p: _on_host(p, "hashdeep", "-r", p.root),
        program="hashdeep",
    ),
    Contender(
        "git-status",
        "git status, no network",
        _git_status,
        program="git",
        answer=of_git_status,
        primed=True,
    ),
    Contender(
        "rclone",
        "rclone check",
        lambda p: ["rclone", "check", p.repository, p.sftp, "--exclude", "/.git/**"],
        program="rclone",
        codes=(0, 1),
        once=True,
    ),
    Contender(COLD, "check, cold", lambda p: _check(p, "--no-cache"), codes=_CHANGED, answer=of_check),
    Contender(WARM, "check, warm", _check, codes=_CHANGED, answer=of_check, primed=True),
    Contender(
        DELAYED,
        "check, warm, 50 ms away",
        lambda p: _check(p, url=p.delayed_url),
        codes=_CHANGED,
        answer=of_check,
        primed=True,
    ),
    Contender(
        "compare",
        "compare",
        lambda p: [*p.driftaudit, "compare", "HEAD", p.url, "--format", "json"],
        codes=_CHANGED,
        answer=of_compare,
    ),
)
BY_NAME = {contender.name: contender for contender in CONTENDERS}
