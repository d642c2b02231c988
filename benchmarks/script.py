"""How long a script of 200 lines takes to simulate on 80,000 entries: python -m benchmarks.script."""

import time

from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import simulate
from driftaudit.deploy.script.tree import File, Folder, Node
from driftaudit.deploy.script.world import Host

_FILES = 80_000
_FOLDERS = 2_000
_PART = """
ssh host 'cd app && rm -rf d{n}/*.js && mkdir -p new/{n}' || exit 1
tar czf /tmp/b{n}.tgz d{n} && scp -q /tmp/b{n}.tgz host:app/
ssh host "cd app && rm -rf d{n} && tar xzf b{n}.tgz"
if curl -fs http://localhost/{n}; then echo up; fi
mv d{n} old-d{n} && cp -r old-d{n} d{n} && rm -r old-d{n}
"""


def _tree() -> Folder:
    folders: dict[str, Node] = {}
    each = _FILES // _FOLDERS
    for n in range(_FOLDERS):
        folders[f"d{n}"] = Folder({f"f{i}.js": File(f"{n}-{i}") for i in range(each)})
    return Folder(folders)


def main() -> None:
    """Simulate, and print the time."""
    repository = Folder({"work": _tree()}, is_open=True)
    live = Folder({"home": Folder({"app": _tree()})}, is_open=True)
    here, there = Host("here", ("work",)), Host("there", ("home",))
    setting = Setting(here, there, {"here": repository, "there": live}, ("home", "app"), ("work",))
    lines = "".join(_PART.format(n=n) for n in range(39)).strip().split("\n")
    script = "\n".join(
        ["set -e", *lines, "ssh host 'rm -rf app/*; cp -r /home/app app2'", "scp -qr . host:app"]
    )
    start = time.perf_counter()
    outcome = simulate(script, setting)
    seconds = time.perf_counter() - start
    effect = outcome.effects["there"]
    print(f"{len(script.splitlines())} lines, {_FILES + _FOLDERS} entries: {seconds:.2f} s")
    print(f"deleted {len(effect.deleted)}, overwritten {len(effect.overwritten)}, ends {len(outcome.ends)}")


if __name__ == "__main__":
    main()
