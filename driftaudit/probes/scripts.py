"""How a script of ours runs on a host: framed, so that what a login shell prints is told from its output.

The script comes over standard input to a /bin/sh, whatever the login's own shell is. `bounded` runs a
command of its own with nothing to read, and ends it, with what it started, after some seconds.
"""

import math
import secrets

OUTPUT_LIMIT = 16 << 20  # bytes; PM2 tells the whole environment of each process

# Where there is no `timeout` the command alone is ended, not what it started.
_BOUNDED = """bounded() {
  if command -v timeout >/dev/null 2>&1; then timeout "$seconds" "$@" </dev/null; return; fi
  "$@" </dev/null &
  child=$!
  (sleep "$seconds"; kill "$child") >/dev/null 2>&1 </dev/null &
  watch=$!
  wait "$child"; result=$?
  kill "$watch" >/dev/null 2>&1
  return $result
}"""


def framed(script: str, seconds: float) -> tuple[bytes, bytes]:
    """Return what a shell is to read, and the marker that stands before and after the script's output."""
    marker = f"driftaudit-{secrets.token_hex(16)}"
    lines = [
        "seconds=" + str(math.ceil(seconds)),
        _BOUNDED,
        f"body() {{\n{script}\n}}",
        f"printf '\\n%s\\n' {marker}",
        f"body; printf '\\n%s %s\\n' {marker} $?",
        "exit 0",
    ]
    # Read as a whole before anything of it runs: a command cannot take the rest for its input.
    return ("{\n" + "\n".join(lines) + "\n}\n").encode("utf-8", "surrogateescape"), marker.encode()


def unframed(printed: bytes, marker: bytes) -> tuple[int, bytes] | None:
    """Return the exit status of a script and its output, None where it did not come to its end."""
    _noise, begun, rest = printed.partition(b"\n" + marker + b"\n")
    output, ended, status = rest.rpartition(b"\n" + marker + b" ")
    digits = status.split(b"\n")[0]
    return (int(digits), output) if begun and ended and digits.isdigit() else None
