"""A run under guard, for people and for programs."""

from collections.abc import Iterator

import driftaudit
from driftaudit.model.aftermath import Aftermath, Content, Deviation, DeviationKind, State
from driftaudit.model.finding import Finding
from driftaudit.model.guard_run import CommandResult, GuardRun, Override, Phase
from driftaudit.model.probe import HealthKind, Wellness
from driftaudit.render.json_values import Document, path_keys, readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.probe import health_keys, verdict_line
from driftaudit.render.rescue import names
from driftaudit.render.shell_words import shell_word
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/guard/v1"

_GOING_ON = (Phase.BEGUN, Phase.PROBING)

_KINDS = {
    DeviationKind.MISSING: "missing        it was to come",
    DeviationKind.OTHER_CONTENT: "other content  than was to come",
    DeviationKind.STILL_THERE: "still there    it was to go",
    DeviationKind.LOST: "lost           it was to stay",
    DeviationKind.CHANGED: "changed        it was to stay as it is",
    DeviationKind.APPEARED: "appeared       nobody planned it",
}
_STATES = {
    State.AS_PLANNED: "The target is as planned.",
    State.AS_BEFORE: "The target is as it was before: nothing of what was planned has happened.",
    State.OTHERWISE: "The target is NOT as planned",
    State.UNTOLD: "As far as could be seen the target is as planned; not all could be seen",
    State.UNKNOWN: "In what state the target is is NOT KNOWN",
}
_HARMLESS = (State.AS_PLANNED, State.AS_BEFORE)


def text(run: GuardRun) -> str:
    """Return what happened, the state of the target last."""
    return "\n".join(_lines(run)) + "\n"


def state_lines(found: Aftermath) -> list[str]:
    """Return in what state a target is, and each path that is not as planned."""
    return [_state(found), *([] if found.state is State.AS_BEFORE else deviation_lines(found))]


def deviation_lines(found: Aftermath) -> list[str]:
    """Return each path that is not as planned, then each of which that cannot be told."""
    lines = names([f"{_KINDS[each.kind]}  {printable(each.path)}" for each in found.deviations])
    if found.untold:
        lines += ["Not seen", *names([printable(path) or "the root" for path in found.untold])]
    return lines


def document(run: GuardRun) -> Document:
    """Return the run as plain values. No digest of a secret is in it."""
    audit = run.audit
    return {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "run": run.id,
        "phase": run.phase.value,
        "target": printable(audit.target),
        "url": printable(run.url),
        "exit_code": None if run.phase in _GOING_ON else int(run.exit_code),
        "started_at": timestamp(run.started_at),
        "person": {"login": readable(run.person.login), "git": readable(run.person.git)},
        "verdict": audit.decision.verdict.value,
        "reason": audit.decision.reason,
        "refusal": run.refusal.reason if run.refusal else None,
        "desired": {"commit": audit.desired.source.commit, "tree_digest": audit.desired.tree_digest},
        "deployed": {"tree_digest": audit.deployed.tree_digest},
        "plan": {"method": audit.plan.method, "paths": [readable(path) for path in audit.plan.paths]},
        "override": override_document(run.override) if run.override else None,
        "command": readable(run.command),
        "result": _result(run.result) if run.result else None,
        "after": aftermath_document(run.aftermath) if run.aftermath else None,
        "probes": _probes(run),
        "before": None if run.before is None else readable(run.before),
    }


def json(run: GuardRun) -> str:
    """Return the run as JSON."""
    return written(document(run))


def aftermath_document(found: Aftermath) -> Document:
    """Return in what state a target is as plain values."""
    return {
        "state": found.state.value,
        "reason": found.reason or None,
        "tree_digest": found.tree_digest,
        "deviations": [_deviation(each) for each in found.deviations],
        "untold": [path_keys(path) for path in found.untold],
        "problems": [
            {**path_keys(each.path), "kind": each.kind.value, "detail": each.detail}
            for each in found.problems
        ],
    }


def override_document(override: Override) -> Document:
    """Return why a deploy was let run, against what, and what was rescued before."""
    rescue = override.rescue
    return {
        "reason": readable(override.reason),
        "verdict": override.decision.verdict.value,
        "verdict_reason": override.decision.reason,
        "findings": [_overruled(finding) for finding in override.findings],
        "imports": [
            {"importer": readable(each.importer), "line": each.line, "module": readable(each.module)}
            | {"rule": each.rule}
            for each in override.imports
        ],
        "health": [{"kind": str(each.kind), "rule": each.rule} for each in override.health],
        "rescue": {
            "ref": rescue.ref,
            "commit": rescue.commit,
            "rescued": [path_keys(entry.path) for entry in rescue.rescued],
            "held": [path_keys(path) for path in rescue.held],
            "secrets": {
                "folder": rescue.secrets.folder if rescue.secrets else None,
                "paths": [path_keys(path) for path in (rescue.secrets.paths if rescue.secrets else ())],
            },
            "missed": [path_keys(miss.path) for miss in rescue.missed],
        },
    }


def _overruled(finding: Finding) -> Document:
    return {
        **path_keys(finding.path),
        "rule": finding.rule,
        "origin": finding.provenance.origin.value,
        "action": finding.action.value,
    }


def _probes(run: GuardRun) -> Document | None:
    """Return how the application is, None where no probe was asked, or is answered yet."""
    if run.unasked:
        return {"state": Wellness.UNTOLD.value, "reason": readable(run.unasked), "red_before": _red(run)}
    if run.health is None:
        return None
    return {**health_keys(run.health), "reason": None, "red_before": _red(run)}


def _red(run: GuardRun) -> list[str]:
    return sorted(map(readable, run.red_before))


def _result(result: CommandResult) -> Document:
    return {
        "exit_code": result.exit_code,
        "signal": result.signal,
        "error": result.error,
        "started_at": timestamp(result.started_at),
        "duration_seconds": round(result.duration_seconds, 3),
    }


def _deviation(deviation: Deviation) -> Document:
    return {
        **path_keys(deviation.path),
        "kind": deviation.kind.value,
        "planned": _content(deviation.planned),
        "found": _content(deviation.found),
    }


def _content(content: Content | None) -> Document | None:
    return None if content is None else {"mode": content.mode, "digest": content.digest}


def _lines(run: GuardRun) -> Iterator[str]:
    if run.override:
        yield from _override_lines(run.override)
    if run.refusal:
        yield f"The command was not run: {run.refusal.reason}"
    if run.result is None:
        if not run.refusal:
            yield f"The command was not run: the verdict is {run.audit.decision.verdict.value}."
        return
    yield f"The command {_end_of(run.result)}."
    if run.aftermath:
        yield from state_lines(run.aftermath)
    yield from _health_lines(run)
    if run.before and (not run.aftermath or run.aftermath.state not in _HARMLESS):
        target, file = shell_word(run.audit.target), shell_word(run.before)
        yield f"What was lost, and what has it: driftaudit recover {target} --snapshot {file}"
    if run.unrecorded:
        yield f"The end of this run is not in the history: {printable(run.unrecorded)}"


def _health_lines(run: GuardRun) -> Iterator[str]:
    """Yield how the application is: each probe that is not well, and each that was not before."""
    if run.unasked:
        yield f"Whether the application is well is NOT KNOWN: {printable(run.unasked)}"
    if run.health is None:
        return
    for probe in run.health.probes:
        was_red = probe.name in run.red_before
        if not probe.ok:
            said = f"{'is' if probe.is_known else 'was'} {probe.state}"
            before = ", as before the deploy" if was_red and probe.is_known else ""
            yield f"  {printable(probe.name)} {said}{before}: {printable(probe.detail)}"
        elif was_red:
            yield f"  {printable(probe.name)} is well now; it was not before the deploy"
    singly = {HealthKind.NOT_HEALTHY, HealthKind.UNKNOWN}
    for finding in run.health.findings:
        if finding.counts and (finding.kind not in singly or len(finding.subjects) > 1):
            yield f"  {finding.kind}: {printable(finding.detail)}"
    yield verdict_line(run.health)


def _override_lines(override: Override) -> Iterator[str]:
    rescue = override.rescue
    yield f"Overridden: {printable(override.reason)}"
    yield from names([f"although {said}" for said in _overridden(override)])
    if rescue.ref:
        copies = count_of(len(rescue.rescued), "only copy", "only copies")
        yield f"Rescued before: {copies}, held by {rescue.ref}"
    if rescue.held:
        yield f"Rescued earlier: {count_of(len(rescue.held), 'only copy', 'only copies')}"
    if rescue.secrets:
        secrets = count_of(len(rescue.secrets.paths), "secret")
        yield f"Rescued before: {secrets}, in {printable(rescue.secrets.folder)}"


def _overridden(override: Override) -> Iterator[str]:
    """Yield what did not let it pass: the report of the check says more of each."""
    for finding in override.findings:
        yield f"{finding.rule}: {finding.action.value} {printable(finding.path)}"
    for each in override.imports:
        yield f"{each.rule}: {printable(each.importer)}:{each.line} imports {printable(each.module)}"
    for ill in override.health:
        yield f"{ill.rule}: {ill.kind}: {printable(ill.detail)}"
    if not (override.findings or override.imports or override.health):
        yield override.decision.reason


def _end_of(result: CommandResult) -> str:
    if result.error is not None:
        return f"could not be started: {result.error}"
    if result.signal is not None:
        return f"was killed by {result.signal}"
    return "succeeded" if result.is_success else f"failed with exit code {result.exit_code}"


def _state(found: Aftermath) -> str:
    line = _STATES[found.state]
    if found.state is State.OTHERWISE:
        return f"{line}: {count_of(len(found.deviations), 'path')}."
    if found.state is State.UNTOLD:
        return f"{line}: {count_of(len(found.untold), 'path')}."
    return f"{line}: {printable(found.reason)}" if found.state is State.UNKNOWN else line
