"""The client's half of the conversation with program/: one request, one stream of frames.

Frames: type (1 byte), length (4 bytes, big-endian), payload. Types: H hello, G refs of a checkout,
P progress, D folders with their entries, Q folders that are equal to the desired ones, U those whose state
was known, A notes on an archive, N counts, E error, T trailer; for contents C, B and X, which
program/contents.py explains, and for probes K, L, R and W, of which program/running.py speaks. The trailer
holds the number of frames and the SHA-256 of all frames before it, so that no shorter stream can pass for the
whole.
"""

import hashlib
import json
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.sources.agent import program_parts
from driftaudit.sources.agent.memory import NOTHING_KEPT, Memory
from driftaudit.sources.agent.patterns import pattern_rows
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.command import shell_command
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.transport import Channel

NO_PYTHON = 97  # exit status of the command below where no interpreter is new enough
_INTERPRETERS = (
    "/usr/bin/python3 python3 /usr/local/bin/python3 /usr/libexec/platform-python"
    " python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python3.7 python3.6"
)
_BOOTSTRAP = (
    f"import sys;sys.version_info>=(3,6) or sys.exit({NO_PYTHON});"
    "exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))"
)
# Where it can be had, reading waits until nobody else wants the disk.
_FIND_PYTHON = (
    'i=; ionice -c3 true >/dev/null 2>&1 && i="ionice -c3"; '
    f"for p in {_INTERPRETERS}; do command -v $p >/dev/null 2>&1 || continue; "
    f'$i $p -I -B -c "{_BOOTSTRAP}"; s=$?; [ $s -eq {NO_PYTHON} ] || exit $s; done; exit {NO_PYTHON}'
)
LOCAL_ARGUMENTS = ("-I", "-B", "-c", _BOOTSTRAP)

_NOISE_LIMIT = 1 << 20  # bytes that a login shell may print before the answer begins
_FRAME_LIMIT = 1 << 28  # bytes; a longer frame is not one of ours
_HEADER = struct.Struct(">cI")


def remote_command(become: str | None) -> str:
    """Return the line that finds a Python on the host and starts the program that comes over its input."""
    return shell_command(_FIND_PYTHON, become)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said of single folders in a request: the tree desired there, and the state seen last.

    `digests` holds for each folder a byte that says which of the two follow (1 tree, 2 state), and those.
    """

    folders: tuple[str, ...]
    digests: bytes
    memory: Memory

    @classmethod
    def of(cls, trees: Mapping[str, str], memory: Memory = NOTHING_KEPT) -> "Asked":
        """Return what there is to say."""
        states = memory.states(trees)
        folders = tuple(sorted(trees.keys() | states.keys()))
        digests = []
        for folder in folders:
            tree, state = bytes.fromhex(trees.get(folder, "")), states.get(folder, b"")
            digests += [bytes([bool(tree) + 2 * bool(state)]), tree, state]
        return cls(folders, b"".join(digests), memory)


def scope_words(request: ScanRequest, only: list[str] | None = None) -> dict[str, Any]:
    """Return what the program's Scope is made of: what is looked into, and what is read."""
    return {
        "prune": pattern_rows(request.prune),
        "unread": pattern_rows(request.unread),
        "known": sorted(request.known),
        "only": only,
        "read": request.read_contents,
        "max_file_bytes": request.max_file_bytes,
        "object_format": request.object_format,
    }


def request_bytes(
    root: str, request: ScanRequest, asked: Asked, marker: str, only: list[str] | None, nice: int
) -> bytes:
    """Return the program and the request, as the bootstrap line reads them."""
    body = json.dumps(
        {
            **scope_words(request, only),
            "marker": marker,
            "root": root,
            "folders": asked.folders,
            "kept_at": asked.memory.kept_at,
            "tick": request.clock_tick,
            "rate": (request.rate_limit or 0) * 1e6,
            "archive": request.archive,
            "workers": 0,  # the host decides by its cores
            "nice": nice,
        }
    ).encode("ascii")
    program = program_parts(for_archives=request.archive is not None)
    return joined_parts(*program, zlib.compress(body, 1), asked.digests)


def joined_parts(*parts: bytes) -> bytes:
    """Return the program and what it is told, as the bootstrap line reads them."""
    return b"".join(b"%d\n%b" % (len(part), part) for part in parts)


def new_marker() -> str:
    """Return a word that no login shell prints by chance."""
    return "driftaudit-" + secrets.token_hex(16)


class Frames:
    """The frames of one answer, checked against its trailer. Iterates over (type, payload)."""

    def __init__(self, channel: Channel, marker: str, host: str) -> None:
        self._channel = channel
        self._marker = f"\n{marker}\n".encode("ascii")
        self._host = host
        self._buffer = bytearray()
        self.noise = b""  # what the login shell printed before the answer

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each frame but the trailer. Raises SourceError where the answer is cut off or damaged."""
        self._skip_noise()
        digest, count = hashlib.sha256(), 0
        while True:
            header = self._take(_HEADER.size)
            kind, length = _HEADER.unpack(header)
            if length > _FRAME_LIMIT:
                raise self._damaged()
            payload = self._take(length)
            if kind == b"T":
                self._check(payload, digest.hexdigest(), count)
                return
            digest.update(header)
            digest.update(payload)
            count += 1
            yield kind, payload

    def _skip_noise(self) -> None:
        while True:
            at = self._buffer.find(self._marker)
            if at >= 0:
                self.noise = bytes(self._buffer[:at])
                del self._buffer[: at + len(self._marker)]
                return
            data = self._channel.receive(1 << 16)
            if not data:
                raise self._no_answer()
            self._buffer += data
            if len(self._buffer) > _NOISE_LIMIT:  # it may well print for ever: nobody waits for its end
                raise SourceError(
                    f"{self._host}: the login shell prints without end, and the scan did not start",
                    "Let nothing print where the shell is not interactive: see what `ssh HOST true` prints.",
                )

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = self._channel.receive(1 << 18)
            if not data:
                raise SourceError(
                    f"{self._host}: the scan was cut off before it was complete",
                    "Nothing is known of the rest, so there is no report. Run it again.",
                )
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _check(self, payload: bytes, digest: str, count: int) -> None:
        trailer = parse(payload, self._host)
        if not isinstance(trailer, dict) or (trailer.get("sha256"), trailer.get("frames")) != (digest, count):
            raise self._damaged()

    def _damaged(self) -> SourceError:
        return SourceError(
            f"{self._host}: the answer of the scan was damaged on the way",
            "Nothing in it can be trusted, so there is no report. Run it again.",
        )

    def _no_answer(self) -> MethodUnavailableError:
        status, errors = self._channel.finish()
        if status == NO_PYTHON:
            return MethodUnavailableError(
                f"{self._host}: no Python 3.6 or newer was found there",
                "Install python3 on the host (nothing else is needed there), and run it again.",
            )
        last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        told = f": {last_line[0]}" if last_line else ""
        return MethodUnavailableError(
            f"{self._host}: the scan did not start (exit status {status}){told}",
            "The login shell must be able to run commands: try `ssh HOST true` and `driftaudit doctor`.",
        )


def parse(payload: bytes, host: str) -> Any:
    """Return the JSON value of a payload. Raises SourceError where it is none."""
    try:
        return json.loads(payload)
    except ValueError as error:
        raise SourceError(f"{host}: the scan's answer makes no sense: {error}", "Run it again.") from error


def unpack(payload: bytes, host: str) -> Any:
    """Return the JSON value of a compressed payload. Raises SourceError where it is damaged."""
    try:
        return json.loads(zlib.decompress(payload))
    except (ValueError, zlib.error) as error:
        raise SourceError(f"{host}: the scan's answer makes no sense: {error}", "Run it again.") from error
