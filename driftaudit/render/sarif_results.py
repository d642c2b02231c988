"""What is judged as results of SARIF: where it is, what it says, and by what it is known again."""

import hashlib
import re
from urllib.parse import quote

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.render.json_values import Document, path_bytes
from driftaudit.render.judgements import Judgement
from driftaudit.render.printable import printable

LEVELS = {Severity.BLOCK: "error", Severity.WARN: "warning", Severity.INFO: "note"}
SETTINGS = "driftaudit.yml"  # what is of no one file is shown at the one that says what is deployed where
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def result_of(judgement: Judgement, audit: Audit, rule_index: int) -> Document:
    """Return a result; `rule_index` is the place of its rule among those of the tool."""
    result: Document = {
        "ruleId": printable(judgement.rule),
        "ruleIndex": rule_index,
        "level": LEVELS[judgement.severity],
        "message": message_of(judgement),
        "locations": [location_of(judgement, audit)],
        "partialFingerprints": _fingerprints(judgement, audit.target),
    }
    if judgement.is_waived:
        said = {"kind": "external", "status": "accepted", "justification": printable(judgement.reason)}
        result["suppressions"] = [said]
    return result


def message_of(judgement: Judgement) -> Document:
    """Return what a person reads. A name that looks like a link of SARIF's stays text."""
    details = f" ({', '.join(map(printable, judgement.details))})" if judgement.details else ""
    text = f"{printable(judgement.what)}: {printable(judgement.reason)}{details}"
    return {"text": _LINK.sub(r"\\[", text)}


def location_of(judgement: Judgement, audit: Audit) -> Document:
    """Return where it is shown: the file of the repository that comes to lie there, be it there or not.

    A path that no mapping leads to is shown as it is under the root, and the target as a whole at its
    configuration: code scanning takes no result without a place. The logical location is the live path.
    """
    region = {"startLine": max(judgement.line, 1)}
    here = f"{printable(audit.deployed.source.url).rstrip('/')}/{printable(judgement.path)}"
    return {
        "physicalLocation": {"artifactLocation": _artifact(judgement.path, audit), "region": region},
        "logicalLocations": [{"fullyQualifiedName": here, "kind": "resource"}],
    }


def _artifact(path: str, audit: Audit) -> Document:
    if not path or path.startswith("/") or ".." in path.split("/"):  # a member of an archive may be called so
        return {"uri": SETTINGS, "uriBaseId": "%SRCROOT%"}
    found = audit.mapping.to_repository(path) if audit.mapping else ()
    if found and found[0]:
        return {"uri": _uri(found[0]), "uriBaseId": "%SRCROOT%"}
    return {"uri": _uri(path)}


def _uri(path: str) -> str:
    """Return a path as a relative reference: every byte that is not plain is percent-encoded."""
    return quote(path_bytes(path), safe="/")


def _fingerprints(judgement: Judgement, target: str) -> Document:
    """Return what makes it the same in the next run: target, rule, path, and for an import what it names.

    No content goes in: that of a secret could be guessed, and an edited file is still the same finding.
    """
    what = judgement.what if judgement.kind not in ("finding", "problem") else ""
    parts = (target, judgement.rule, judgement.path, what)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "driftaudit/v1": digest}
