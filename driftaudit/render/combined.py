"""The report as a list with a sign in front of each path, as `rclone check --combined` writes it.

The source is the desired tree, the destination the deployed one: `+` only desired, `-` only deployed, `*` on
both sides and different, `!` could not be seen, `=` the same on both and acted upon all the same (a script
that removes what it does not bring back). Other paths that are the same are in no audit, and not listed.
"""

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding, Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.printable import printable


def render(audit: Audit, options: RenderOptions) -> str:
    """Return a line for each path, sorted; quiet leaves what blocks and what could not be seen."""
    unseen = {problem.path for problem in audit.problems}
    signs = {
        finding.path: _sign(finding)
        for finding in audit.findings
        if finding.path not in unseen and (not options.quiet or finding.severity is Severity.BLOCK)
    }
    signs |= dict.fromkeys(unseen, "!")
    return "".join(f"{signs[path]} {printable(path) or '.'}\n" for path in sorted(signs))


def _sign(finding: Finding) -> str:
    desired, deployed = finding.change.desired, finding.change.deployed
    if deployed is None:
        return "+" if desired else "!"
    if desired is None:
        return "-"
    if finding.change.aspects:
        return "*"
    is_same = desired.digest is not None and desired.digest == deployed.digest
    return "=" if is_same else "!"
