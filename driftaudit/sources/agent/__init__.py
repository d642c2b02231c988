"""The program that reads a tree where it lies, and the client of what it says."""

import json
import zlib
from pathlib import Path

# In the order in which they need each other.
MODULES = (
    "opening",
    "patterns",
    "scope",
    "hashing",
    "pace",
    "state",
    "folder",
    "equal",
    "frames",
    "refs",
    "worker",
    "workers",
    "main",
)
ARCHIVE_MODULES = ("streams", "members", "tar", "zip", "archive")  # sent only where an archive is read
CONTENT_MODULES = ("contents",)  # sent only where contents are fetched
MATCH_MODULES = ("matches",)  # sent only where files are looked for by their names
RUNNING_MODULES = ("running",)  # sent only for probes


def module_source(name: str) -> str:
    """Return one module of the program, as it is sent."""
    return (Path(__file__).with_name("program") / f"{name}.py").read_text(encoding="ascii")


def program_parts(
    *,
    for_archives: bool = False,
    for_contents: bool = False,
    for_matches: bool = False,
    for_probes: bool = False,
) -> tuple[bytes, bytes]:
    """Return the loader, and the modules as it takes them."""
    more = [
        *(CONTENT_MODULES if for_contents else ()),
        *(ARCHIVE_MODULES if for_archives else ()),
        *(MATCH_MODULES if for_matches else ()),
        *(RUNNING_MODULES if for_probes else ()),
    ]
    names = (*MODULES[:-1], *more, MODULES[-1])
    sources = json.dumps([[name, module_source(name)] for name in names])
    return module_source("loader").encode("ascii"), zlib.compress(sources.encode("ascii"))
