"""burnett01/rsync-deployments: one rsync, whose words a shell takes apart."""

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.base import Passage
from driftaudit.forms.expressions import WORKSPACE


def rsync_deployments(call: ActionCall) -> Passage | None:
    """Return the rsync."""
    shell = f"ssh -o StrictHostKeyChecking=no -p {call.text('REMOTE_PORT', '22')} {call.text('RSH')}"
    source = f'"{WORKSPACE}"/{call.text("PATH")}'
    target = f"{call.text('REMOTE_USER')}@{call.text('REMOTE_HOST')}:{call.text('REMOTE_PATH')}"
    switches = " ".join(call.text("SWITCHES").split("\n"))
    return call.lines(f'rsync {switches} -e "{shell.strip()}" {source} {target}')
