"""`command`: a command of the project's own, run on the host. The one thing that runs what a project says."""

import shlex

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer, Host, unknown
from driftaudit.probes.wording import has_match, shortened

_TIMED_OUT = 124  # what `timeout` ends with
_ENDED = 143  # what a shell says of a command that SIGTERM ended


def ask_command(asked: ProbeSettings, host: Host) -> Answer:
    """Run it by /bin/sh in the login's home, with nothing to read. Implements `Probe`.

    What it prints is held against the pattern, and shown nowhere: it may hold anything.
    """
    ran = host.run(f"bounded /bin/sh -c {shlex.quote(asked.subject)}", asked.within)
    if ran.is_endless:
        return Answer(ok=False, detail="it prints without end")
    if ran.is_late or ran.status == _TIMED_OUT or (ran.status == _ENDED and asked.exit_code != _ENDED):
        return Answer(ok=False, detail=f"it did not end within {asked.within:g} seconds")
    if ran.status is None:
        return unknown("it cannot be told how it ended")
    if ran.status != asked.exit_code:
        return Answer(ok=False, detail=f"exit code {ran.status}, where {asked.exit_code} is well")
    if asked.pattern is None:
        return Answer(ok=True, detail=f"exit code {ran.status}")
    shown = shortened(asked.pattern)
    if has_match(asked.pattern, ran.output):
        return Answer(ok=True, detail=f"exit code {ran.status}, and {shown} in its output")
    return Answer(ok=False, detail=f"exit code {ran.status}, but nothing like {shown} in its output")
