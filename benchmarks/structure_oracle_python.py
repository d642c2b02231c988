"""Python's own answer: which of the imports on standard input are found? Nothing of a package is run.

A question is (root, module, name): the module is looked for by PathFinder below the root, part by part; a
name that is taken out of a package is one that its compiled code stores, or a module in it.
"""

import dis
import json
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path


def spec_of(root: str, module: str) -> ModuleSpec | None:
    where: list[str] | None = [root]
    spec = None
    for part in module.split("."):
        spec = None if where is None else PathFinder.find_spec(part, where)
        if spec is None:
            return None
        locations = spec.submodule_search_locations
        where = None if locations is None else list(locations)
    return spec


def stores(file: str, name: str) -> bool:
    code = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
    steps = list(dis.get_instructions(code))
    has_star = any("IMPORT_STAR" in step.opname or "IMPORT_STAR" in step.argrepr for step in steps)
    return has_star or any(s.opname in ("STORE_NAME", "STORE_GLOBAL") and s.argval == name for s in steps)


def answer(root: str, module: str, name: str) -> bool:
    spec = spec_of(root, module)
    if spec is None:
        return False
    if not name or name == "*" or spec.submodule_search_locations is None:
        return True
    if spec_of(root, f"{module}.{name}") is not None:
        return True
    origin = spec.origin
    return bool(origin and origin.endswith(".py") and stores(origin, name))


def answered(question: tuple[str, str, str]) -> bool | None:
    try:
        return answer(*question)
    except (SyntaxError, ValueError):
        return None


if __name__ == "__main__":
    json.dump([answered(question) for question in json.load(sys.stdin)], sys.stdout)
