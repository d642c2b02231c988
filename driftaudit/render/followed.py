"""One finding that is followed from run to run, of a path or of what runs there, in words fit to be shown."""

from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding
from driftaudit.model.structure import StructureFinding
from driftaudit.model.tracking import Standing, Tracked, TrackedSign, Tracking
from driftaudit.render.json_values import Document, readable, timestamp
from driftaudit.render.printable import printable
from driftaudit.render.wording import WHOLE_DEPLOY

Followed = Tracked | TrackedSign
_ORDER = tuple(Severity)


def of_standing(tracking: Tracking, standing: Standing) -> list[Followed]:
    """Return the findings of one standing: what is new or gone the worst first, what persists the oldest."""
    found = [each for each in tracking.everything if each.standing is standing]
    if standing is Standing.PERSISTING:
        return sorted(found, key=lambda each: (each.first_seen, _ORDER.index(each.severity), place(each)))
    return sorted(found, key=lambda each: (_ORDER.index(each.severity), place(each)))


def place(each: Followed) -> str:
    """Return where it is: a path, `path:line` of an import, or the probes that say so."""
    if isinstance(each, Tracked):
        return printable(each.path) or WHOLE_DEPLOY
    if isinstance(each.finding, StructureFinding):
        return f"{printable(each.finding.importer)}:{each.finding.line}"
    return ", ".join(map(printable, each.finding.subjects))


def what(each: Followed) -> str:
    """Return what it is: an origin, or what is wrong."""
    if isinstance(each, Tracked):
        return each.origin.value
    if isinstance(each.finding, StructureFinding):
        return f"{each.finding.kind.value} {printable(each.finding.module)}"
    return printable(each.finding.kind)


def sentence(finding: HealthFinding | StructureFinding) -> str:
    """Return what is wrong with what runs, or with an import, in one sentence."""
    if isinstance(finding, HealthFinding):
        subjects = ", ".join(finding.subjects)
        return printable(f"{finding.kind}, {subjects}: {finding.detail}")
    return printable(f"{finding.kind}: {finding.module}, imported by {finding.importer}:{finding.line}")


def standing_document(each: Followed) -> Document:
    """Return since when it is there, and whether it still is, as plain values."""
    return {
        "standing": each.standing.value,
        "first_seen": timestamp(each.first_seen),
        "last_seen": timestamp(each.last_seen),
        "runs": each.runs,
        "unseen": each.unseen,
    }


def sign_document(each: TrackedSign) -> Document:
    """Return it as plain values."""
    finding = each.finding
    if isinstance(finding, HealthFinding):
        about: Document = {
            "kind": str(finding.kind),
            "subjects": [readable(subject) for subject in finding.subjects],
        }
    else:
        about = {
            "kind": finding.kind.value,
            "importer": readable(finding.importer),
            "line": finding.line,
            "module": readable(finding.module),
            "tree": finding.tree.value,
        }
    return {
        **about,
        **standing_document(each),
        "severity": each.severity.value,
        "rule": each.rule,
    }
