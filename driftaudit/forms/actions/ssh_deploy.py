"""easingthemes/ssh-deploy: a script on the server, an rsync, a script on the server."""

import re

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.base import Passage, joined
from driftaudit.forms.expressions import WORKSPACE, word

_INPUTS = frozenset(
    """
    SSH_PRIVATE_KEY DEPLOY_KEY_NAME
    REMOTE_HOST REMOTE_USER REMOTE_PORT SOURCE TARGET ARGS SSH_CMD_ARGS EXCLUDE
    SCRIPT_BEFORE SCRIPT_BEFORE_REQUIRED SCRIPT_AFTER SCRIPT_AFTER_REQUIRED
    """.split()  # noqa: SIM905 # it is read as words
)


def ssh_deploy(call: ActionCall) -> Passage | None:
    """Return what it runs. Each input may also be a variable of the step's environment, which counts more."""
    call.note_others(_INPUTS)
    user, port = _input(call, "REMOTE_USER"), _input(call, "REMOTE_PORT") or "22"
    server = f"{user}@{_input(call, 'REMOTE_HOST')}"
    parts = [
        _script(call, "SCRIPT_BEFORE", server, port),
        _rsync(call, server, port, user),
        _script(call, "SCRIPT_AFTER", server, port),
    ]
    return joined(*(part for part in parts if part))


def _input(call: ActionCall, name: str) -> str:
    return call.environment.get(name) or call.text(name)


def _rsync(call: ActionCall, server: str, port: str, user: str) -> Passage:
    target = _input(call, "TARGET") or f"/home/{user}/"
    sources = [f'"{WORKSPACE}"/{source}' for source in _input(call, "SOURCE").split(" ")]
    shell = " ".join(
        [f"ssh -p {port}", *_listed(_input(call, "SSH_CMD_ARGS") or "-o StrictHostKeyChecking=no")]
    )
    excluded = [f"--exclude={_escaped(item)}" for item in _listed(_input(call, "EXCLUDE"))]
    options = _listed(_input(call, "ARGS") or "-rlgoDzvc -i")
    words = [*map(_escaped, sources), _escaped(f"{server}:{target}"), "--rsh", f'"{shell}"', "--recursive"]
    return call.lines(" ".join(["rsync", *words, *excluded, *options]).replace("\n", " "))


def _listed(text: str) -> list[str]:
    return [item for each in text.split(",") if (item := each.strip())]


def _escaped(text: str) -> str:
    return re.sub(r"\b\s", r"\\ ", text)


def _script(call: ActionCall, name: str, server: str, port: str) -> Passage | None:
    text = call.environment.get(name) or (call.inputs[name].text if name in call.inputs else "")
    if not text.strip():
        return None
    required = call.text(f"{name}_REQUIRED") in ("true", "1")
    command = f"ssh -p {word(port)} {word(server)} {word(text)}{'' if required else ' || true'}"
    places = call.inputs[name].places if name in call.inputs else ()
    is_same = len(places) == command.count("\n") + 1
    return Passage(command, places) if is_same else call.lines(command)
