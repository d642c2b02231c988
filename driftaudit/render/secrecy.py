"""What a report may say of a secret: that it is there, and nothing to guess its content by."""

from dataclasses import replace

from driftaudit.model.entry import Entry
from driftaudit.model.finding import Copy, Finding

WITHHELD = "withheld"


def _without_content(entry: Entry | None) -> Entry | None:
    return entry and entry.without_content()


def without_secrets(finding: Finding) -> Finding:
    """Return the finding as it may be shown: a secret has no digest and no link target, on either side.

    The place of another copy can be the object id of the content; it is withheld where it is.
    """
    if "secret" not in finding.labels:
        return finding
    sides = (finding.change.desired, finding.change.deployed)
    digests = [digest for side in sides if side for digest in (side.digest, side.text_digest) if digest]
    copies = tuple(
        Copy(copy.kind, WITHHELD, copy.safe)
        if any(digest in copy.where or copy.where in digest for digest in digests)
        else copy
        for copy in finding.provenance.copies
    )
    change = replace(
        finding.change,
        desired=_without_content(finding.change.desired),
        deployed=_without_content(finding.change.deployed),
    )
    return replace(finding, change=change, provenance=replace(finding.provenance, copies=copies))
