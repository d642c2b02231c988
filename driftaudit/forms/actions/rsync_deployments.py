"""burnett01/rsync-deployments: one rsync, whose words a shell takes apart."""

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.base import Passage
from driftaudit.forms.expressions import WORKSPACE

_INPUTS = frozenset(
    """
    SWITCHES RSH PATH REMOTE_PATH REMOTE_HOST REMOTE_PORT REMOTE_USER REMOTE_KEY REMOTE_KEY_PASS
    LEGACY_ALLOW_RSA_HOSTKEYS STRICT_HOSTKEYS_CHECKING DEBUG
    """.split()  # noqa: SIM905 # it is read as words
)


def rsync_deployments(call: ActionCall) -> Passage | None:
    """Return the rsync."""
    call.note_others(_INPUTS)
    shell = f"ssh -o StrictHostKeyChecking=no -p {call.text('REMOTE_PORT', '22')} {call.text('RSH')}"
    source = f'"{WORKSPACE}"/{call.text("PATH")}'
    target = f"{call.text('REMOTE_USER')}@{call.text('REMOTE_HOST')}:{call.text('REMOTE_PATH')}"
    switches = " ".join(call.text("SWITCHES").split("\n"))
    return call.lines(f'rsync {switches} -e "{shell.strip()}" {source} {target}')
