"""The checks of a host that is reached over SSH, all over one connection."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product

from driftaudit.config.access import Access
from driftaudit.doctor.checks import Check, failed, good, skipped
from driftaudit.doctor.tree import Look
from driftaudit.doctor.ways import ON_THE_HOST, way_checks
from driftaudit.errors import DriftauditError
from driftaudit.render.printable import printable
from driftaudit.sources.method import Place
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.connection import Stage, connect_through
from driftaudit.sources.ssh.openssh import connect
from driftaudit.sources.ssh.route import Hop, route

SSH_CONFIGURATION = "ssh config"


def host_checks(address: SSHAddress, access: Access, look: Look) -> Iterator[Check]:
    """Yield the checks from the ssh configuration to the tree. Nothing is written on the host."""
    if access.transport == "openssh":
        yield from _openssh_checks(address, access, look)
        return
    try:
        hops = route(address)
    except DriftauditError as error:
        yield failed(SSH_CONFIGURATION, error)
        yield from skipped((*Stage, *ON_THE_HOST), f"the {SSH_CONFIGURATION}")
        return
    yield good(SSH_CONFIGURATION, _route_in_words(hops))
    stages = list(product(hops, Stage))
    done: list[Check] = []
    try:
        transport = connect_through(
            hops, tell=lambda hop, stage, told: done.append(_stage(hops, hop, stage, told))
        )
    except DriftauditError as error:
        yield from done
        _hop, stage = stages[len(done)]
        yield failed(stage, error)
        rest = [later for _hop, later in stages[len(done) + 1 :]]
        yield from skipped((*dict.fromkeys(rest), *ON_THE_HOST), f"the {stage}")
        return
    with closing(transport):
        yield from done
        yield from way_checks(transport, _place(address, access), access, hops[-1].config.user, look)


def _openssh_checks(address: SSHAddress, access: Access, look: Look) -> Iterator[Check]:
    """Yield one check in place of the stages, which the system's ssh goes through for itself."""
    try:
        transport = connect(address, access.timeouts)
    except DriftauditError as error:
        yield failed(SSH_CONFIGURATION, error)
        yield from skipped((Stage.CONNECTED, *ON_THE_HOST), f"the {SSH_CONFIGURATION}")
        return
    with closing(transport):
        user = transport.attempt.user
        yield good(SSH_CONFIGURATION, f"{user} at {transport.attempt.name}, as ssh reads it")
        try:
            transport.run("exit").close()  # each program has a login of its own
        except DriftauditError as error:
            yield failed(Stage.CONNECTED, error)
            yield from skipped(ON_THE_HOST, f"the {Stage.CONNECTED}")
            return
        yield good(Stage.CONNECTED, "ssh logs in; host key and login are its own, not looked at one by one")
        yield from way_checks(transport, _place(address, access), access, user, look)


def _place(address: SSHAddress, access: Access) -> Place:
    return Place(address.url, address.root, access.become)


def _route_in_words(hops: Sequence[Hop]) -> str:
    config = hops[-1].config
    before = ", then ".join(hop.name for hop in hops[:-1])
    way = f", through {before}" if before else ", through a ProxyCommand" if config.proxy_command else ""
    return f"{config.user}@{config.hostname} port {config.port}{way}"


def _stage(hops: Sequence[Hop], hop: Hop, stage: Stage, told: str) -> Check:
    detail = {
        Stage.CONNECTED: f"it answers as {printable(told)}",
        Stage.KNOWN: f"{told}, as in known_hosts",
        Stage.LOGGED_IN: f"{hop.config.user}, by {told}",
    }[stage]
    return good(stage, f"{hop.name}: {detail}" if len(hops) > 1 else detail)
