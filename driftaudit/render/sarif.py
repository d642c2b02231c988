"""The report as SARIF 2.1.0, for code scanning.

GitHub takes at most 25,000 results and 10 MB (gzip) of one run: the worst are first, and a notification says
when there were more. Gaps in the evidence are results too, since nobody is shown a notification.
"""

import gzip
from collections.abc import Sequence
from datetime import timedelta

import driftaudit
from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, timestamp, written
from driftaudit.render.judgements import Judgement, Kind, judgements
from driftaudit.render.printable import printable
from driftaudit.render.sarif_results import LEVELS, location_of, message_of, result_of
from driftaudit.render.sarif_rules import rule_of
from driftaudit.render.wording import count_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000  # as gzip
_URGENT = (Severity.BLOCK,)


def render(audit: Audit, options: RenderOptions) -> str:
    """Return one run; quiet leaves the results that block."""
    judged = judgements(audit)
    if options.quiet:
        judged = tuple(each for each in judged if each.severity in _URGENT and not each.is_waived)
    most = MOST_RESULTS
    report = written(_log(audit, judged, most))
    while not _fits(report):
        most = min(most, len(judged)) // 2
        report = written(_log(audit, judged, most))
    return report


def _fits(report: str) -> bool:
    content = report.encode("utf-8")
    return len(content) <= MOST_BYTES or len(gzip.compress(content, 1)) <= MOST_BYTES


def _log(audit: Audit, judged: Sequence[Judgement], most: int) -> Document:
    shown = judged[:most]
    rules: dict[str, Judgement] = {}
    for each in shown:
        rules.setdefault(each.rule, each)
    numbers = {rule: number for number, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "driftaudit",
                        "semanticVersion": driftaudit.__version__,
                        "rules": [rule_of(each) for each in rules.values()],
                    }
                },
                "automationDetails": {"id": f"driftaudit/{printable(audit.target)}/"},
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {
                    "%SRCROOT%": {"description": {"text": "The top of the repository."}},
                },
                "invocations": [_invocation(audit, judged, most)],
                "results": [result_of(each, audit, numbers[each.rule]) for each in shown],
                "properties": {
                    "verdict": audit.decision.verdict.value,
                    "target": printable(audit.target),
                    "deployed": printable(audit.deployed.source.url),
                },
            }
        ],
    }


def _invocation(audit: Audit, judged: Sequence[Judgement], most: int) -> Document:
    """Return how the run went: not well where evidence was missing that was needed, or may have been."""
    verdict = audit.decision.verdict
    is_whole = verdict is not Verdict.INCOMPLETE and not (verdict is Verdict.BLOCKED and audit.problems)
    return {
        "executionSuccessful": is_whole,
        "exitCode": int(verdict.exit_code),
        "exitCodeDescription": f"{verdict.value}: {printable(audit.decision.reason)}",
        "startTimeUtc": timestamp(audit.started_at),
        "endTimeUtc": timestamp(audit.started_at + timedelta(seconds=audit.duration_seconds)),
        "toolExecutionNotifications": _notifications(audit, judged, most),
    }


def _notifications(audit: Audit, judged: Sequence[Judgement], most: int) -> list[Document]:
    problems = [each for each in judged[:most] if each.kind is Kind.PROBLEM]
    said = [
        {
            "descriptor": {"id": each.rule},
            "level": LEVELS[each.severity],
            "message": message_of(each),
            "locations": [location_of(each, audit)],
        }
        for each in problems
    ]
    notes: list[Document] = [
        {"descriptor": {"id": "driftaudit/note"}, "level": "note", "message": {"text": printable(note)}}
        for note in audit.notes
    ]
    return said + notes + _cut(len(judged) - most)


def _cut(number: int) -> list[Document]:
    if number <= 0:
        return []
    text = f"{count_of(number, 'result')} were left out, the least bad ones: code scanning takes no more."
    return [{"descriptor": {"id": "driftaudit/cut"}, "level": "warning", "message": {"text": text}}]
