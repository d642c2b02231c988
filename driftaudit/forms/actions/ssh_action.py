"""appleboy/ssh-action: a script on each of some servers."""

from driftaudit.forms.actions.base import CONNECTION, ActionCall
from driftaudit.forms.base import Passage, joined, placed
from driftaudit.forms.expressions import WORKSPACE, word

_INPUTS = CONNECTION | {"SCRIPT", "SCRIPT_PATH", "SCRIPT_FILE", "SCRIPT_STOP", "ENVS", "ENVS_FORMAT"}
_INPUTS |= {"ALLENVS", "REQUEST_PTY"}


def ssh_action(call: ActionCall) -> Passage | None:
    """Return the script on each server. Variables go along by name."""
    call.note_others(_INPUTS)
    before = _exports(call)
    if call.is_on("SCRIPT_STOP"):  # its newer versions do not know it
        doubt = call.draft.unknown(f"whether script_stop is known at {call.place}")
        before += f'[ "{doubt}" ] && set -e; '
    script = call.inputs.get("SCRIPT")
    parts: list[Passage] = []
    for server in call.servers():
        if script and script.text.strip():
            parts.append(placed(f"ssh {server} {word(before + script.text)}", script.places))
        files = filter(None, map(call.text, ("SCRIPT_PATH", "SCRIPT_FILE")))
        parts += [call.lines(f'ssh {server} "bash -s" < "{WORKSPACE}"/{word(file)}') for file in files]
    if not parts:
        call.draft.problem(call.place, "it names no server, or no script")
        return None
    return joined(*parts)


def _exports(call: ActionCall) -> str:
    found = ""
    if call.is_on("ALLENVS") or call.text("ENVS_FORMAT"):
        call.draft.problem(call.place, "which variables it hands on is not known")
    for name in call.items("ENVS"):
        if not name.isidentifier():
            call.draft.problem(call.place, "the variables that it hands on are not known")
            continue
        value = call.environment.get(name)
        known = call.draft.unknown(f"env.{name}") if value is None else value
        found += f"export {name}={word(known)}; "
    return found
