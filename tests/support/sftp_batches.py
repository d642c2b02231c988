"""Random batches for sftp, and random small trees to run them on."""

import re
from random import Random

from tests.support.shell_sandbox import Tree
from tests.support.shell_scripts import Case, a_path, known_paths, trees

# @ is a path there, § one here; ¤ is a file there, and ¶ one here.
_CHANGING = [
    *["put ¶ @", "put ¶", "put ¶ ¤", "put -r § @", "put -r §", "put -rp § @", "put §/* @", 'put "¶" @'],
    *["put ¶ @/", "get ¤", "get ¤ §", "get @ ¶", "get -r @ §", "rm ¤", "rm ¤", "rm @", "rm @/*", "rm [ab]"],
    *[
        "rmdir @",
        "mkdir @",
        "mkdir @/",
        "rename ¤ ¤",
        "rename @ @",
        "rename @ new",
        "rename -l @ @",
        "mkdir new",
    ],
    *["symlink a @", "ln -s ../b @", "ln -s a new", "ln ¤ @", "lmkdir §", "rm 'a'", "rmdir new", "put ¶ new"],
]
_OTHERS = [
    *["cd @", "cd ..", "lcd §", "lcd ..", "chmod 755 @", "ls @", "pwd", "lpwd", "# rm @", "put nothing"],
    *["frobnicate", "version"],
]
_SENT = [
    "sftp -b - host <<'END'\n«»\nEND",
    "sftp -q -b - user@host <<'END'\n«»\nEND\ntouch after",
    "cat > ../batch <<'END'\n«»\nEND\nsftp -oBatchMode=yes -b ../batch host && touch after",
    "sftp host <<'END'\n«»\nquit\nrm a\nEND",
    "X=a; sftp -b - host:«T» <<END\n«»\nEND",
]


def sftp_case(seed: int, number: int) -> Case:
    """Return one case; the same numbers give the same one."""
    chance = Random(f"sftp {seed} {number}")
    local, remote = trees(chance)
    known = {"@": known_paths(remote), "§": known_paths(local), "¤": _files(remote), "¶": _files(local)}
    lines = [_line(chance, known) for _n in range(chance.randint(4, 9))]
    folders = [path for path in known["@"] if path not in remote] or ["."]
    script = chance.choice(_SENT).replace("«»", "\n".join(lines)).replace("«T»", chance.choice(folders))
    return Case(script, local, remote)


def _files(tree: Tree) -> list[str]:
    return sorted(path for path, text in tree.items() if path[-1] != "/" and not text.startswith("-> "))


def _line(chance: Random, known: dict[str, list[str]]) -> str:
    def path(found: re.Match[str]) -> str:
        return (
            chance.choice(known[found[0]]) if chance.random() < 0.85 and known[found[0]] else a_path(chance)
        )

    line = re.sub("[@§¤¶]", path, chance.choice(_CHANGING if chance.random() < 0.85 else _OTHERS))
    return line if line.startswith("#") or chance.random() < 0.2 else f"-{line}"
