"""The guards: core rules that judge destruction once more and last, whatever matched before them."""

from collections.abc import Iterable

from driftaudit.config.rules import GENERATED
from driftaudit.model.finding import Recoverable, Severity
from driftaudit.policy.matching import Rule, Subject

GUARDS = frozenset({"core/precious", "core/only-copy", "core/unsafe-copy"})

_STRICTNESS = {severity: rank for rank, severity in enumerate(reversed(Severity))}


def guarded(core: Iterable[Rule], subject: Subject, matched: Rule) -> Rule:
    """Return the rule that decides: the one that matched, or a guard that is stricter.

    A guard is silent where nothing is destroyed, and lifted by the label `generated` or by a safe copy.
    Where the evidence is missing no guard can claim an only copy, and the gate finds the audit incomplete:
    then nothing is quieter than core has it, since what is ignored would not be asked for evidence.
    """
    recoverable = subject.provenance.recoverable
    nothing_lost = not subject.action.destroys or subject.change.deployed is None
    if nothing_lost or GENERATED in subject.labels or recoverable is Recoverable.YES:
        return matched
    guard = next((rule for rule in core if rule.matches(subject)), matched)
    return max(matched, guard, key=lambda rule: _STRICTNESS[rule.spec.severity])
