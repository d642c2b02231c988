"""Random scripts of what the simulator models, and random small trees to run them on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from tests.support.shell_forms import OTHERS, WRITING
from tests.support.shell_sandbox import Tree

_NAMES = ["a", "b", "c", "d"]
_CONTENTS = ["1\n", "2\n", "x y\n", "", "no end"]
_TARGETS = ["a", "b", "d", "d/a", "../a", "../b", "no", ".", "..", "a/b"]
_FIRST = ["a", "a", "b/c", "b/c", ".", ".", "d", "d", ""]  # of X
_HEADS = ["", "", "set -e\n", "set -euo pipefail\nX= Y=\n"]


@dataclass(frozen=True)
class Case:
    """A script, and the trees that it is run on."""

    script: str
    local: Tree
    remote: Tree


def case(seed: int, number: int) -> Case:
    """Return one case; the same numbers give the same one."""
    chance = Random(f"{seed} {number}")
    local, remote = trees(chance)
    return Case(Writer(chance, local, remote).script(), local, remote)


def trees(chance: Random) -> tuple[Tree, Tree]:
    """Return two trees: as often as not the second is the first with some changes, as live trees are."""
    local, other = _tree(chance), _tree(chance)
    if chance.random() < 0.5:
        return local, other
    kept = {path: local[path] for path in local if chance.random() < 0.8}
    for path, content in other.items():
        if path.rstrip("/") not in _taken(kept) and chance.random() < 0.3:
            _lay(kept, path, content)
    files = [path for path, text in kept.items() if not path.endswith("/") and not text.startswith("-> ")]
    changed = {path: chance.choice(_CONTENTS) for path in files if chance.random() < 0.2}
    return local, kept | changed


def _tree(chance: Random) -> Tree:
    found: Tree = {}
    for _n in range(chance.randint(6, 16)):
        path = a_path(chance)
        kind = chance.choice(["file", "file", "file", "folder", "link"])
        if kind == "folder":
            _lay(found, path + "/", "")
        elif kind == "file":
            _lay(found, path, chance.choice(_CONTENTS))
        else:
            target = chance.choice(_TARGETS)
            _lay(found, path, "-> no" if target == ".." and "/" not in path else f"-> {target}")
    return found


def _lay(tree: Tree, path: str, content: str) -> None:
    """Add a path where no file or link is in its way, and it in the way of nothing."""
    plain = path.rstrip("/")
    above = [plain.rsplit("/", n)[0] for n in range(1, plain.count("/") + 1)]
    if plain not in _taken(tree) and not any(part in tree for part in above):
        for part in above:
            tree.pop(part + "/", None)
        tree[path] = content


def known_paths(tree: Tree) -> list[str]:
    """Return all paths of a tree, those of its folders among them, without slashes at their ends."""
    return sorted(_taken(tree))


def _taken(tree: Tree) -> set[str]:
    found = set()
    for path in tree:
        parts = path.rstrip("/").split("/")
        found |= {"/".join(parts[: n + 1]) for n in range(len(parts))}
    return found


def a_path(chance: Random) -> str:
    """Return a short path of the names that all trees are made of."""
    return "/".join(chance.choice(_NAMES) for _n in range(chance.choice([1, 1, 2, 2, 3])))


def _is_into_itself(command: str) -> bool:
    """Whether one path of a command is or leads to another: scripts do that, but seldom."""
    spelt = r"[\"'`]|\$\{Y:(?:-|\+no\})|\$\(pwd\)/|\.\./site/|\./|~/|\$\(dirname |/a\)|`echo "
    words = re.sub(spelt, "", command).split()
    paths = [{re.sub(r"/\.?$", "", part) for part in re.split("[{},]", word) if part} for word in words]
    return any(
        f"{below}/".startswith(f"{above}/")
        for n, sources in enumerate(paths)
        for above in sources
        for others in paths[n + 1 :]
        for below in others
    )


class Writer:
    """Writes a script for two trees: most paths in it are there, on the host where they are used."""

    def __init__(self, chance: Random, local: Tree, remote: Tree) -> None:
        self.chance = chance
        self._remote = known_paths(remote)
        self._known = known_paths(local)
        self._depth = 0

    def script(self) -> str:
        """Return a script of some lines."""
        head = self.chance.choice(_HEADS)
        lines = [self._statement() for _n in range(self.chance.randint(4, 9))]
        if "set -e" in head:  # else most of them end at once
            lines = [self._survived(line) for line in lines]
        return f"{head}X={self.chance.choice(_FIRST)}\n" + "\n".join(lines)

    def _survived(self, line: str) -> str:
        is_done = "<<" not in line and not line.startswith(("trap", "exit"))
        return f"{line} || true" if is_done and self.chance.random() < 0.8 else line

    def path(self) -> str:
        """Return a path: of three two are there."""
        if self._known and self.chance.random() < 0.8:
            return self.chance.choice(self._known)
        return a_path(self.chance)

    def word(self) -> str:
        """Return a path as scripts write it."""
        path = self.path()
        if self.chance.random() < 0.5:
            return path
        return self.chance.choice(_SPELLINGS)(path, self.path)

    def _statement(self) -> str:
        kind = self.chance.random()
        if kind < 0.5:
            return self._simple()
        return self._compound(2) if kind < 0.75 else self._on_the_target()

    def _simple(self) -> str:
        form = self.chance.choice(WRITING if self.chance.random() < 0.92 else OTHERS)
        text = re.sub("[@§¤]", self._filled, form)
        is_rare = _is_into_itself(text) and self.chance.random() < 0.9
        return self._simple() if is_rare else text

    def _filled(self, found: re.Match[str]) -> str:
        if found[0] == "¤":
            with self._there():
                return self.word()
        return self.word() if found[0] == "@" else self.path()

    @contextmanager
    def _there(self) -> Iterator[None]:
        """Take paths from the target's tree."""
        before, self._known = self._known, self._remote
        try:
            yield
        finally:
            self._known = before

    def _without(self, marks: str, write: Callable[[], str]) -> str:
        """Return what is written without any of some marks in it."""
        while True:
            text = write()
            if not any(mark in text for mark in marks.split()):
                return text

    def _plain(self) -> str:
        """Return a simple command without a here-document."""
        return self._without("<<", self._simple)

    def _compound(self, depth: int) -> str:
        form = self.chance.choice(_COMPOUNDS)
        inner = self._plain if depth == 1 or self.chance.random() < 0.5 else lambda: self._compound(depth - 1)
        writers = {"I": inner, "P": self._plain, "W": self.word}
        return re.sub("«(.)»", lambda found: writers[found[1]](), form)

    def _lines(self) -> str:
        write = self._plain if self.chance.random() < 0.7 else lambda: self._compound(1)
        return f"{write()}\n{write()}"

    def _on_the_target(self) -> str:
        """Return commands that run others by ssh, by each way to write that."""
        form = self.chance.choice(_REMOTES)
        with self._there():
            text = self._without(_quote_of(form), self._lines) if "«L»" in form else ""
            there = self.path()
        here = self.path() if "bash -" not in form else there
        return form.replace("«L»", text).replace("«T»", there).replace("«H»", here)


def _quote_of(form: str) -> str:
    before = form[form.index("«L»") - 1]
    return before if before in "'\"" else "\0"


_Spelling = Callable[[str, Callable[[], str]], str]
_SPELLINGS: list[_Spelling] = [
    lambda path, _other: f"{path}/",
    lambda path, _other: f"./{path}",
    lambda path, _other: f'"{path}"',
    lambda path, _other: f"'{path}'",
    lambda path, _other: f"{path}/*",
    lambda path, _other: f"{path.rpartition('/')[0] or '.'}/[a-c]*",
    lambda path, other: f"{{{path},{other()}}}",
    lambda path, other: f"{path}/../{other()}",
    lambda path, _other: f"${{X:?}}/{path}",
    lambda path, _other: f'"${{Y:-{path}}}"',
    lambda path, _other: f'"$(pwd)/{path}"',
    lambda path, _other: f"{path}/.",
    lambda path, _other: f"../site/{path}",
    lambda _path, _other: "?",
    lambda path, _other: f"${{X:?}}/{{a,b}}/{path}",
    lambda path, _other: f"{path}{{,.bak}}",
    lambda path, _other: f"~/{path}",
    lambda path, _other: f"`echo {path}`",
    lambda path, _other: f'"${{Y:+no}}"{path}',
    lambda path, _other: f"$(dirname {path}/a)",
]

# «I» is a command or one of these, «P» a command, «W» a word.
_COMPOUNDS = [
    "«I» && «I»",
    "«I» || «I»",
    "«I»; «I»",
    "( «I»\n«I»\n)",
    "{ «I»\n«I»\n}",
    "! «P»",
    "if «P»; then\n«I»\nelse\n«I»\nfi",
    "if «P»; then\n«I»\nfi",
    "for X in «W» «W»; do\n«I»\ndone",
    "for X in *; do\n«I»\ndone",
    "case $X in a) «I»\n;;\nb|c) «I»\n;;\n*) «I»\n;;\nesac",
    "{ f() {\n«I»\n}\nf «W»; }",
    "{ g() { local X=$1\n«I»\nreturn 1\n}\ng «W» || «P»; }",
    "{ «I»\n«I»\n} > «W»",
    "n=0; while [ $n -lt 2 ]; do n=$((n+1))\n«I»\ndone",
    "X=$( «I»\necho «W»)",
    "for X in {a,b}/{c,d}; do\n«I»\ndone",
    "until [ -e «W» ]; do\n«I»\nbreak\ndone",
    "for X in «W» b; do\n«P» || continue\n«I»\ndone",
    "case $X in [ab]) «I»\n;&\n*) «I»\n;;\nesac",
    "if [[ -d «W» && ! -L «W» ]]; then\n«I»\nelif «P»; then\n«I»\nfi",
    "{ h() ( «I»\n)\nh; }",
    "«P» && { «I»\n} || «P»",
    "{ «I»\n} 3> /dev/null",
    "(cd «W» || exit 1\n«I»\n)",
    "(set -e\n«I»\n«I»\n)",
    "(trap '«P»' EXIT\n«I»\n)",
]

# «L» are two commands, «T» a path there, «H» one here.
_REMOTES = [
    "ssh host <<'END'\n«L»\nEND",
    "ssh -T -p 22 user@host bash -s <<'END'\n«L»\nEND",
    "ssh host '«L»'",
    'ssh -q host "«L»"',
    "tar cf - «H» | ssh host 'cd «T» && tar xf -'",
    "cat «H» | ssh host 'cat > «T»'",
    "ssh host 'tar cf - «T»' | tar xf - -C «H»",
    "bash -c '«L»'",
    "env Y=«H» bash -ec '«L»'",
]
