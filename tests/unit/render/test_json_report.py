import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import driftaudit
from driftaudit.model.audit import Audit, TreeFacts, Verdict
from driftaudit.model.change import Aspect
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Copy, Finding, Origin, Severity
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_report import render
from driftaudit.render.printable import is_visible

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
KEYS = [
    "schema",
    "tool",
    "target",
    "verdict",
    "exit_code",
    "started_at",
    "duration_seconds",
    "desired",
    "deployed",
    "deployed_commit",
    "plan",
    "counts",
    "findings",
    "problems",
    "probes",
    "structure",
    "waivers",
]
FINDING_KEYS = [
    "path",
    "origin",
    "action",
    "severity",
    "rule",
    "labels",
    "group",
    "aspects",
    "reason",
    "moved_to",
    "commits",
    "copies",
    "desired",
    "deployed",
]


def report(audit: Audit) -> dict[str, Any]:
    text = render(audit, RenderOptions())
    document: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(document)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        (SCHEMA["$defs"]["finding"]["properties"]["origin"]["enum"], Origin),
        (SCHEMA["$defs"]["finding"]["properties"]["action"]["enum"], Action),
        (SCHEMA["$defs"]["finding"]["properties"]["severity"]["enum"], Severity),
        (SCHEMA["$defs"]["finding"]["properties"]["aspects"]["items"]["enum"], Aspect),
        (SCHEMA["$defs"]["problem"]["properties"]["kind"]["enum"], ProblemKind),
        (SCHEMA["$defs"]["entry"]["properties"]["kind"]["enum"], Kind),
        (SCHEMA["properties"]["verdict"]["enum"], Verdict),
    ],
)
def test_the_schema_has_the_words_of_the_model(words: list[str], enum: Any) -> None:
    assert words == [each.value for each in enum]


def test_the_keys_stand_in_the_order_of_the_contract(incident: Callable[..., Audit]) -> None:
    document = report(incident())
    assert list(document) == KEYS
    assert all(list(finding) == [*FINDING_KEYS, "evidence"] for finding in document["findings"])
    assert list(document["desired"]) == [
        "source",
        "revision",
        "commit",
        "entries",
        "tree_digest",
    ]
    assert list(document["deployed"]) == [
        "source",
        "url",
        "method",
        "entries",
        "bytes",
        "complete",
        "tree_digest",
        "wire_bytes_sent",
        "wire_bytes_received",
        "hashed_files",
        "cached_files",
    ]
    assert list(document["findings"][0]["deployed"]) == [
        "kind",
        "mode",
        "size",
        "digest",
        "modified_at",
        "owner",
    ]


def test_the_incident_in_figures(incident: Callable[..., Audit]) -> None:
    document = report(incident())
    assert document["schema"] == "driftaudit/audit/v1"
    assert document["tool"] == f"driftaudit {driftaudit.__version__}"
    assert (document["verdict"], document["exit_code"]) == ("blocked", 3)
    assert document["started_at"] == "2025-11-03T18:39:00Z"
    assert document["duration_seconds"] == 0.812
    assert document["plan"] == {
        "method": "replace",
        "paths": ["src"],
        "actions": {"create": 3, "overwrite": 2, "delete": 17, "abandon": 0},
    }
    assert document["counts"] == {
        "origin": {"missing": 3, "hotfix": 1, "leftover": 12, "moved": 1, "unknown": 6, "variant": 1},
        "severity": {"block": 5, "warn": 1, "info": 17, "ignore": 1},
    }
    paths = [finding["path"] for finding in document["findings"]]
    assert len(paths) == 24
    assert paths == sorted(paths)
    assert document["problems"] == [
        {"path": "src/private", "kind": "unreadable", "detail": "Permission denied"}
    ]


def test_a_deleted_file_in_full(audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]) -> None:
    (finding,) = report(audit_of(finding_of("src/services/freeswitch.js")))["findings"]
    assert finding["desired"] is None
    assert finding["deployed"] == {
        "kind": "file",
        "mode": "100644",
        "size": 812,
        "digest": "a" * 40,
        "modified_at": "2025-10-30T18:10:56Z",
        "owner": "ubuntu",
    }
    assert (finding["group"], finding["moved_to"], finding["commits"], finding["copies"]) == (
        None,
        None,
        [],
        [],
    )


def test_a_clean_audit_has_no_ignore_count_and_no_origins(audit_of: Callable[..., Audit]) -> None:
    document = report(audit_of())
    assert (document["verdict"], document["exit_code"]) == ("pass", 0)
    assert document["counts"] == {"origin": {}, "severity": {"block": 0, "warn": 0, "info": 0}}
    assert document["deployed_commit"] is None
    assert (document["findings"], document["probes"], document["structure"]) == ([], [], [])


def test_incomplete_evidence(audit_of: Callable[..., Audit], tree_of: Callable[..., TreeFacts]) -> None:
    problems = (Problem("", ProblemKind.SHALLOW_CLONE, "50 commits"),)
    deployed = tree_of("ssh", complete=False)
    document = report(audit_of(verdict=Verdict.INCOMPLETE, problems=problems, deployed=deployed))
    assert (document["verdict"], document["exit_code"]) == ("incomplete", 4)
    assert document["deployed"]["complete"] is False
    assert document["problems"] == [{"path": "", "kind": "shallow-clone", "detail": "50 commits"}]


def test_the_worst_case_is_named_as_the_method(incident: Callable[..., Audit]) -> None:
    plan = report(incident(worst_case=True))["plan"]
    assert (plan["method"], plan["paths"]) == ("worst-case", [])


def test_a_folder_as_the_desired_tree_has_a_url_and_no_commit(
    audit_of: Callable[..., Audit], tree_of: Callable[..., TreeFacts]
) -> None:
    desired = report(audit_of(desired=tree_of("directory", url="/srv/build")))["desired"]
    assert (desired["source"], desired["url"]) == ("directory", "/srv/build")
    assert (desired["revision"], desired["commit"]) == (None, None)


def test_a_root_that_is_not_there_yet(
    audit_of: Callable[..., Audit], tree_of: Callable[..., TreeFacts]
) -> None:
    assert report(audit_of(deployed=tree_of("absent", url="production")))["deployed"]["source"] == "absent"


def test_a_secret_has_no_digest_on_either_side(
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
    link_of: Callable[..., Entry],
    secret_digest: str,
) -> None:
    plain = finding_of(
        ".env",
        Action.OVERWRITE,
        "core/precious",
        labels=("runtime", "secret"),
        desired=entry_of(".env", digest=secret_digest),
        deployed=entry_of(".env", digest=secret_digest, text_digest=secret_digest),
        copies=(Copy("unreachable-object", secret_digest, safe=False), Copy("commit", "1" * 40, safe=True)),
    )
    link = finding_of(
        "key.pem", labels=("secret",), deployed=link_of("key.pem", "hunter2", digest=secret_digest)
    )
    text = render(audit_of(plain, link), RenderOptions())
    assert secret_digest not in text
    assert "hunter2" not in text
    first, second = report(audit_of(plain, link))["findings"]
    assert (first["desired"]["digest"], first["deployed"]["digest"]) == (None, None)
    assert [copy["where"] for copy in first["copies"]] == ["withheld", "1" * 40]
    assert second["deployed"]["link_target"] is None


def test_the_schema_refuses_the_digest_of_a_secret(incident: Callable[..., Audit]) -> None:
    document = report(incident())
    (secret,) = [finding for finding in document["findings"] if "secret" in finding["labels"]]
    secret["deployed"]["digest"] = "a" * 40
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_only_a_link_has_a_link_target(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding], link_of: Callable[..., Entry]
) -> None:
    audit = audit_of(
        finding_of("current", deployed=link_of("current", "releases/\udcff")), finding_of("file")
    )
    link, file = report(audit)["findings"]
    assert link["deployed"]["link_target"] == r"releases/\xff"
    assert "link_target" not in file["deployed"]


def test_a_name_that_is_not_utf8_is_readable_and_exact(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    problems = (Problem("p\udcfe", ProblemKind.VANISHED, "gone: p\udcfe"),)
    document = report(
        audit_of(finding_of("src/caf\udce9\\.js"), finding_of("src/café.js"), problems=problems)
    )
    plain, odd = sorted(document["findings"], key=lambda finding: "path_b64" in finding)
    assert (plain["path"], "path_b64" in plain) == ("src/café.js", False)
    assert odd["path"] == r"src/caf\xe9\\.js"
    assert base64.b64decode(odd["path_b64"]) == b"src/caf\xe9\\.js"
    assert list(odd)[:2] == [
        "path",
        "path_b64",
    ]
    assert document["problems"][0]["path"] == r"p\xfe"
    assert base64.b64decode(document["problems"][0]["path_b64"]) == b"p\xfe"
    assert document["problems"][0]["detail"] == r"gone: p\xfe"


@given(path=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_any_utf8_name_comes_back_exactly_and_nothing_hidden_is_written(
    path: str, audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    text = render(audit_of(finding_of(path, reason=path)), RenderOptions())
    (finding,) = json.loads(text)["findings"]
    assert (finding["path"], finding["reason"], "path_b64" in finding) == (path, path, False)
    assert all(map(is_visible, text.replace("\n", "")))


@pytest.mark.parametrize("nanoseconds", [2**63, -(2**63), 10**30])
def test_a_year_out_of_range_is_no_time(
    nanoseconds: int,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
) -> None:
    document = report(audit_of(finding_of("f", deployed=entry_of("f", modified_ns=nanoseconds))))
    shown = document["findings"][0]["deployed"]["modified_at"]
    assert shown is None or shown.startswith(("1677-", "2262-"))


def test_the_same_audit_gives_the_same_bytes(incident: Callable[..., Audit]) -> None:
    first = render(incident(), RenderOptions())
    assert first == render(incident(), RenderOptions(width=20, colour=True, quiet=True))
    assert first.endswith("}\n")


def test_what_later_versions_add_is_in_the_schema(incident: Callable[..., Audit]) -> None:
    document = report(incident())
    document["deployed_commit"] = {
        "commit": "1" * 40,
        "committed_at": "2025-10-01T00:00:00Z",
        "behind": 41,
        "ahead": 0,
        "matching_entries": 121,
        "compared_entries": 128,
    }
    document["probes"] = [
        {"kind": "tcp", "subject": "127.0.0.1:3000", "ok": False, "detail": "refused", "seconds": 0.01}
    ]
    document["structure"] = [
        {
            "kind": "would-break",
            "importer": "src/app.js",
            "line": 3,
            "module": "./db",
            "tree": "planned",
            "cause": None,
        }
    ]
    VALIDATOR.validate(document)
    document["structure"][0]["extra"] = 1
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)
