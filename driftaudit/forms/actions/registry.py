"""All actions whose effect is known. A new one is one file and one line here."""

from collections.abc import Mapping

from driftaudit.forms.actions.artifacts import cache, checkout, download, install
from driftaudit.forms.actions.base import Action
from driftaudit.forms.actions.harmless import HARMLESS, no_effect
from driftaudit.forms.actions.rsync_deployments import rsync_deployments
from driftaudit.forms.actions.scp_action import scp_action
from driftaudit.forms.actions.ssh_action import ssh_action
from driftaudit.forms.actions.ssh_deploy import ssh_deploy

ACTIONS: Mapping[str, Action] = {
    **dict.fromkeys(HARMLESS, no_effect),
    "actions/cache": cache,
    "actions/cache/restore": cache,
    "actions/checkout": checkout,
    "actions/download-artifact": download,
    "appleboy/scp-action": scp_action,
    "appleboy/ssh-action": ssh_action,
    "bahmutov/npm-install": install,
    "burnett01/rsync-deployments": rsync_deployments,
    "easingthemes/ssh-deploy": ssh_deploy,
}
"""By their names in small letters."""
