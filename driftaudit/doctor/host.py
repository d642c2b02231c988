"""The checks of a host that is reached over SSH, all over one connection."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import product

from driftaudit.config.access import Access
from driftaudit.doctor.checks import Check, doubtful, failed, good, skipped
from driftaudit.doctor.tree import TREE_CHECKS, Look, no_root, tree_checks, without_own_name
from driftaudit.errors import DriftauditError
from driftaudit.model.snapshot import SourceFacts
from driftaudit.render.printable import printable
from driftaudit.sources.agent.answer import Greeting
from driftaudit.sources.agent.protocol import remote_command
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import no_progress
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.connection import Stage, connect_through
from driftaudit.sources.ssh.openssh import connect
from driftaudit.sources.ssh.route import Hop, route
from driftaudit.sources.transport import Channel

SSH_CONFIGURATION, PYTHON, SHELL, CLOCK = "ssh config", "Python", "login shell", "clock"
_ON_THE_HOST = (SHELL, CLOCK, *TREE_CHECKS)

_SKEW = 5.0  # seconds
_SHOWN_NOISE = 40  # characters


def host_checks(address: SSHAddress, access: Access, look: Look) -> Iterator[Check]:
    """Yield the checks from the ssh configuration to the tree. Nothing is written on the host."""
    if access.transport == "openssh":
        yield from _openssh_checks(address, access, look)
        return
    try:
        hops = route(address)
    except DriftauditError as error:
        yield failed(SSH_CONFIGURATION, error)
        yield from skipped((*Stage, PYTHON, *_ON_THE_HOST), f"the {SSH_CONFIGURATION}")
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
        yield from skipped((*dict.fromkeys(rest), PYTHON, *_ON_THE_HOST), f"the {stage}")
        return
    with closing(transport):
        yield from done
        yield from _host(lambda: transport.run(remote_command(None)), address, hops[-1].config.user, look)


def _openssh_checks(address: SSHAddress, access: Access, look: Look) -> Iterator[Check]:
    """Yield one check in place of the stages, which the system's ssh goes through for itself."""
    try:
        transport = connect(address, access.timeouts)
    except DriftauditError as error:
        yield failed(SSH_CONFIGURATION, error)
        yield from skipped((Stage.CONNECTED, PYTHON, *_ON_THE_HOST), f"the {SSH_CONFIGURATION}")
        return
    with closing(transport):
        user = transport.attempt.user
        yield good(SSH_CONFIGURATION, f"{user} at {transport.attempt.name}, as ssh reads it")
        try:
            channel = transport.run(remote_command(None))
        except DriftauditError as error:
            yield failed(Stage.CONNECTED, error)
            yield from skipped((PYTHON, *_ON_THE_HOST), f"the {Stage.CONNECTED}")
            return
        yield good(Stage.CONNECTED, "ssh logs in; host key and login are its own, not looked at one by one")
        yield from _host(lambda: channel, address, user, look)


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


def _host(start: Callable[[], Channel], address: SSHAddress, user: str, look: Look) -> Iterator[Check]:
    greetings: list[Greeting] = []
    facts = SourceFacts("ssh", address.url, "agent")
    problem: DriftauditError | None = None
    try:
        snapshot = read_tree(
            start(),
            facts,
            address.root,
            look.request,
            no_progress,
            host=address.url,
            greeted=greetings.append,
        )
    except DriftauditError as error:
        problem = error
    if problem and not greetings:
        yield without_own_name(failed(PYTHON, problem))
        yield from skipped(_ON_THE_HOST, PYTHON)
        return
    yield from _greeted(greetings[0])
    if problem:
        yield from no_root(problem, look)
    else:
        yield from tree_checks(snapshot, address.root, look, reader=user)


def _greeted(greeting: Greeting) -> Iterator[Check]:
    yield good(PYTHON, f"{greeting.executable or 'python3'}, version {greeting.python}")
    yield _shell(greeting.shell_noise)
    yield _clock(greeting.clock_offset)


def _shell(noise: bytes) -> Check:
    text = noise.decode("utf-8", "replace").strip()
    if not text:
        return good(SHELL, "it runs commands, and prints nothing of its own")
    first = text.splitlines()[0]
    shown = printable(first[:_SHOWN_NOISE]) + ("…" if len(first) > _SHOWN_NOISE else "")
    return good(SHELL, f"it prints {len(noise)} bytes of its own ({shown}), which are left aside")


def _clock(offset: float) -> Check:
    if abs(offset) <= _SKEW:
        return good(CLOCK, f"it goes with ours, within {max(1.0, abs(offset)):.0f} s")
    direction = "ahead of" if offset > 0 else "behind"
    return doubtful(
        CLOCK,
        f"it is {abs(offset):.0f} s {direction} this machine's; times in reports are the host's",
        "Let both keep time: sudo timedatectl set-ntp true",
    )
