"""The checks of how a host can be read: by which way, and what that way can say of the host and its tree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from driftaudit.config.access import Access, MethodName
from driftaudit.doctor.checks import Check, Outcome, doubtful, failed, good, skipped
from driftaudit.doctor.tree import ROOT, TREE_CHECKS, Look, no_root, tree_checks, without_own_name
from driftaudit.errors import DriftauditError
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.render.printable import printable
from driftaudit.sources.agent.answer import Greeting
from driftaudit.sources.agent.protocol import remote_command
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import Progress, ScanRequest, no_progress
from driftaudit.sources.method import MethodUnavailableError, Place
from driftaudit.sources.methods import METHODS, none_left
from driftaudit.sources.transport import Transport

PYTHON, SHELL, CLOCK = "Python", "login shell", "clock"
ON_THE_HOST = (PYTHON, SHELL, CLOCK, *TREE_CHECKS)

_SKEW = 5.0  # seconds
_SHOWN_NOISE = 40  # characters


@dataclass(frozen=True, slots=True)
class _Agent:
    """Implements `Method` as the agent's does, and keeps what it said of the host."""

    greetings: list[Greeting] = field(default_factory=list)

    def __call__(
        self, transport: Transport, place: Place, request: ScanRequest, progress: Progress
    ) -> Snapshot:
        return read_tree(
            transport.run(remote_command(place.become)),
            SourceFacts("ssh", place.url, "agent"),
            place.root,
            request,
            progress,
            host=place.url,
            reader=place.become or "",
            greeted=self.greetings.append,
        )


def way_checks(transport: Transport, place: Place, access: Access, user: str, look: Look) -> Iterator[Check]:
    """Yield the checks from the way to read the host to its tree, by the way that `check` would take."""
    agent = _Agent()
    ways = {**METHODS, "agent": agent}
    refused: dict[str, MethodUnavailableError] = {}
    for name in [access.method] if access.method else ways:
        found: Snapshot | DriftauditError
        try:
            found = ways[name](transport, place, look.request, no_progress)
        except MethodUnavailableError as error:
            refused[name] = error
            continue
        except DriftauditError as error:
            found = error
        if name != "agent":
            yield from _without_agent(name, refused, found)
        elif agent.greetings:
            yield from _greeted(agent.greetings[0])
        elif isinstance(found, DriftauditError):
            yield from _stopped(PYTHON, found)
            return
        yield from _tree(found, place, look, place.become or user)
        return
    yield from _unreadable(access.method, none_left(place, refused))


def _without_agent(
    name: MethodName, refused: Mapping[str, DriftauditError], found: Snapshot | DriftauditError
) -> Iterator[Check]:
    """Yield what another way than the agent can say of the host."""
    if "agent" in refused:
        told = f"{refused['agent'].message}: it is read by {name}, which is slower"
        yield doubtful(PYTHON, told, "Install python3 on the host for speed; nothing else is needed there.")
    else:
        yield _not_asked_for(name)
    if name == "sftp":
        yield from skipped([SHELL, CLOCK], "a login that runs commands")
        return
    yield good(SHELL, "it runs commands")
    if isinstance(found, Snapshot):
        yield _clock(found.scan.clock_offset)
    else:
        yield from skipped([CLOCK], f"a {ROOT} that can be listed")


def _not_asked_for(name: MethodName) -> Check:
    return Check(PYTHON, Outcome.SKIPPED, f"not looked at: the target is to be read by {name}")


def _tree(found: Snapshot | DriftauditError, place: Place, look: Look, reader: str) -> Iterator[Check]:
    if isinstance(found, Snapshot):
        yield from tree_checks(found, place.root, look, reader=reader)
    else:
        yield from no_root(found, look)


def _unreadable(asked_for: MethodName | None, error: DriftauditError) -> Iterator[Check]:
    """Yield what there is to say of a host that can be read in no way that may be taken."""
    if asked_for in (None, "agent"):
        yield from _stopped(PYTHON, error)
        return
    yield _not_asked_for(asked_for)
    if asked_for == "shell":
        yield from _stopped(SHELL, error)
        return
    yield from skipped([SHELL, CLOCK], "a login that runs commands")
    yield from _stopped(ROOT, error)


def _stopped(name: str, error: DriftauditError) -> Iterator[Check]:
    yield without_own_name(failed(name, error))
    yield from skipped(ON_THE_HOST[ON_THE_HOST.index(name) + 1 :], name)


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
