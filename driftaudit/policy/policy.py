"""The judgement of changes: which rule decides, and with which severity."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from driftaudit.config.rules import BUILT_IN_LABELS, GENERATED, RuleSpec
from driftaudit.config.validation import suggestion
from driftaudit.errors import ConfigError
from driftaudit.model.change import Change
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action, Finding, Provenance
from driftaudit.model.probe import HealthFinding, Symptom
from driftaudit.model.structure import StructureKind
from driftaudit.model.waiver import Waiver
from driftaudit.policy.guards import guarded
from driftaudit.policy.labels import Labels, merged
from driftaudit.policy.matching import Rule, Subject, kind_of
from driftaudit.policy.packs import CORE, Pack, available_packs, load_pack
from driftaudit.policy.waivers import Waived, waive


@dataclass(frozen=True, slots=True)
class Policy:
    """Labels, all rules in the order in which they are asked, and those of core, which hold the guards.

    `waivers` are those that hold for the target.
    """

    labels: Labels
    rules: tuple[Rule, ...]
    core: tuple[Rule, ...]
    waivers: tuple[Waiver, ...] = ()

    def judge(self, change: Change, provenance: Provenance, action: Action) -> Finding:
        """Return the finding: the first rule that matches decides, unless a guard is stricter."""
        labels = self.labels.of(change.path, kind_of(change) is Kind.DIRECTORY)
        subject = Subject(change, provenance, action, labels)
        matched = next(rule for rule in self.rules if rule.matches(subject))  # core's last matches everything
        decisive = guarded(self.core, subject, matched).spec
        return Finding(change, provenance, action, labels, decisive.severity, decisive.id, decisive.reason)

    def judge_health(self, symptom: Symptom) -> HealthFinding:
        """Return the finding: the first rule on health that matches decides; core has one for each kind."""
        rule = next(rule for rule in self.rules if rule.matches_health(symptom.kind)).spec
        return HealthFinding(
            symptom.kind, symptom.subjects, symptom.detail, rule.severity, rule.id, rule.reason
        )

    def judge_structure(self, kind: StructureKind, importer: str) -> RuleSpec:
        """Return the first rule that is about such an import; core has one for each kind."""
        labels = self.labels.of(importer)
        return next(rule.spec for rule in self.rules if rule.matches_structure(kind, importer, labels))

    def waive(self, findings: Sequence[Finding], unseen: Collection[str], today: date) -> Waived:
        """Return the findings less what the waivers accept. The arguments are those of `waivers.waive`."""
        return waive(findings, self.waivers, self.labels, unseen, today)


def load_policy(
    packs: Sequence[str] | None, labels: Mapping[str, Sequence[str]], rules: Sequence[RuleSpec]
) -> Policy:
    """Return the policy of a project: its own rules first, then the packs' in order, then core's.

    Labels are layered the other way round, so that a project's `!pattern` takes back what a pack says.
    No packs named (None) means all that are shipped. Raises UsageError or ConfigError.
    """
    named = [name for name in (available_packs() if packs is None else packs) if name != CORE]
    chosen = [load_pack(name) for name in dict.fromkeys(named)]
    core = load_pack(CORE)
    all_labels = Labels(merged([core.labels, *(pack.labels for pack in chosen), _kept(labels), labels]))
    specs = [*rules, *(rule for pack in chosen for rule in pack.rules), *core.rules]
    _refuse_foreign_ids(rules, chosen)
    _refuse_unknown_labels(specs, all_labels)
    compiled = tuple(Rule.compile(spec) for spec in specs)
    return Policy(all_labels, compiled, compiled[-len(core.rules) :])


def _refuse_foreign_ids(rules: Iterable[RuleSpec], packs: Iterable[Pack]) -> None:
    reserved = {*available_packs(), *(pack.name for pack in packs)}
    for rule in rules:
        owner = rule.id.split("/")[0]
        if owner in reserved:
            raise ConfigError(
                f"{rule.where} the rule id {rule.id!r} belongs to the pack {owner!r}",
                "A project's own rules begin with another name.",
            )


def _refuse_unknown_labels(rules: Iterable[RuleSpec], labels: Labels) -> None:
    known = sorted({*labels.names(), *BUILT_IN_LABELS})
    for rule in rules:
        for label in sorted(rule.conditions.labels.difference(known)):
            near = suggestion(label, known)
            raise ConfigError(
                f"{rule.where} rule {rule.id!r}: no pattern has the label {label!r}{near}",
                f"Labels here: {', '.join(known)}.",
            )


def _kept(labels: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return what a project takes back from `generated` by saying that it is something else.

    What a pack calls expendable is not, where the project calls it its own data or a secret.
    """
    other = [row for label, rows in labels.items() if label != GENERATED for row in rows]
    return {GENERATED: tuple("!" + row for row in other if not row.startswith("!"))}
