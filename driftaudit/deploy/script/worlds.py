"""Several worlds at once: those that came to the same are one."""

from collections.abc import Iterable

from driftaudit.deploy.script.differences import same
from driftaudit.deploy.script.session import Session, Trouble
from driftaudit.deploy.script.world import World

_MOST = 64


def merged(session: Session, worlds: Iterable[World], line: int) -> list[World]:
    """Return the worlds without those that are like another one."""
    found: dict[object, list[World]] = {}
    kept: list[World] = []
    for world in worlds:
        alike = found.setdefault(_key(world), [])
        if not any(_same_trees(world, other) for other in alike):
            alike.append(world)
            kept.append(world)
    if len(kept) > _MOST:
        detail = f"the script can go more than {_MOST} ways from here: not all of them were followed"
        session.problem(Trouble.TOO_MANY_WAYS, line, detail, may_touch=True)
        return kept[:_MOST]
    return kept


def _same_trees(world: World, other: World) -> bool:
    return all(same(tree, other.trees[host]) for host, tree in world.trees.items())


def _key(world: World) -> object:
    if world.flow.ends_shell:
        return (world.flow, world.status, world.out, world.host.name)
    return (
        world.flow,
        world.levels,
        world.status,
        world.out,
        world.cwd,
        world.logical_cwd,
        world.options,
        world.is_bash,
        world.exported,
        world.knows_names,
        world.has_fetched,
        world.readonly,
        tuple(sorted(world.descriptors.items())),
        world.stack,
        world.arguments,
        tuple(sorted(world.variables.items(), key=lambda item: item[0])),
        tuple(sorted(world.arrays.items())),
        tuple(sorted((name, id(body)) for name, body in world.functions.items())),
    )
