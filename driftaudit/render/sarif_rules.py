"""Rules as SARIF describes them: what each asks, and what to do."""

import re

from driftaudit.model.finding import Severity
from driftaudit.render.json_values import Document
from driftaudit.render.judgements import Judgement, Kind
from driftaudit.render.printable import printable
from driftaudit.render.sarif_results import LEVELS

_SORTS = {Severity.BLOCK: "error", Severity.WARN: "warning", Severity.INFO: "recommendation"}
_HELP = {
    "core/only-copy": "Keep it first (driftaudit rescue), commit it (driftaudit reconcile), or take the path"
    " out of the deploy.",
    "core/unsafe-copy": "Give the object a ref, or keep the content with driftaudit rescue.",
    "core/precious": "Take the path out of the deploy: it is the application's own data, or a secret.",
    "core/hand-edited": "Commit what was edited on the target: driftaudit explain says from which version.",
    "core/unknown": "Commit it, label it, or remove it on the target.",
    "core/ahead": "Deploy the commit that has it, or merge that one first.",
    "core/would-break": "Take the importer into the same deploy, or leave what it imports.",
    "core/missing-module": "Deploy the module, or take the import out.",
    "waiver": "It was accepted; driftaudit-waivers.yml says by whom and until when.",
}
_HELP_BY_KIND = {
    Kind.FINDING: "driftaudit explain says all that is known of a path.",
    Kind.STRUCTURE: "The import does not resolve in the tree that the application would run from.",
    Kind.HEALTH: "Look at the process, the socket and the log on the target.",
    Kind.PROBLEM: "What could not be seen counts as missing evidence, and never as clean.",
    Kind.VERDICT: "driftaudit check has the whole report.",
}


def rule_of(judgement: Judgement) -> Document:
    """Return the rule that made a judgement, as its first one shows it."""
    rule = printable(judgement.rule)
    help_text = _HELP.get(judgement.rule, _HELP_BY_KIND[judgement.kind])
    reason = help_text if judgement.is_waived else printable(judgement.reason)
    return {
        "id": rule,
        "name": _name(rule),
        "shortDescription": {"text": reason},
        "fullDescription": {"text": f"{reason} ({rule})"},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": LEVELS[judgement.severity]},
        "properties": {
            "tags": ["deploy", judgement.kind.value],
            "precision": "very-high",
            "problem.severity": _SORTS[judgement.severity],
        },
    }


def _name(rule: str) -> str:
    """Return an identifier in Pascal case, such as `CoreOnlyCopy`."""
    words = re.findall(r"[A-Za-z0-9]+", rule)
    return "".join(word[0].upper() + word[1:] for word in words) or "Rule"
