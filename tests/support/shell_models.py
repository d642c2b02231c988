"""Small trees and settings for the simulator, made of nothing but values."""

from collections.abc import Mapping

from driftaudit.deploy.script.contents import Reader, blob_id
from driftaudit.deploy.script.differences import Differences
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import Outcome
from driftaudit.deploy.script.tree import Editor, File, Folder, Link, Node, Parts
from driftaudit.deploy.script.world import Host

HOME: Parts = ("home", "ubuntu")
ROOT: Parts = (*HOME, "app")
WORK: Parts = ("work", "repository")


def model(root: Parts, files: Mapping[str, str]) -> Folder:
    """Return a host's tree with these files below a root: "-> x" is a link to x, "…/" a folder not seen."""
    editor = Editor(Folder(is_open=True))
    editor.put(root, Folder())
    for path, content in files.items():
        above: list[str] = []
        for part in path.rstrip("/").split("/")[:-1]:
            above.append(part)
            if editor.get((*root, *above)) is None:
                editor.put((*root, *above), Folder())
        node: Node = Link(content[3:]) if content.startswith("-> ") else File(blob_id(content.encode()))
        if path.endswith("/"):
            node = Folder(is_open=True)
        editor.put((*root, *path.rstrip("/").split("/")), node)
    return editor.root


def setting(local: Mapping[str, str], live: Mapping[str, str], **others: object) -> Setting:
    """Return a setting with a repository here and a live tree there."""
    texts = {blob_id(content.encode()): content.encode() for content in (*local.values(), *live.values())}
    here = Host("here", ("home", "me"), {"HOME": "/home/me"})
    there = Host("there", HOME, {"HOME": "/home/ubuntu"}, user="ubuntu")
    trees = {"here": model(WORK, local), "there": model(ROOT, live)}
    chosen: dict[str, object] = {"reader": Reader(text=texts.get), **others}
    return Setting(here, there, trees, ROOT, WORK, **chosen)  # type: ignore[arg-type] # a test knows the names


def live_effect(outcome: Outcome) -> Differences:
    """Return what a script does below the root, with paths from there."""
    start = "/".join(ROOT) + "/"
    found = Differences()
    for name in ("deleted", "overwritten", "created", "unseen"):
        paths = getattr(outcome.effects["there"], name)
        getattr(found, name).update(p.removeprefix(start) for p in paths if p.startswith(start))
    return found
