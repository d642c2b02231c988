"""Connections over SSH.

With `channel`, `stream`, `authentication` and `plain_config` all that knows paramiko.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import paramiko

from driftaudit.config.access import Timeouts
from driftaudit.errors import SourceError
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.authentication import authenticate
from driftaudit.sources.ssh.channel import WINDOW, CountingPacketizer, SSHChannel, closing_after
from driftaudit.sources.ssh.dialing import ProxyProcess, dial
from driftaudit.sources.ssh.forwarding import not_forwarded
from driftaudit.sources.ssh.host_keys import KnownHost
from driftaudit.sources.ssh.known_hosts import HostKey
from driftaudit.sources.ssh.route import Hop, route
from driftaudit.sources.ssh.stream import SSHStream
from driftaudit.sources.transport import NotConnectedError

if TYPE_CHECKING:
    import socket

_KEEPALIVE = 15  # seconds
_CONNECT_FAILED = 2  # RFC 4254, 5.1
_PAUSES = (0.01, 0.05, 0.1, 0.3, 1.0)  # seconds between attempts
_FAST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


DEFAULT_TIMEOUTS = Timeouts()


class Stage(StrEnum):
    """What is done of a connection to one host, in this order."""

    CONNECTED = "connection"
    KNOWN = "host key"
    LOGGED_IN = "login"


Observer = Callable[[Hop, Stage, str], None]
"""Called after each stage with what came of it: the server's software, its key, the user's key."""


def tell_nobody(hop: Hop, stage: Stage, detail: str) -> None:
    """Tell nobody."""


class ParamikoTransport:
    """Implements `Transport`: a connection that is logged in, and all that it goes through."""

    def __init__(
        self, transport: paramiko.Transport, host: str, timeouts: Timeouts, links: ExitStack
    ) -> None:
        self._transport = transport
        self._host = host
        self._timeouts = timeouts
        self._links = links
        self._had_session = False
        # paramiko keeps one exception for all channels: of two that fail at once one would take the other's
        self._opening = threading.Lock()

    def run(self, command: str) -> SSHChannel:
        """Start `command` under the login shell of the host. Raises as `Transport` says."""
        return self._started(
            lambda channel: channel.exec_command(command),
            "starts no program",
            "The login must be allowed to run commands, and MaxSessions be above 0.",
        )

    def subsystem(self, name: str) -> SSHChannel:
        """Start a subsystem of the server. Raises as `Transport` says."""
        return self._started(
            lambda channel: channel.invoke_subsystem(name),
            f"has no subsystem {name}",
            f"sshd_config on the host needs a line `Subsystem {name} …`, and MaxSessions above 0.",
        )

    def stream(self, host: str, port: int, seconds: float) -> SSHStream:
        """Return a connection from the host to a place. Raises as `Connection` says."""
        started = time.monotonic()
        try:
            with self._opening:
                started = time.monotonic()
                channel = self._transport.open_channel(
                    "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=seconds
                )
        except paramiko.ChannelException as error:
            if error.code == _CONNECT_FAILED:
                raise NotConnectedError("nothing takes a connection there") from error
            raise not_forwarded(self._host, _reason(error)) from error
        except Exception as error:  # whatever stopped paramiko's thread comes out here
            if self._has_ended(error):
                raise self._lost() from error
            if time.monotonic() - started >= seconds:
                raise TimeoutError from error
            raise not_forwarded(self._host, _reason(error)) from error
        return SSHStream(channel)

    def _started(self, start: Callable[[paramiko.Channel], None], refusal: str, advice: str) -> SSHChannel:
        wire = self._transport.packetizer
        if not isinstance(wire, CountingPacketizer):
            raise TypeError("the transport was made elsewhere")
        if not self._transport.is_active():
            raise self._lost()
        wire.in_stream = False
        started, seconds = time.monotonic(), self._timeouts.connect
        try:
            with self._opening, closing_after(seconds, self._transport):
                channel = self._session(seconds)
                start(channel)
        except Exception as error:  # whatever stopped paramiko's thread comes out here
            if self._has_ended(error) and time.monotonic() - started < seconds:
                raise self._lost() from error
            # while the connection stands, another way to read the host may do
            kind = MethodUnavailableError if self._transport.is_active() else SourceError
            raise kind(f"{self._host} {refusal}: {_reason(error)}", advice) from error
        wire.in_stream = True
        return SSHChannel(channel, wire, self._host, self._timeouts.silence)

    def _has_ended(self, error: Exception) -> bool:
        """Whether an error means the end of the connection; what comes of that is seen before it is over."""
        return isinstance(error, EOFError | ConnectionError) or not self._transport.is_active()

    def _lost(self) -> SourceError:
        return SourceError(f"The connection to {self._host} was lost", "Run it again.")

    def _session(self, seconds: float) -> paramiko.Channel:
        """Open a session. With MaxSessions 1 the host takes a moment to see that the one before has ended."""
        for pause in _PAUSES if self._had_session else ():
            try:
                return self._transport.open_session(timeout=seconds)
            except paramiko.ChannelException:
                time.sleep(pause)
        self._had_session = True
        return self._transport.open_session(timeout=seconds)

    def close(self) -> None:
        """End the connection, the hosts that it goes through, and the ProxyCommand. Never raises."""
        with suppress(Exception):
            self._links.close()


def connect(address: SSHAddress, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> ParamikoTransport:
    """Log in to a host, through its ProxyJump or ProxyCommand, and return the connection.

    Raises SourceError: unreachable, unknown or changed host key, refused; UsageError for a ProxyJump that
    names no host.
    """
    return connect_through(route(address), timeouts)


def connect_through(
    hops: Sequence[Hop], timeouts: Timeouts = DEFAULT_TIMEOUTS, tell: Observer = tell_nobody
) -> ParamikoTransport:
    """Log in to each host through the one before; return the connection to the last. Raises SourceError."""
    _silence_paramiko()
    with ExitStack() as links:
        transport: paramiko.Transport | None = None
        for hop in hops:
            transport = _link(hop, transport, timeouts, links, tell)
            name = hop.name
        if transport is None:
            raise ValueError("a route has at least one host")
        return ParamikoTransport(transport, name, timeouts, links.pop_all())


def _link(
    hop: Hop, before: paramiko.Transport | None, timeouts: Timeouts, links: ExitStack, tell: Observer
) -> paramiko.Transport:
    """Connect and log in to one host, through the one before. What is opened is closed by `links`."""
    config = hop.config
    seconds = config.connect_timeout or timeouts.connect
    proxy: ProxyProcess | None = None
    stream: socket.socket | paramiko.Channel
    if before is not None:
        stream = _through(before, hop, seconds)
        links.callback(stream.close)
    elif config.proxy_command:
        proxy = ProxyProcess(config.proxy_command)
        links.callback(proxy.close)
        stream = proxy.socket
    else:
        stream = dial(config.hostname, config.port, seconds, timeouts.silence)
        links.callback(stream.close)
    known = KnownHost.of(config)
    transport = paramiko.Transport(stream, default_window_size=WINDOW, packetizer_class=CountingPacketizer)
    links.callback(transport.close)
    key = _exchange_keys(transport, hop, known, seconds, proxy)
    tell(hop, Stage.CONNECTED, transport.remote_version)
    host_key = HostKey(key.get_name(), key.asbytes())
    known.require(host_key)
    tell(hop, Stage.KNOWN, f"{host_key.type} {host_key.fingerprint}")
    transport.auth_timeout = timeouts.login
    tell(hop, Stage.LOGGED_IN, authenticate(transport, hop))
    transport.set_keepalive(_KEEPALIVE)
    return transport


def _through(before: paramiko.Transport, hop: Hop, seconds: float) -> paramiko.Channel:
    """Return a stream to `hop` that the host before it forwards."""
    target = (hop.config.hostname, hop.config.port)
    try:
        return before.open_channel("direct-tcpip", target, ("127.0.0.1", 0), WINDOW, timeout=seconds)
    except Exception as error:  # whatever stopped paramiko's thread comes out here
        raise SourceError(
            f"{hop.name} cannot be reached through its ProxyJump: {_reason(error)}",
            "The host between must reach it, and allow it (AllowTcpForwarding).",
        ) from error


def _exchange_keys(
    transport: paramiko.Transport, hop: Hop, known: KnownHost, seconds: float, proxy: ProxyProcess | None
) -> paramiko.PKey:
    """Return the key by which the host has proved itself; whether it is the right one is not said."""
    options = transport.get_security_options()
    options.ciphers = (*_FAST_CIPHERS, *(cipher for cipher in options.ciphers if cipher not in _FAST_CIPHERS))
    options.key_types = known.preferred(tuple(options.key_types))
    transport.banner_timeout = transport.handshake_timeout = seconds
    try:
        transport.start_client(timeout=seconds)
        return transport.get_remote_server_key()  # raises where start_client gave up in silence
    except Exception as error:  # whatever stopped paramiko's thread comes out here
        said = proxy.failure() if proxy else ""
        if said:
            message = f"The ProxyCommand of {hop.name} gives no connection: {said}"
            raise SourceError(message, "Try the command by hand; it stands in ~/.ssh/config.") from error
        if not transport.remote_version:
            message = f"{hop.name} takes the connection, but says nothing that an SSH server would"
            raise SourceError(message, "Is it the right port, and is the server not overloaded?") from error
        raise SourceError(
            f"{hop.name} and this machine came to no encrypted connection "
            f"within {seconds:g} seconds: {_reason(error)}",
            "`ssh -v` to the host shows what it offers.",
        ) from error


def _reason(error: Exception) -> str:
    """Return what is worth telling of a foreign error, in one line."""
    if isinstance(error, paramiko.ChannelException):
        return error.text
    return " ".join(str(error).split()) or "the connection ended"


def _silence_paramiko() -> None:
    """Keep what paramiko logs, tracebacks of its threads among it, off standard error: we raise instead."""
    logger = logging.getLogger("paramiko")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
