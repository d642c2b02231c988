"""The report as workflow commands, from which GitHub Actions makes annotations.

GitHub shows ten errors and ten warnings of a step, so the worst are first, and the verdict before all.
"""

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.judgements import Judgement, Kind, judgements
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

MOST_OF_A_LEVEL = 9  # one more is the verdict, or how many more there are
_COMMANDS = {Severity.BLOCK: "error", Severity.WARN: "warning", Severity.INFO: "notice"}
_VERDICT_COMMANDS = {Verdict.PASS: "notice", Verdict.BLOCKED: "error", Verdict.INCOMPLETE: "error"}


def render(audit: Audit, options: RenderOptions) -> str:
    """Return a command a line: the verdict, what blocks, what is worth a look; quiet leaves that out."""
    verdict = audit.decision.verdict
    title = f"driftaudit: {printable(audit.target)} {verdict.value}"
    lines = [_command(_VERDICT_COMMANDS[verdict], {"title": title}, printable(audit.decision.reason))]
    judged = [each for each in judgements(audit) if not each.is_waived and each.kind is not Kind.VERDICT]
    for severity in (Severity.BLOCK,) if options.quiet else (Severity.BLOCK, Severity.WARN):
        same = [each for each in judged if each.severity is severity]
        lines += [_annotation(each, audit) for each in same[:MOST_OF_A_LEVEL]]
        if len(same) > MOST_OF_A_LEVEL:
            more = f"{len(same) - MOST_OF_A_LEVEL:,} more of {count_of(len(same), 'finding')}"
            lines.append(_command("notice", {"title": title}, f"{more}: the report has them all."))
    return "\n".join(lines) + "\n"


def _annotation(judgement: Judgement, audit: Audit) -> str:
    details = f" ({', '.join(judgement.details)})" if judgement.details else ""
    message = f"{judgement.what}: {judgement.reason}{details}"
    found = audit.mapping.to_repository(judgement.path) if audit.mapping and judgement.path else ()
    file = {"file": found[0], "line": str(judgement.line)} if found and found[0] else {}
    values = {**file, "title": judgement.rule}
    return _command(
        _COMMANDS[judgement.severity],
        {name: printable(value) for name, value in values.items()},
        printable(message),
    )


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {said}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
