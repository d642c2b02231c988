"""Repositories whose history is drawn by hypothesis, and written with `git fast-import`."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from tests.support.git import git, new_repository

PATHS = ("a", "b/one", "b/two", "b/deep/er", "c d", "odd\nname", "é")
LINK_TO = "b/one"


@dataclass(frozen=True)
class Step:
    """A commit: its parents by number, and what it has at each path; None at one that it lacks."""

    parents: tuple[int, ...]
    files: dict[str, str | None] = field(default_factory=dict)
    when: int = 0


@st.composite
def histories(draw: st.DrawFn, most: int = 8) -> list[Step]:
    """Draw commits whose parents come first: branches, merges of two or three, several roots, any clock."""
    steps: list[Step] = []
    for number in range(draw(st.integers(1, most))):
        parents = draw(st.lists(st.integers(0, number - 1), unique=True, max_size=3)) if number else []
        files = draw(
            st.dictionaries(
                st.sampled_from(PATHS),
                st.none() | st.sampled_from(["1", "2", "3", "link", "empty"]),
                max_size=4,
            )
        )
        steps.append(Step(tuple(parents), files, draw(st.integers(0, 5))))
    return steps


def written(folder: Path, steps: list[Step], object_format: str = "sha1") -> list[str]:
    """Write the commits into a new repository, a branch for each, and return their ids."""
    new_repository(folder, f"--object-format={object_format}")
    stream = b"".join(_commit(number, step) for number, step in enumerate(steps))
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=folder, input=stream, check=True)
    return [git(folder, "rev-parse", f"refs/heads/b{number}") for number in range(len(steps))]


def _commit(number: int, step: Step) -> bytes:
    when = 1_700_000_000 + 1000 * step.when
    lines = [
        f"commit refs/heads/b{number}",
        f"mark :{number + 1}",
        f"committer A <a@example.net> {when} +0000",
        "data 4",
        "step",
        *(f"{'merge' if index else 'from'} :{parent + 1}" for index, parent in enumerate(step.parents)),
    ]
    if not step.parents:
        lines.append("deleteall")
    for path, content in step.files.items():
        quoted = '"' + path.replace("\n", "\\n") + '"'
        if content is None:
            lines.append(f"D {quoted}")
            continue
        text = {"link": LINK_TO, "empty": ""}.get(content, f"content {content}\n")
        mode = "120000" if content == "link" else "100644"
        lines += [f"M {mode} inline {quoted}", f"data {len(text)}", text]
    return ("\n".join(lines) + "\n\n").encode()
