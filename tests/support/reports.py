"""Audits to draw as pages: a big one, one with everything in it, one whose names are hostile."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from driftaudit.model.audit import Audit, Decision, MovedFolder, TreeFacts, Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.commit import CommitFacts, DeployedCommit
from driftaudit.model.difference import ContentDifference, ContentState, Hunk, KeyChange, Line, PathDifference
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.model.finding import (
    Action,
    Copy,
    Finding,
    Origin,
    Provenance,
    Recoverable,
    Severity,
    Sighting,
    Similar,
)
from driftaudit.model.folder import FolderInSync
from driftaudit.model.plan import Plan
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.script import ScriptLine
from driftaudit.model.snapshot import ScanFacts, SourceFacts
from driftaudit.model.structure import (
    FolderMapping,
    FolderState,
    StructureFinding,
    StructureKind,
    StructureTree,
)
from driftaudit.model.tracking import RunFigures, Standing, Tracked, TrackedSign, Tracking
from driftaudit.model.waiver import Waiver, WaiverState, WaiverUse

CHECKED = datetime(2025, 11, 3, 18, 39, tzinfo=UTC)
EDITED = 1_761_847_856_000_000_000  # 30 October 2025, 18:10:56 UTC
COMMITS = tuple(
    CommitFacts(
        f"{number:02x}" * 20,
        "Ana Ruiz",
        datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=7 * number),
        f"Change number {number} of what the service answers",
    )
    for number in range(40)
)
_JUDGED = {
    Origin.UNKNOWN: ("core/only-copy", Severity.BLOCK, "It exists nowhere else: in no commit and no backup."),
    Origin.HOTFIX: ("core/only-copy", Severity.BLOCK, "It exists nowhere else: in no commit and no backup."),
    Origin.AHEAD: ("core/ahead", Severity.WARN, "A newer version, or another branch's, goes."),
    Origin.VARIANT: ("core/variant", Severity.INFO, "It differs in form only."),
}
_DRIFT = ("core/drift", Severity.INFO, "It differs from what is desired.")


def entry(path: str, digest: str = "a" * 40, **fields: Any) -> Entry:
    """Return a file of 812 bytes."""
    values: dict[str, Any] = {"size": 812, "modified_ns": EDITED, "owner": "ubuntu", "permissions": 0o644}
    return Entry(path, Kind.FILE, MODE_FILE, digest=digest, **(values | fields))


def finding(path: str, origin: Origin = Origin.UNKNOWN, **fields: Any) -> Finding:
    """Return a finding as the core rules would judge it, unless fields of it are given."""
    rule, severity, reason = _JUDGED.get(origin, _DRIFT)
    is_live = origin is not Origin.MISSING
    is_desired = origin not in (Origin.UNKNOWN, Origin.LEFTOVER, Origin.MOVED)
    action = Action.OVERWRITE if is_live and is_desired else Action.DELETE if is_live else Action.CREATE
    change = Change(
        path,
        desired=fields.get("desired", entry(path, "b" * 40, size=None) if is_desired else None),
        deployed=fields.get("deployed", entry(path) if is_live else None),
        aspects=fields.get("aspects", (Aspect.CONTENT,) if is_live and is_desired else ()),
    )
    is_only = severity is Severity.BLOCK
    provenance = Provenance(
        origin,
        fields.get("recoverable", Recoverable.NO if is_only else Recoverable.YES),
        moved_to=fields.get("moved_to"),
        copies=fields.get("copies", ()),
        sightings=fields.get("sightings", ()),
        removed_in=fields.get("removed_in"),
        similar=fields.get("similar"),
        group=fields.get("group"),
    )
    return Finding(
        change,
        provenance,
        fields.get("action", action),
        fields.get("labels", ()),
        fields.get("severity", severity),
        fields.get("rule", rule),
        fields.get("reason", reason),
    )


def audit(findings: Sequence[Finding], **fields: Any) -> Audit:
    """Return an audit of these findings; it is blocked where one of them blocks."""
    blocks = sum(each.severity is Severity.BLOCK for each in findings)
    reason = (
        f"This deploy destroys what exists nowhere else: {blocks} paths." if blocks else "Nothing is lost."
    )
    verdict = fields.pop("verdict", Verdict.BLOCKED if blocks else Verdict.PASS)
    actions = {each.path: each.action for each in findings if each.action is not Action.KEEP}
    git = SourceFacts("git", "/srv/irisx", "ls-tree", "HEAD", COMMITS[-1].oid)
    ssh = SourceFacts("ssh", "ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend", "agent")
    values: dict[str, Any] = {
        "target": "production",
        "decision": Decision(verdict, fields.pop("reason", reason)),
        "started_at": CHECKED,
        "duration_seconds": 0.8,
        "desired": TreeFacts(git, ScanFacts(CHECKED), 132, True, "d" * 64),
        "deployed": TreeFacts(ssh, ScanFacts(CHECKED, bytes=123_456), 140, True, "e" * 64),
        "plan": Plan("replace", ("src",), actions, lambda _path: True),
        "findings": tuple(sorted(findings, key=lambda each: each.path)),
        "problems": (),
        "deployed_commit": DeployedCommit(COMMITS[3], 36, 0, 121, 128),
    }
    return Audit(**(values | fields))


def text_difference(path: str, *changes: tuple[str, str]) -> PathDifference:
    """Return a difference of these lines, live and desired."""
    lines = [Line(" ", "// as it was"), *(Line("-", live) for live, _ in changes)]
    lines += [Line("+", desired) for _, desired in changes]
    hunk = Hunk(1, 1 + len(changes), 1, 1 + len(changes), tuple(lines))
    content = ContentDifference(ContentState.TEXT, (hunk,), len(changes), len(changes))
    return PathDifference(path, entry(path), entry(path), content)


def big_audit(number: int = 10_000) -> Audit:
    """Return an audit with so many findings in 400 folders, with what history says and 400 contents."""
    chance = random.Random(7)
    found = [_some_finding(at, chance) for at in range(number)]
    differences = tuple(
        text_difference(each.path, *((f"value({n}, {at})", f"value({n}, {at + 1})") for n in range(40)))
        for at, each in enumerate(found[:400])
    )
    folders = {each.path.rpartition("/")[0] for each in found}
    in_sync = (FolderInSync(folder, 120, 40) for folder in sorted(folders))
    return audit(found, differences=differences, in_sync=(FolderInSync("", 400_000, 12), *in_sync))


def _some_finding(at: int, chance: random.Random) -> Finding:
    origin = chance.choices(list(Origin), (30, 25, 3, 5, 15, 5, 2, 10, 5))[0]
    folder = f"packages/service-{at % 40:02}/src/module-{at % 397 % 10}"
    path = f"{folder}/{chance.choice(['handler', 'route', 'model', 'view'])}-{at:05}.js"
    first, last = sorted(chance.sample(range(40), 2))
    sighting = Sighting(path, COMMITS[first], COMMITS[last], True)
    similar = Similar(path, "c" * 40, 0.87, 12, 3, COMMITS[last], False)
    is_committed = origin in (Origin.STALE, Origin.LEFTOVER, Origin.AHEAD, Origin.FOREIGN)
    moved = f"{folder}/moved/{at:05}.js" if origin is Origin.MOVED else None
    return finding(
        path,
        origin,
        sightings=(sighting,) if is_committed else (),
        similar=similar if origin is Origin.HOTFIX else None,
        removed_in=COMMITS[last] if origin is Origin.LEFTOVER else None,
        moved_to=moved,
        deployed=None
        if origin is Origin.MISSING
        else entry(path, f"{at:040x}", size=chance.randrange(90_000)),
    )


def full_audit(**fields: Any) -> Audit:
    """Return an audit with something of everything that a page can show."""
    found = list(_full_findings())
    values: dict[str, Any] = {
        "problems": (Problem("src/private", ProblemKind.UNREADABLE, "Permission denied"),),
        "notes": ("The working tree has changes that are not committed; HEAD is deployed.",),
        "moved_folders": (MovedFolder("src/db", "src/lib/database", 2, 2, 1, COMMITS[5]),),
        "script": (ScriptLine("deploy.sh:4", "rm -rf src && tar xzf api.tar.gz", 6, 4, 3),),
        "waivers": (WaiverUse(Waiver("src/old.js", "c" * 40, "kept", "ana", None), WaiverState.OBSOLETE),),
        "probes": (
            ProbeResult("pm2", "irisx-api", ok=True, detail="online for 3 days", seconds=0.2),
            ProbeResult("tcp", "127.0.0.1:3000", ok=False, detail="connection refused", seconds=0.01),
            ProbeResult("http", "http://x/", ok=False, detail="timed out", seconds=5.0, is_known=False),
        ),
        "health": (
            HealthFinding(
                "port-closed",
                ("pm2 irisx-api", "tcp 127.0.0.1:3000"),
                "PM2 says online, port 3000 is closed.",
                Severity.WARN,
                "core/not-healthy",
                "The application does not answer.",
            ),
        ),
        "structure": tuple(_imports()),
        "differences": tuple(_differences()),
        "in_sync": (
            FolderInSync("", 118, 2),
            FolderInSync("docs", 40, 40),
            FolderInSync("src", 76, 3, others=12, in_others=55),
            FolderInSync("src/db", 0, 0),
            FolderInSync("src/services", 18, 18),
        ),
        "folders": (
            FolderMapping("", "", FolderState.SAME, 2, 2, 2),
            FolderMapping("docs", "docs", FolderState.SAME, 40, 40, 40),
            FolderMapping("logs", None, FolderState.ONLY_LIVE, live_files=1),
            FolderMapping("node_modules", None, FolderState.UNSEEN),
            FolderMapping("src", "src", FolderState.DIFFERENT, 8, 8, 3),
            FolderMapping("src/db", "src/lib/database", FolderState.MOVED, 2, 2, 1),
            FolderMapping("src/keys", None, FolderState.ONLY_LIVE, live_files=1),
            FolderMapping("src/private", None, FolderState.UNSEEN),
            FolderMapping(None, "src/routes", FolderState.ONLY_DESIRED, desired_files=1),
            FolderMapping("src/services", "src/services", FolderState.DIFFERENT, 19, 18, 18),
        ),
    }
    signs = (*values["health"], *values["structure"])
    values["tracking"] = replace(tracking(found), signs=tuple(map(_sign, signs)))
    return audit(found, **(values | fields))


def _sign(found: HealthFinding | StructureFinding) -> TrackedSign:
    return TrackedSign(found, Standing.PERSISTING, CHECKED - timedelta(days=3), CHECKED, 4)


def _full_findings() -> Iterator[Finding]:
    yield finding("src/services/freeswitch.js")
    yield finding(
        "src/config.js",
        Origin.HOTFIX,
        similar=Similar("src/config.js", "c" * 40, 0.93, 1, 1, COMMITS[5], False),
    )
    yield finding("src/package.json", Origin.STALE, sightings=(_seen("src/package.json"),))
    moved: dict[str, Any] = {"group": "src/db", "removed_in": COMMITS[5]}
    yield finding("src/db/redis.js", Origin.MOVED, moved_to="src/lib/database/redis.js", **moved)
    yield finding("src/db/connection.js", moved_to="src/lib/database/connection.js", **moved)
    yield finding("src/lib/database/redis.js", Origin.MISSING, group="src/db")
    yield finding("src/lib/database/connection.js", Origin.MISSING, group="src/db")
    yield finding("src/routes/admin-users.js", Origin.MISSING)
    yield finding("src/logo.png", Origin.STALE)
    yield finding("src/huge.sql", Origin.HOTFIX, deployed=entry("src/huge.sql", size=50_000_000))
    copies = (Copy("backup", "irisx-20251030.tar.gz", safe=True),)
    yield finding(
        "src/branch.js",
        Origin.AHEAD,
        copies=copies,
        sightings=(_seen("src/branch.js", is_older=False, branches=("feature/voice",)),),
    )
    own: dict[str, Any] = {"severity": Severity.IGNORE, "action": Action.KEEP}
    yield finding("logs/out.log", labels=("runtime",), rule="core/expected", reason="Expected.", **own)
    secret: dict[str, Any] = {"labels": ("secret",), "rule": "core/precious", "reason": "It is needed."}
    yield finding("src/keys/service.pem", **secret)


def _seen(path: str, *, is_older: bool = True, branches: tuple[str, ...] = ()) -> Sighting:
    return Sighting(path, COMMITS[1], COMMITS[3], is_older, branches)


def _imports() -> Iterator[StructureFinding]:
    for kind, tree, cause, severity, rule in (
        (StructureKind.MISSING_MODULE, StructureTree.DEPLOYED, None, Severity.WARN, "core/missing-module"),
        (
            StructureKind.WOULD_BREAK,
            StructureTree.PLANNED,
            "src/db/redis.js",
            Severity.BLOCK,
            "core/would-break",
        ),
    ):
        yield StructureFinding(
            kind, "src/app.js", 3, "./db/redis.js", tree, cause, severity, rule, "It fails."
        )


def _differences() -> Iterator[PathDifference]:
    yield text_difference("src/config.js", ("  pool: 40,", "  pool: 10,"))
    keys = (
        KeyChange(("version",), '"1.2.0"', '"1.3.0"'),
        KeyChange(("scripts", "start"), None, '"node index.js"'),
        KeyChange(("dbPassword",), "\u2039hidden\u203a", "\u2039hidden\u203a", hidden=True),
    )
    content = ContentDifference(ContentState.TEXT, document="JSON", keys=keys, masked=True, left_out=7)
    yield PathDifference("src/package.json", entry("p"), entry("p"), content)
    for path, state in (
        ("src/logo.png", ContentState.BINARY),
        ("src/huge.sql", ContentState.TOO_LARGE),
        ("src/keys/service.pem", ContentState.SECRET),
    ):
        yield PathDifference(path, entry(path), None, ContentDifference(state))


def tracking(found: Sequence[Finding]) -> Tracking:
    """Return where a run of these findings stands after thirty nights."""
    runs = tuple(
        RunFigures(
            number,
            CHECKED - timedelta(days=30 - number),
            "blocked" if number > 12 else "pass",
            {Severity.BLOCK: number // 6, Severity.WARN: number % 3, Severity.INFO: 8 + number % 5},
            new=number % 3,
            resolved=number % 2,
            behind=number,
            unhealthy=number % 4 == 0,
        )
        for number in range(1, 31)
    )
    shown = [each for each in found if each.severity is not Severity.IGNORE]
    tracked = [_tracked(each, at) for at, each in enumerate(shown)]
    gone = _tracked(finding("src/gone.js", Origin.STALE), 0, Standing.RESOLVED)
    return Tracking(30, runs[-2], tuple(sorted((*tracked, gone), key=lambda each: each.path)), runs)


def _tracked(each: Finding, at: int, standing: Standing | None = None) -> Tracked:
    known = standing or (Standing.NEW if at % 3 == 0 else Standing.PERSISTING)
    first = CHECKED if known is Standing.NEW else CHECKED - timedelta(days=at * 4)
    runs = 1 if known is Standing.NEW else 1 + at * 4
    origin = each.provenance.origin
    return Tracked(each.path, known, first, CHECKED, runs, origin, each.action, each.severity, each.rule)


HOSTILE = (
    "<script>window.owned=1</script>",
    "</script><script>window.owned=2</script>",
    "<img src=x onerror=window.owned=3>",
    "<!--<script>",
    "a|b`c`d",
    "\x1b[31mred\x1b[0m",
    "\u202egpj.exe",
    "two\nlines",
    "caf\udce9",
    "__proto__",
    "constructor",
    'quote\'d "twice" $(touch owned) `touch owned`',
    "&lt;b&gt; &amp;",
    "{{ 7 * 7 }}{% raw %}",
    "\u2028separator\u2029",
    "-rf",
    "~root",
    "]]>",
)


def hostile_audit() -> Audit:
    """Return an audit in which every text is hostile, and some paths as long as a system allows."""
    long = "/".join(["n" * 250] * 16) + "/" + "x" * 79
    found = [_hostile_finding(name) for name in (*HOSTILE, long)]
    found += [_hostile_finding(f"__proto__/{name.replace('/', '-')}") for name in HOSTILE[:3]]
    name = HOSTILE[1]
    return audit(
        found,
        target=name,
        reason=f"why {name}",
        notes=(f"note {name}",),
        problems=(Problem(name, ProblemKind.UNREADABLE, f"detail {name}"),),
        differences=tuple(text_difference(each, (f"{each} old", f"{each} new")) for each in HOSTILE),
        moved_folders=(MovedFolder("__proto__", "constructor", 2, 2, 0, None),),
        probes=(ProbeResult(name, name, ok=False, detail=name, seconds=1.0),),
        in_sync=(FolderInSync("__proto__", 3, 3), FolderInSync("hasOwnProperty", 3, 3)),
        script=(ScriptLine(name, name, 1, 1, 1),),
    )


def _hostile_finding(path: str) -> Finding:
    commit = CommitFacts("f" * 40, path, CHECKED, path)
    return finding(
        path,
        labels=(path,),
        rule=path,
        reason=path,
        copies=(Copy(path, path, safe=False),),
        sightings=(Sighting(path, commit, commit, False, (path,)),),
        deployed=entry(path, owner=path),
        moved_to=path,
    )
