"""Files that patterns name, looked up by the program where they lie."""

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.sources.agent import program_parts
from driftaudit.sources.agent.answer import error_told
from driftaudit.sources.agent.protocol import Frames, joined_parts, new_marker, parse
from driftaudit.sources.agent.reading import SENSELESS
from driftaudit.sources.transport import Channel

_MOST = 10_000  # as the program has it
_LATEST = 1 << 63  # nanoseconds since the epoch


@dataclass(frozen=True, slots=True)
class Match:
    """A file or folder that a pattern names. `fault` is why it cannot be had, "" where it can.

    `size` is in bytes, `modified_ns` in nanoseconds since the epoch; `real_path` has no link in it.
    """

    pattern: str
    path: str
    real_path: str
    size: int
    modified_ns: int
    is_folder: bool
    fault: str = ""


def matches_over(channel: Channel, patterns: Sequence[str], host: str, nice: int = 10) -> tuple[Match, ...]:
    """Send the program, return what the patterns name in their order, and close the channel.

    A pattern that nothing matches has no row. Raises SourceError where the answer is cut off or senseless.
    """
    marker = new_marker()
    found: list[Match] = []
    try:
        body = {"patterns": list(patterns), "marker": marker, "root": "/", "nice": nice}
        program = program_parts(for_matches=True)
        channel.send(joined_parts(*program, zlib.compress(json.dumps(body).encode("ascii"), 1), b""))
        for kind, payload in Frames(channel, marker, host):
            if kind == b"E":
                raise error_told(host, *parse(payload, host))
            if kind == b"F":
                found.append(_match(patterns, *parse(payload, host)))
            if len(found) > _MOST:
                raise ValueError("more files than there can be")
    except SENSELESS as error:
        raise SourceError(f"{host}: the answer makes no sense: {error!r}", "Run it again.") from error
    finally:
        channel.close()
    return tuple(found)


def _match(patterns: Sequence[str], number: int, *fields: Any) -> Match:
    path, real, size, modified, is_folder, fault = fields
    is_text = all(isinstance(text, str) for text in (path, real, fault))
    if not is_text or "\0" in path or not path or number < 0 or not math.isfinite(modified):
        raise ValueError("no file")
    return Match(patterns[number], path, real, max(int(size), 0), _bounded(modified), bool(is_folder), fault)


def _bounded(moment: int) -> int:
    return max(-_LATEST, min(int(moment), _LATEST))
