"""Random rsync lines, and random small trees to run them on."""

from random import Random

from tests.support.shell_scripts import Case, a_path, trees

_RULES = ["a", "/a", "a/", "*", "b*", "a/b", "/a/**", "**/c", "[ab]", "*/", "d/***", "?"]
_KINDS = [f"--filter='{letter} {{}}'" for letter in "P-+RHS"] + ["--exclude='{}'", "--include='{}'"]
_DELETES = [[], ["--delete"], ["--delete"], ["--delete-after"], ["--delete-before"]]
_OPTIONS = [
    *["--delete-excluded", "--force", "--max-delete=1"],
    *["--existing", "--ignore-existing", "-b", "--backup-dir=old", "--suffix=.old", "-m", "-z", "--no-links"],
    *["--inplace", "-e ssh", "--stats", "-q", "--checksum", "--safe-links", "-n", "--chmod=u+x", "--dirs"],
]


def rsync_case(seed: int, number: int) -> Case:
    """Return one case; the same numbers give the same one."""
    chance = Random(f"rsync {seed} {number}")
    while True:
        local, remote = trees(chance)
        line = _line(chance)
        # To a link that leads nowhere: the simulator says that it cannot tell.
        target = line.rstrip('"').rpartition(" ")[2].removeprefix("host:").rstrip("/")
        if not any(tree.get(target, "").startswith("-> ") for tree in (local, remote)):
            return Case(line, local, remote)


def _line(chance: Random) -> str:
    """Return an rsync line, in one direction or the other, or on one host."""
    words = ["rsync", chance.choice(["-a", "-a", "-av", "-r", "-rl", "-rlt"]), *chance.choice(_DELETES)]
    words += chance.sample(_OPTIONS, chance.randint(0, 4))
    words += [chance.choice(_KINDS).format(chance.choice(_RULES)) for _n in range(chance.randint(0, 4))]
    sources = [chance.choice([a_path(chance), "."]) for _n in range(chance.randint(1, 2))]
    ends = [source + chance.choice(["", "/", "/"]) for source in sources]
    target = chance.choice([a_path(chance), ".", "new"]) + chance.choice(["", "/"])
    where = chance.choice(["to", "to", "to", "from", "there"])
    if where == "there":  # no folder into itself: what comes of that hangs on when rsync comes to it
        target = "new/" if "." in sources else chance.choice(["new", "new/", "b", "b/"])
        ends = [end for end in ends if end[0] not in ".b"] or ["a/"]
        return f'ssh host "{" ".join([*words, *ends, target])}"'
    if where == "from":
        return " ".join([*words, f"user@host:{ends[0]}", target])
    return " ".join([*words, *ends, f"host:{target}"])
