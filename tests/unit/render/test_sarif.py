import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Action, Finding, Severity
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render import sarif
from driftaudit.render.base import RenderOptions

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "sarif-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
URI = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")  # less than RFC 3986 allows
NAMES = st.text(st.characters(codec=None), min_size=1, max_size=25)


def run_of(audit: Audit, **options: bool) -> dict[str, Any]:
    """Return the one run of a report that was held against the official schema."""
    document = json.loads(sarif.render(audit, RenderOptions(**options)))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    return dict(run)


def uris(run: dict[str, Any]) -> list[str]:
    return [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]
    ]


def test_the_incident_is_valid_and_the_worst_is_first(incident: Callable[..., Audit]) -> None:
    run = run_of(incident(mapping=PathMapping((("api/src", "src"),))))
    levels = [result["level"] for result in run["results"]]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert levels.count("error") == 5
    assert uris(run)[0] == "api/src/config.js"
    assert "index.js.bak" in uris(run)  # no mapping leads there, so it is named as it is under the root
    first = run["results"][0]
    assert first["message"]["text"] == (
        "overwrite src/config.js (hotfix): It exists nowhere else: in no commit and in no verified backup."
        " (812 B, changed 2025-10-30, owner ubuntu)"
    )
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == (
        "ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend/src/config.js"
    )
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "core/only-copy")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "driftaudit rescue" in rule["help"]["text"]
    assert not [result for result in run["results"] if "node_modules" in result["message"]["text"]]


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("has_problem", [True, False])
def test_who_reads_only_results_never_sees_a_clean_one(
    verdict: Verdict, has_problem: bool, audit_of: Callable[..., Audit]
) -> None:
    problems = (Problem("src/private", ProblemKind.UNREADABLE, "Permission denied"),) if has_problem else ()
    run = run_of(audit_of(verdict=verdict, problems=problems))
    errors = [result["ruleId"] for result in run["results"] if result["level"] == "error"]
    assert bool(errors) == (verdict is not Verdict.PASS)
    assert ("evidence/unreadable" in [result["ruleId"] for result in run["results"]]) == has_problem
    (invocation,) = run["invocations"]
    assert invocation["exitCode"] == verdict.exit_code
    is_whole = verdict is Verdict.PASS or (verdict is Verdict.BLOCKED and not has_problem)
    assert invocation["executionSuccessful"] == is_whole
    said = [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]]
    assert said == ["evidence/unreadable"] * has_problem


def test_what_is_waived_is_suppressed_with_the_reason(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    waived = finding_of(
        "a.js", Action.KEEP, "waiver", severity=Severity.IGNORE, reason="Waived by Ann: ticket 4711"
    )
    (result,) = run_of(audit_of(waived))["results"]
    assert result["level"] == "note"
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "Waived by Ann: ticket 4711"}
    ]


@settings(max_examples=60, deadline=None)
@given(NAMES)
@example("a b#c?d%e:f")
@example("caf\udce9")
@example("..\\x")
@example("[text](https://evil.example)")
@example("\ud800")
def test_a_place_is_a_valid_uri_that_names_exactly_the_path(
    with_everything: Callable[..., Audit], name: str
) -> None:
    assume(not name.startswith("/") and ".." not in name.split("/"))
    run = run_of(with_everything(name))
    assert all(URI.fullmatch(uri) for uri in uris(run))
    try:
        wanted = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        wanted = name.encode("utf-8", "surrogatepass")
    assert wanted in {unquote_to_bytes(uri) for uri in uris(run)}
    messages = [result["message"]["text"] for result in run["results"]]
    assert not any(re.search(r"(?<!\\)\[[^\]]*\]\(", message) for message in messages)


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x", "//host/x", "a/../../b"])
def test_a_path_that_leads_out_is_no_place(name: str, audit_of: Callable[..., Audit]) -> None:
    problems = (Problem(name, ProblemKind.UNSAFE_MEMBER, "leads out"),)
    assert uris(run_of(audit_of(problems=problems))) == ["driftaudit.yml"]


def test_fingerprints_stay_where_contents_change_and_differ_from_each_other(
    incident: Callable[..., Audit], with_everything: Callable[..., Audit], entry_of: Callable[..., Entry]
) -> None:
    def prints(audit: Audit) -> list[str]:
        return [result["partialFingerprints"]["driftaudit/v1"] for result in run_of(audit)["results"]]

    audit = incident()
    edited = tuple(
        replace(each, change=replace(each.change, deployed=entry_of(each.path, digest="e" * 40, size=1)))
        for each in audit.findings
    )
    assert prints(audit) == prints(replace(audit, findings=edited, duration_seconds=9))
    for each in (prints(audit), prints(with_everything("a"))):
        assert len(set(each)) == len(each)
    assert not set(prints(audit)) & set(prints(replace(audit, target="staging")))


def test_more_than_code_scanning_takes_is_cut_and_said(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 10)
    loud = [finding_of(f"z{number}") for number in range(8)]
    quiet = [finding_of(f"a{number}", Action.CREATE, "core/drift") for number in range(8)]
    run = run_of(audit_of(*loud, *quiet))
    assert [result["level"] for result in run["results"]] == ["error"] * 8 + ["note"] * 2
    said = run["invocations"][0]["toolExecutionNotifications"]
    assert said[-1]["message"]["text"].startswith("6 results were left out, the least bad ones")


def test_ten_megabytes_are_the_limit(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_BYTES", 20_000)
    audit = audit_of(*(finding_of(f"{number * 7919 % 1009:x}/{number**9:x}") for number in range(2_000)))
    report = sarif.render(audit, RenderOptions())
    assert 5_000 < len(gzip.compress(report.encode())) <= 20_000
    assert "results were left out" in report


def test_quiet_leaves_what_blocks(incident: Callable[..., Audit]) -> None:
    levels = {result["level"] for result in run_of(incident(), quiet=True)["results"]}
    assert levels == {"error"}
