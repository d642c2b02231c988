"""A folder in which scripts are run for real, and the same folder as the simulator is told of it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from driftaudit.deploy.script.contents import Reader, blob_id
from driftaudit.deploy.script.differences import Differences
from driftaudit.deploy.script.rsync_planner import real_rsync
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import Outcome, simulate
from driftaudit.deploy.script.tree import UNSEEN, File, Folder, Link, Node, Parts
from driftaudit.deploy.script.world import Host
from tests.support.programs import program

_DEEPEST = 200  # looked into: cp may copy a folder into itself until no path can be longer
Tree = dict[str, str]  # path -> content; "-> x" is a link to x, a path that ends with "/" is a folder

_SSH = """#!/bin/bash
options() {{
  while [[ ${{1-}} == -* ]]; do
    case $1 in --) shift; break;; -[pilFoJ]) shift 2;; *) shift;; esac
  done
  left=("$@")
}}
options "$@"; options "${{left[@]:1}}"; set -- "${{left[@]}}"
for name in $(compgen -e); do case $name in PATH|LC_ALL) ;; *) unset "$name";; esac; done
cd {remote} && export HOME={remote} && unset OLDPWD || exit
text="$*" local={local}
if [ $# = 0 ]; then exec bash; else exec bash -c "${{text//"$local"//no/such}}"; fi
"""
_SCP = """#!/bin/bash
words=() local={local}
for word in "$@"; do
  case ${{word//"$local"//no/such}} in
    *:/no/such/*) echo "$word: No such file or directory" >&2; exit 1;;
    *:/*) words+=("${{word#*:}}");;
    *:"~/"*) words+=("{remote}/${{word#*:"~/"}}");;
    *:*) words+=("{remote}/${{word#*:}}");;
    -q|-C|-B) ;;
    *) words+=("$word");;
  esac
done
flags=() sources=() status=0
for word in "${{words[@]}}"; do
  case $word in -*) flags+=("$word");; *) sources+=("$word");; esac
done
target=${{sources[-1]}}
unset 'sources[-1]'
[ ${{#sources[@]}} -lt 2 ] || [ -d "$target" ] || {{ echo "$target: not a directory" >&2; exit 1; }}
for source in "${{sources[@]}}"; do
  cp -L "${{flags[@]}}" "$source" "$target" || status=1
done
exit $status
"""
_SFTP = """#!/bin/bash
words=()
while [[ $1 == -* ]]; do
  case $1 in -b) words+=(-b "$2"); shift 2;; *) shift;; esac
done
start={remote}
case $1 in *:*) start={remote}/${{1#*:}};; esac
exec {sftp} -q -D "{server} -d $start" "${{words[@]}}"
"""


@dataclass(frozen=True)
class Sandbox:
    """Two folders, as if on two machines, and a folder of programs."""

    top: Path

    @property
    def base(self) -> Path:
        """So deep that no script comes out of it by `..`, however often it goes up."""
        return self.top.joinpath(*["x"] * 60)

    @property
    def local(self) -> Path:
        return self.base / "local" / "site"

    @property
    def remote(self) -> Path:
        return self.base / "remote" / "site"

    @property
    def roots(self) -> dict[str, Path]:
        return {"here": self.local, "there": self.remote}

    def fill(self, local: Tree, remote: Tree) -> None:
        self.base.mkdir(parents=True)
        for folder, tree in ((self.local, local), (self.remote, remote)):
            folder.mkdir(parents=True)
            lay(folder, tree)
        for place in self.remote.rglob("*"):
            if not place.is_symlink():
                os.utime(place, (1e9, 1e9))  # no file is taken for the same by its time
        programs = self.base / "bin"
        programs.mkdir()
        known = {
            "remote": self.remote,
            "local": self.local,
            "sftp": program("sftp"),
            "server": program("sftp-server"),
        }
        for name, text in (("ssh", _SSH), ("scp", _SCP), ("sftp", _SFTP)):
            place = programs / name
            place.write_text(text.format(**known))
            place.chmod(0o755)

    def run(self, script: str, shell: str = "bash") -> subprocess.CompletedProcess[bytes]:
        """Run a script for real, in the local folder, and where it may touch nothing else."""
        place = self.base / "deploy.sh"
        place.write_text(script)
        environment = {
            "PATH": f"{self.base / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.local),
            "LC_ALL": "C",
        }
        words = [program(shell), str(place)]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            words,
            cwd=self.local,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # what it started keeps the pipes open
                raise
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def setting(self) -> Setting:
        """Return what the simulator is told of the two folders as they are now."""
        trees: dict[str, Folder] = {}
        texts: dict[str, bytes] = {}
        for host, folder in self.roots.items():
            found = _modelled(folder, texts)
            trees[host] = self._around(folder, found)
        here = Host("here", _parts(self.local), {"HOME": str(self.local)}, is_closed=True, shell="bash")
        there = Host("there", _parts(self.remote), {"HOME": str(self.remote)}, is_closed=True, shell="bash")
        return Setting(
            here,
            there,
            trees,
            _parts(self.remote),
            _parts(self.local),
            arguments=(),
            path=str(self.base / "deploy.sh"),
            given="",
            rsync=real_rsync,
            reader=Reader(text=texts.get),
        )

    def _around(self, folder: Path, tree: Node) -> Folder:
        """Return the whole tree in which a folder lies: of what lies beside it only the names are known."""
        inside = len(_parts(self.top))
        parts = _parts(folder)
        for depth in reversed(range(len(parts))):
            others = ("remote", "bin", "deploy.sh") if depth == len(parts) - 2 else ()  # not the other's
            tree = Folder({**dict.fromkeys(others, UNSEEN), parts[depth]: tree}, is_open=depth < inside)
        assert isinstance(tree, Folder)
        return tree

    def simulated(self, script: str) -> Outcome:
        return simulate(script, self.setting())


def lay(folder: Path, tree: Tree) -> None:
    for path, content in tree.items():
        place = folder / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("-> "):
            place.symlink_to(content[3:])
        else:
            place.write_text(content)


def _parts(folder: Path) -> Parts:
    return folder.parts[1:]


def _modelled(folder: Path, texts: dict[str, bytes]) -> Folder:
    children: dict[str, Node] = {}
    for entry in os.scandir(folder):
        if entry.is_symlink():
            children[entry.name] = Link(os.readlink(entry.path))  # noqa: PTH115 # a path drops slashes
        elif entry.is_dir():
            children[entry.name] = _modelled(Path(entry.path), texts)
        else:
            data = Path(entry.path).read_bytes()
            texts[blob_id(data)] = data
            children[entry.name] = File(blob_id(data), os.access(entry.path, os.X_OK))
    return Folder(children)


def seen(folder: Path) -> dict[str, bytes | str | None]:
    """Return all below a folder: the content of files, the target of links, None for folders."""
    return dict(_seen(folder, ""))


def _seen(folder: Path, above: str) -> Iterator[tuple[str, bytes | str | None]]:
    for entry in os.scandir(folder):
        path = above + entry.name
        if entry.is_symlink():
            yield path, os.readlink(entry.path)  # noqa: PTH115 # a path drops slashes
        elif entry.is_dir():
            yield path, None
            if path.count("/") < _DEEPEST:
                yield from _seen(Path(entry.path), path + "/")
        else:
            yield path, Path(entry.path).read_bytes()


def real_effect(before: dict[str, bytes | str | None], after: dict[str, bytes | str | None]) -> Differences:
    """Return what differs between two sights of a folder."""
    return Differences(
        deleted=before.keys() - after.keys(),
        overwritten={path for path in before.keys() & after.keys() if before[path] != after[path]},
        created=after.keys() - before.keys(),
    )


def below(effect: Differences, folder: Path) -> Differences:
    """Return the part of an effect that is below a folder, with paths from there."""
    start = "/".join(_parts(folder)) + "/"
    found = Differences()
    for name in ("deleted", "overwritten", "created"):
        paths = {path.removeprefix(start) for path in getattr(effect, name) if path.startswith(start)}
        getattr(found, name).update(paths)
    return found
