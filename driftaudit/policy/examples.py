"""The examples beside a pack, which are its tests: what its labels and rules must say of given paths."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from driftaudit.config.validation import validate
from driftaudit.config.yaml_document import load_document
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.model.finding import Finding, Origin, Provenance, Severity
from driftaudit.model.probe import Symptom
from driftaudit.policy.packs import pack_path
from driftaudit.policy.policy import Policy, load_policy

if TYPE_CHECKING:
    from driftaudit.policy.pack_schema import ExampleModel

_DESIRED_TOO = (Origin.STALE, Origin.AHEAD, Origin.HOTFIX, Origin.VARIANT)


def examples_path(pack: str) -> Path:
    """Return where the examples of a pack lie."""
    path = pack_path(pack)
    return path.with_name(f"{path.stem}.examples.yml")


@dataclass(frozen=True, slots=True)
class ExamplesRun:
    """How many examples a pack has, how many of them fail, and a line for each thing that fails."""

    examples: int
    failed: int
    failures: tuple[str, ...]


def run_examples(pack: str) -> ExamplesRun:
    """Run the examples of a pack, with core as its only company.

    Raises UsageError or ConfigError where pack or examples cannot be read.
    """
    from driftaudit.policy.pack_schema import ExamplesModel  # pydantic costs 70 ms

    document = load_document(examples_path(pack))
    policy = load_policy([pack], {}, ())
    examples = validate(document, ExamplesModel).examples
    failures = [
        [f"{document.line(('examples', index))} {failure}" for failure in _all_failures(policy, example)]
        for index, example in enumerate(examples)
    ]
    lines = tuple(line for rows in failures for line in rows)
    return ExamplesRun(len(examples), sum(map(bool, failures)), lines)


def failed_examples(pack: str) -> tuple[str, ...]:
    """Return a line for each thing that fails in the examples of a pack; raises as `run_examples` does."""
    return run_examples(pack).failures


def _all_failures(policy: Policy, example: "ExampleModel") -> Iterator[str]:
    for path in example.path:
        yield from _failures(path, example, *_of_path(policy, path, example))
    for kind in example.health:
        found = policy.judge_health(Symptom(kind, (), ""))
        yield from _failures(kind, example, (), found.severity, found.rule)


def _of_path(policy: Policy, path: str, example: "ExampleModel") -> tuple[Sequence[str], Severity, str]:
    """Return the labels of a path, the severity that it or its import gets, and the rule that says so."""
    if example.structure:
        rule = policy.judge_structure(example.structure, path)
        return policy.labels.of(path), rule.severity, rule.id
    finding = _judged(policy, path, example)
    return finding.labels, finding.severity, finding.rule


def _failures(
    name: str, example: "ExampleModel", labels: Sequence[str], severity: Severity, rule: str
) -> Iterator[str]:
    expected: list[tuple[str, object, object]] = [
        ("labels", None if example.labels is None else sorted(example.labels), sorted(labels)),
        ("severity", example.severity, severity),
        ("rule", example.rule, rule),
    ]
    for what, wanted, found in expected:
        if wanted is not None and wanted != found:
            yield f"{name}: {what} should be {_shown(wanted)}, found {_shown(found)}"


def _judged(policy: Policy, path: str, example: "ExampleModel") -> Finding:
    kind = Kind.DIRECTORY if path.endswith("/") else example.kind
    entry = Entry(path.rstrip("/"), kind, MODE_FILE)  # no rule asks for the mode
    deployed = None if example.origin is Origin.MISSING else entry
    desired = entry if deployed is None or example.origin in _DESIRED_TOO else None
    change = Change(entry.path, desired, deployed, example.aspect)
    return policy.judge(change, Provenance(example.origin, example.recoverable), example.action)


def _shown(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
