import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Action, Finding, Severity
from driftaudit.model.probe import ProbeResult
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.junit import escaped, render
from driftaudit.render.printable import printable

SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).parents[2] / "schemas" / "junit-10.xsd")))


def suites_of(audit: Audit, **options: bool) -> ElementTree.Element:
    """Return a report that was held against the schema, and whose sums are those of its cases."""
    text = render(audit, RenderOptions(**options))
    SCHEMA.assertValid(etree.fromstring(text.encode()))
    top = ElementTree.fromstring(text)
    for part in (top, *top.findall("testsuite")):
        cases = list(part.iter("testcase"))
        for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            counted = sum(case.find(kind) is not None for case in cases)
            assert part.get(name, str(counted)) == str(counted)
        assert part.get("tests") == str(len(cases))
    return top


def outcomes(top: ElementTree.Element) -> dict[str, str]:
    kinds = ("failure", "error", "skipped")
    return {
        case.get("name", ""): next((kind for kind in kinds if case.find(kind) is not None), "passed")
        for case in top.iter("testcase")
    }


def test_the_incident(incident: Callable[..., Audit]) -> None:
    found = outcomes(suites_of(incident()))
    assert found["verdict"] == "failure"
    assert found["delete src/services/freeswitch.js (unknown)"] == "failure"
    assert found["Not seen: src/private (unreadable)"] == "error"
    assert found["keep index.js.bak (unknown)"] == "skipped"
    assert found["create src/services/analytics.js (missing)"] == "passed"
    assert list(found.values()).count("failure") == 6


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("quiet", [True, False])
@settings(max_examples=15, deadline=None)
@given(
    rules=st.lists(st.sampled_from(["core/only-copy", "core/unknown", "core/drift"]), max_size=3),
    problems=st.integers(0, 2),
)
def test_something_failed_exactly_where_the_verdict_is_not_pass(
    verdict: Verdict,
    quiet: bool,
    rules: list[str],
    problems: int,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
) -> None:
    findings = [finding_of(f"{number}", Action.KEEP, rule) for number, rule in enumerate(rules)]
    unseen = tuple(Problem(f"{number}", ProblemKind.UNSTABLE, "changed") for number in range(problems))
    probes = (ProbeResult("tcp", "127.0.0.1:3000", ok=False, detail="refused", seconds=0.1),)
    audit = audit_of(*findings, verdict=verdict, problems=unseen, probes=probes)
    top = suites_of(audit, quiet=quiet)
    assert (top.get("failures") == top.get("errors") == "0") == (verdict is Verdict.PASS)
    if verdict is Verdict.INCOMPLETE:
        assert outcomes(top)["verdict"] == "error"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=30))
@example("]]><evil/>&amp;\"'")
@example("\x00\x0b\x1b\ufffe\uffff\ud800\udcff")
@example("a\nb\tc")
def test_any_name_gives_valid_xml_and_stays_itself(with_everything: Callable[..., Audit], name: str) -> None:
    names = outcomes(suites_of(with_everything(name)))
    shown = re.sub("[\ufffe\uffff]", "\ufffd", printable(f"delete {name} (unknown)"))
    assert shown in names


@given(st.text(st.characters(codec=None)))
def test_an_escaped_text_is_read_back_but_for_what_xml_cannot_hold(text: str) -> None:
    cleaned = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text).replace("\r", "")
    read = ElementTree.fromstring(f'<a b="{escaped(cleaned)}">{escaped(cleaned)}</a>')
    assert (read.text or "") == cleaned
    assert read.get("b", "").replace("\t", " ") == cleaned.replace("\t", " ")


def test_what_is_waived_is_skipped_with_the_reason(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    waived = finding_of("a.js", Action.KEEP, "waiver", severity=Severity.IGNORE, reason="Waived by Ann: x")
    case = suites_of(audit_of(waived)).find(".//testcase/skipped")
    assert case is not None
    assert (case.get("type"), case.get("message")) == ("waiver", "Waived by Ann: x")
