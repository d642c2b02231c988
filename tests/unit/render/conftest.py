"""Audits to draw: the incident, and whatever a test asks for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from driftaudit.model.audit import Audit, Decision, MovedFolder, TreeFacts, Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.finding import Action, Copy, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.script import ScriptLine
from driftaudit.model.snapshot import ScanFacts, SourceFacts
from driftaudit.model.structure import StructureFinding, StructureKind, StructureTree
from driftaudit.model.tracking import RunFigures, Standing, Tracked, TrackedSign, Tracking
from driftaudit.model.waiver import Waiver, WaiverState, WaiverUse

MODIFIED = 1_761_847_856_000_000_000  # 30 October 2025, 18:10:56 UTC
SECRET_DIGEST = "5ec4e7" + "0" * 34
ONLY_COPY = "It exists nowhere else: in no commit and in no verified backup."
REASONS = {
    "core/only-copy": ONLY_COPY,
    "core/unsafe-copy": "Its only other copy is an object that git may collect.",
    "core/precious": "The application or its secrets live here, and the deploy takes it away.",
    "core/hand-edited": "It was edited on the host.",
    "core/unknown": "It was never committed.",
    "core/ahead": "A newer version, or another branch's, goes.",
    "core/variant": "It differs in form only.",
    "core/drift": "It differs from what is desired.",
    "core/generated": "It can be rebuilt.",
}
SEVERITIES = {
    "core/only-copy": Severity.BLOCK,
    "core/unsafe-copy": Severity.BLOCK,
    "core/precious": Severity.BLOCK,
    "core/hand-edited": Severity.WARN,
    "core/unknown": Severity.WARN,
    "core/ahead": Severity.WARN,
    "core/generated": Severity.IGNORE,
}


_AS_THEY_ARE = (
    "probes",
    "health",
    "structure",
    "tracking",
    "moved_folders",
    "script",
    "waivers",
    "mapping",
    "deployed_commit",
)


def an_entry(path: str, **fields: Any) -> Entry:
    values: dict[str, Any] = {
        "kind": Kind.FILE,
        "mode": MODE_FILE,
        "size": 812,
        "digest": "a" * 40,
        "modified_ns": MODIFIED,
        "owner": "ubuntu",
    }
    return Entry(path, **(values | fields))


def a_link(path: str, target: str, **fields: Any) -> Entry:
    return an_entry(path, kind=Kind.SYMLINK, mode=MODE_SYMLINK, link_target=target, **fields)


def a_folder(path: str) -> Entry:
    return an_entry(path, kind=Kind.DIRECTORY, mode=MODE_DIRECTORY, size=None, digest=None, pruned=True)


def a_finding(
    path: str, action: Action = Action.DELETE, rule: str = "core/only-copy", **fields: Any
) -> Finding:
    is_new = action is Action.CREATE
    has_both = action is Action.OVERWRITE
    change = Change(
        path,
        desired=fields.get("desired", an_entry(path, digest="b" * 40) if is_new or has_both else None),
        deployed=fields.get("deployed", None if is_new else an_entry(path)),
        aspects=fields.get("aspects", (Aspect.CONTENT,)),
    )
    origin = Origin.MISSING if is_new else Origin.HOTFIX if has_both else Origin.UNKNOWN
    provenance = Provenance(
        fields.get("origin", origin),
        fields.get("recoverable", Recoverable.NO),
        fields.get("moved_to"),
        fields.get("copies", ()),
    )
    severity = fields.get("severity", SEVERITIES.get(rule, Severity.INFO))
    labels = fields.get("labels", ())
    return Finding(
        change, provenance, action, labels, severity, rule, fields.get("reason", REASONS.get(rule, "?"))
    )


def a_tree(kind: str, **fields: Any) -> TreeFacts:
    is_git = kind == "git"
    source = SourceFacts(
        kind,
        fields.get(
            "url", "/srv/repository" if is_git else "ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend"
        ),
        method="ls-tree" if is_git else "agent",
        revision="HEAD" if is_git else None,
        commit="1f2e3d4c5b6a79880123456789abcdef01234567" if is_git else None,
        real_root=fields.get("real_root"),
    )
    scan = ScanFacts(bytes=0 if is_git else 123_456, wire_bytes_sent=9_000, wire_bytes_received=20_000)
    return TreeFacts(source, scan, 132 if is_git else 140, fields.get("complete", True), "d" * 64)


def an_audit(*findings: Finding, verdict: Verdict | None = None, **fields: Any) -> Audit:
    blocks = sum(finding.severity is Severity.BLOCK for finding in findings)
    reason = (
        f"This deploy destroys what exists nowhere else: {blocks} paths." if blocks else "Nothing is lost."
    )
    worst_case = fields.get("worst_case", False)
    actions = {finding.path: finding.action for finding in findings if finding.action is not Action.KEEP}
    method, paths = ("worst-case", ()) if worst_case else ("replace", ("src",))
    return Audit(
        target=fields.get("target", "production"),
        decision=Decision(
            verdict or (Verdict.BLOCKED if blocks else Verdict.PASS), fields.get("reason", reason)
        ),
        started_at=datetime(2025, 11, 3, 18, 39, 0, 123456, tzinfo=UTC),
        duration_seconds=0.81234,
        desired=fields.get("desired", a_tree("git")),
        deployed=fields.get("deployed", a_tree("ssh")),
        plan=Plan(fields.get("method", method), fields.get("paths", paths), actions, lambda _: True),
        findings=tuple(sorted(findings, key=lambda finding: finding.path)),
        problems=fields.get("problems", ()),
        notes=fields.get("notes", ()),
        worst_case=worst_case,
        **{name: fields[name] for name in _AS_THEY_ARE if name in fields},
    )


def the_incident(**fields: Any) -> Audit:
    """What could have been said at 18:39."""
    moved: dict[str, Any] = {"origin": Origin.MOVED, "moved_to": "src/lib/database/pool.js"}
    late = ("src/middleware/rate-limit.js", "src/routes/admin-users.js", "src/services/analytics.js")
    findings = [
        a_finding("src/services/freeswitch.js"),
        a_finding("src/db/redis.js"),
        a_finding("src/config.js", Action.OVERWRITE),
        a_finding("src/keys/service.pem", rule="core/precious", labels=("secret",)),
        a_finding(
            "src/db/scratch.js",
            rule="core/unsafe-copy",
            copies=(Copy("unreachable-object", "c" * 40, safe=False),),
        ),
        a_finding("src/db/pool.js", rule="core/drift", **moved),
        a_finding("index.js.bak", Action.KEEP, rule="core/unknown"),
        a_finding(
            "src/start.sh",
            Action.OVERWRITE,
            "core/variant",
            origin=Origin.VARIANT,
            aspects=(Aspect.MODE,),
            desired=an_entry("src/start.sh", mode="100755"),
        ),
        *(a_finding(path, Action.CREATE, "core/drift") for path in late),
        *(
            a_finding(f"src/legacy/v{number:02}.js", rule="core/drift", origin=Origin.LEFTOVER)
            for number in range(12)
        ),
        a_finding(
            "node_modules",
            Action.KEEP,
            "core/generated",
            deployed=a_folder("node_modules"),
            labels=("generated",),
        ),
    ]
    problems = (Problem("src/private", ProblemKind.UNREADABLE, "Permission denied"),)
    notes = ("The working tree has changes that are not committed; HEAD is deployed.",)
    return an_audit(*findings, **({"problems": problems, "notes": notes} | fields))


def with_all_there_is(name: str, **fields: Any) -> Audit:
    """An audit that has something of everything, with `name` wherever a text from outside can be."""
    when = datetime(2025, 11, 2, 3, tzinfo=UTC)
    extra: dict[str, Any] = {"labels": (name,), "moved_to": name}
    first = a_finding(
        name,
        reason=f"because {name}",
        deployed=an_entry(name, owner=name),
        copies=(Copy("commit", name, safe=True),),
        **extra,
    )
    aside = a_finding(f"aside/{name}", rule="core/drift", reason=f"aside {name}")
    warned = a_finding(f"warned/{name}", Action.KEEP, "core/unknown", reason=f"warned {name}")
    severities = {Severity.BLOCK: 1, Severity.WARN: 1, Severity.INFO: 1, Severity.IGNORE: 0}
    since = RunFigures(11, when, "blocked", severities, 0, 0, None, 1)
    tracked = Tracked(
        name, Standing.NEW, when, when, 1, Origin.UNKNOWN, Action.DELETE, Severity.BLOCK, f"rule {name}"
    )
    waiver = Waiver(f"waived/{name}", "a" * 40, f"reason {name}", f"owner {name}", date(2030, 1, 1))
    filled: dict[str, Any] = {
        "target": name,
        "reason": f"why {name}",
        "notes": (f"note {name}", name),
        "problems": (Problem(name, ProblemKind.UNREADABLE, f"detail {name}"),),
        "probes": (
            ProbeResult("http", name, ok=False, detail=f"answer {name}", seconds=0.01),
            ProbeResult("pm2", "irisx-api", ok=False, detail="no pm2", seconds=0, is_known=False),
        ),
        "health": (
            HealthFinding(
                f"kind {name}",
                (f"http {name}",),
                f"health {name}",
                Severity.BLOCK,
                f"own/{name}",
                f"health reason {name}",
            ),
        ),
        "structure": (
            StructureFinding(
                StructureKind.WOULD_BREAK,
                f"importer {name}",
                3,
                name,
                StructureTree.PLANNED,
                name,
                Severity.BLOCK,
                "core/would-break",
                f"structure {name}",
            ),
        ),
        "tracking": Tracking(12, since, (tracked,), (since,)),
        "moved_folders": (MovedFolder(f"folder {name}", name, 3, 4, 1, None),),
        "script": (ScriptLine(f"deploy.sh {name}:3", f"rm -rf {name}"[:150], 1, 0, 0),),
        "waivers": (WaiverUse(waiver, WaiverState.CHANGED),),
    }
    tracking = filled["tracking"]
    signs = [
        TrackedSign(each, Standing.NEW, when, when, 1) for each in (*filled["health"], *filled["structure"])
    ]
    filled["tracking"] = replace(tracking, signs=tuple(signs))
    return an_audit(first, aside, warned, **(filled | fields))


@pytest.fixture(scope="session")
def with_everything() -> Callable[..., Audit]:
    return with_all_there_is


@pytest.fixture(scope="session")
def entry_of() -> Callable[..., Entry]:
    return an_entry


@pytest.fixture(scope="session")
def link_of() -> Callable[..., Entry]:
    return a_link


@pytest.fixture(scope="session")
def finding_of() -> Callable[..., Finding]:
    return a_finding


@pytest.fixture(scope="session")
def tree_of() -> Callable[..., TreeFacts]:
    return a_tree


@pytest.fixture(scope="session")
def audit_of() -> Callable[..., Audit]:
    return an_audit


@pytest.fixture(scope="session")
def incident() -> Callable[..., Audit]:
    return the_incident


@pytest.fixture(scope="session")
def secret_digest() -> str:
    return SECRET_DIGEST
