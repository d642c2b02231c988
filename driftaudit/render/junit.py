"""The report as JUnit XML, for any CI.

There is a failure or an error exactly where the verdict is not `pass`. What is worth a look and does not stop
the deploy is a skipped test case with the reason as its message.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Severity
from driftaudit.model.probe import ProbeResult, ProbeState
from driftaudit.render.base import RenderOptions
from driftaudit.render.judgements import Judgement, Kind, judgements
from driftaudit.render.printable import printable

_OUTCOMES = {Verdict.BLOCKED: "failure", Verdict.INCOMPLETE: "error"}
# What XML 1.0 cannot hold even as an escape; `printable` has made all but a few of them visible already.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;"}
_ESCAPED = re.compile("|".join(_ESCAPES))


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; `outcome` is failure, error, skipped, or "" for one that passed."""

    suite: str
    name: str
    outcome: str
    kind: str
    message: str
    seconds: float = 0.0


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the suites; quiet leaves the verdict, what failed and what went wrong."""
    judged = [each for each in judgements(audit) if each.kind is not Kind.VERDICT]
    cases = [_verdict(audit), *(_case(each, audit) for each in judged), *map(_probe, audit.probes)]
    if options.quiet:
        cases = [case for case in cases if case.outcome in _OUTCOMES.values() or case.suite == "verdict"]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_totals('driftaudit', cases)}>"]
    for suite in dict.fromkeys(case.suite for case in cases):
        lines += _suite(suite, [case for case in cases if case.suite == suite], audit)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _verdict(audit: Audit) -> _Case:
    verdict = audit.decision.verdict
    outcome = _OUTCOMES.get(verdict, "")
    return _Case(
        "verdict", "verdict", outcome, verdict.value, audit.decision.reason, max(audit.duration_seconds, 0.0)
    )


def _case(judgement: Judgement, audit: Audit) -> _Case:
    """Return a judgement as a test case: a gap is an error, what blocks a failure, and neither on a pass.

    What is only for information is a case that passed.
    """
    outcome = "" if judgement.severity is Severity.INFO and not judgement.is_waived else "skipped"
    if audit.decision.verdict is not Verdict.PASS and not judgement.is_waived:
        if judgement.kind is Kind.PROBLEM:
            outcome = "error"
        elif judgement.severity is Severity.BLOCK:
            outcome = "failure"
    at = f":{judgement.line}" if judgement.kind is Kind.STRUCTURE else ""
    details = f" ({', '.join(judgement.details)})" if judgement.details else ""
    name = f"{judgement.path}{at} {judgement.what}" if at else judgement.what
    return _Case(judgement.kind.value, name, outcome, judgement.rule, f"{judgement.reason}{details}")


def _probe(probe: ProbeResult) -> _Case:
    """Return a probe: one that went wrong stops no deploy by itself, what follows from it is judged apart."""
    is_good = probe.state is ProbeState.WELL
    return _Case(
        "probe",
        f"{probe.kind} {probe.subject}",
        "" if is_good else "skipped",
        probe.state.replace(" ", "-"),
        probe.detail,
        max(probe.seconds, 0.0),
    )


def _suite(name: str, cases: Sequence[_Case], audit: Audit) -> list[str]:
    when = audit.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    title = f"driftaudit {printable(audit.target)}: {name}"
    skipped = _number(cases, "skipped")
    lines = [f'  <testsuite {_totals(title, cases)} skipped="{skipped}" timestamp="{when}">']
    for case in cases:
        lines += _drawn(case, audit.target)
    return [*lines, "  </testsuite>"]


def _drawn(case: _Case, target: str) -> list[str]:
    names = f"{_attribute('classname', f'driftaudit.{target}.{case.suite}')} {_attribute('name', case.name)}"
    head = f'    <testcase {names} time="{_time(case.seconds)}"'
    if not case.outcome:
        said = f"<system-out>{escaped(printable(case.message))}</system-out>"
    else:
        attributes = f"{_attribute('type', case.kind)} {_attribute('message', case.message)}"
        said = f"<{case.outcome} {attributes}>{escaped(printable(case.message))}</{case.outcome}>"
    return [f"{head}>", f"      {said}", "    </testcase>"]


def _totals(name: str, cases: Sequence[_Case]) -> str:
    failures, errors = _number(cases, "failure"), _number(cases, "error")
    seconds = _time(sum(case.seconds for case in cases))
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" time="{seconds}"'
    return f'name="{escaped(name)}" {counts}'


def _number(cases: Sequence[_Case], outcome: str) -> int:
    return sum(case.outcome == outcome for case in cases)


def _time(seconds: float) -> str:
    return f"{min(seconds, 999_999):.3f}"


def _attribute(name: str, value: str) -> str:
    return f'{name}="{escaped(printable(value))}"'


def escaped(text: str) -> str:
    """Return text as XML has it, in an element or between double quotes, without what XML cannot hold."""
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], _FORBIDDEN.sub("\ufffd", text))
