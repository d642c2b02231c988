"""`driftaudit structure`, and what a check, a guard and explain make of imports."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, write
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.schemas import conform
from tests.support.site import Site
from tests.support.sshd import SSHServer

MISSING = {
    ("src/app.js", 4, "./routes/admin-users.js"),
    ("src/app.js", 5, "./middleware/rate-limit.js"),
    ("src/app.js", 6, "./services/analytics.js"),
}
Row = dict[str, Any]


def structure(folder: Path, target: str, *words: str) -> tuple[int, Row]:
    """Run it, and return the exit code and the document, held against the schema."""
    outcome = driftaudit(folder, "structure", target, *words, "--format", "json")
    assert outcome.out, outcome.err
    document: Row = json.loads(outcome.out)
    conform(document, "structure")
    assert document["exit_code"] == outcome.code
    return outcome.code, document


def places(rows: list[Row], kind: str) -> set[tuple[str, int, str]]:
    return {(row["importer"], row["line"], row["module"]) for row in rows if row["kind"] == kind}


def checked(outcome: Outcome) -> list[Row]:
    rows: list[Row] = outcome.report["structure"]
    return rows


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    return build_incident(folder)


def test_18_30_three_modules_are_missing_imported_from_these_lines(tmp_path: Path, sshd: SSHServer) -> None:
    folder = tmp_path / "incident"
    folder.mkdir()
    incident = build_incident(folder, sshd.url(folder / "irisx-backend"))
    code, found = structure(incident.repository, "production")
    assert code == 3
    assert places(found["structure"], "missing-module") == MISSING
    assert places(found["structure"], "would-break") == {("src/app.js", 3, "./db/connection.js")}
    assert places(found["structure"], "declared-not-installed") == set()
    assert (found["untold"], found["unread"]) == ([], [])


def test_a_check_of_the_incidents_deploy_says_what_would_break(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "check", "production", "--format", "json")
    assert outcome.code == 3
    [breaking] = [row for row in checked(outcome) if row["kind"] == "would-break"]
    assert breaking == {
        "kind": "would-break",
        "importer": "src/app.js",
        "line": 3,
        "module": "./db/connection.js",
        "tree": "planned",
        "cause": "src/db/connection.js",
    }
    last = driftaudit(incident.repository, "check", "production").out.rstrip().splitlines()[-1]
    assert "would break: ./db/connection.js, imported by src/app.js:3" in last
    without = driftaudit(incident.repository, "check", "production", "--no-structure", "--format", "json")
    assert checked(without) == []


def test_after_the_right_deploy_all_resolves(incident: Incident) -> None:
    app = incident.repository / "api/src/app.js"
    right = app.read_text().replace("./db/connection.js", "./lib/database/connection.js")
    commit(incident.repository, {"api/src/app.js": right})
    code, found = structure(incident.repository, "production")
    assert (code, places(found["structure"], "would-break")) == (3, set())
    for path in (incident.repository / "api/src").rglob("*.js"):
        place = str(path.relative_to(incident.repository / "api"))
        write(incident.production, {place: path.read_bytes()})
    code, found = structure(incident.repository, "production", "--deploy", "overlay:src")
    assert (code, found["structure"]) == (0, [])
    assert "All resolves." in driftaudit(incident.repository, "structure", "production", "--quiet").out


def test_the_text_names_lines_and_shows_how_the_folders_lie(incident: Incident) -> None:
    out = driftaudit(incident.repository, "structure", "production").out
    for line in (
        "Would break (1)",
        "src/app.js:3  ./db/connection.js  blocks",
        "Missing now (3)",
        "db/  moved to src/lib/database/, 1 of 2 files as they were",
        "middleware/  only desired, 1 file",
        "node_modules/  not looked into",
        "1 import would break, 3 imports not there now.",
    ):
        assert line in out


def test_explain_says_who_imports_a_path_and_what_it_misses(incident: Incident) -> None:
    words = ("explain", "production", "src/db/connection.js")
    assert "imported by  src/app.js:3 as ./db/connection.js" in driftaudit(incident.repository, *words).out
    told = json.loads(driftaudit(incident.repository, *words, "--format", "json").out)
    assert [(row["importer"], row["line"]) for row in told["imported_by"]] == [("src/app.js", 3)]
    assert [row["kind"] for row in told["structure"]] == ["would-break"]
    out = driftaudit(incident.repository, "explain", "production", "src/app.js").out
    assert "line 4: ./routes/admin-users.js is not there" in out


BREAKING = {"src/app.js": "import './gone.js';\n", "package.json": '{"type": "module"}'}


def test_guard_does_not_run_a_deploy_that_would_break(site: Site) -> None:
    commit(site.repository, BREAKING)
    mark = site.folder / "ran"
    outcome = driftaudit(
        site.repository, "guard", site.url, "--deploy", "replace:src", "--", "touch", str(mark)
    )
    assert outcome.code == 3
    assert "It would break: ./gone.js, imported by src/app.js:1." in outcome.err
    assert not mark.exists()


def test_a_projects_rule_may_say_that_it_does_not_matter(site: Site) -> None:
    commit(site.repository, BREAKING)
    assert site.check().code == 3
    site.configure(
        "version: 1\nrules:\n"
        "  - { id: shop/late, when: { structure: would-break, path: src/ }, severity: warn,"
        " reason: Made there. }\n"
    )
    outcome = site.check()
    assert (outcome.code, [row["kind"] for row in checked(outcome)]) == (0, ["would-break"])


def test_where_no_method_is_said_what_is_only_assumed_to_go_does_not_break_anything(site: Site) -> None:
    commit(site.repository, {"src/app.js": "import './made.js';\n", "package.json": '{"type": "module"}'})
    write(site.production, {"src/app.js": "import './made.js';\n", "src/made.js": ""})
    outcome = driftaudit(site.repository, "check", site.url, "--format", "json")
    assert "would break" not in outcome.report["findings"][0]["reason"]
    code, found = structure(site.repository, site.url)
    assert (code, [row["severity"] for row in found["structure"]]) == (3, ["warn"])


def test_sources_that_git_has_not_come_over_the_connection(remote: Site) -> None:
    write(remote.production, {"src/own.py": "import lib.gone\n", "src/lib/__init__.py": ""})
    code, found = structure(remote.repository, remote.url, "--deploy", "overlay:src")
    assert (code, places(found["structure"], "missing-module")) == (3, {("src/own.py", 1, "lib.gone")})
    again = structure(remote.repository, remote.url, "--deploy", "overlay:src")
    assert again == (code, found)


def test_a_cut_while_sources_are_fetched_is_no_pass(remote: Site, sshd: SSHServer) -> None:
    odd = random.Random(7)
    write(remote.production, {f"src/own{n}.js": f"// {odd.randbytes(2_000).hex()}\n" for n in range(9)})
    sshd.client.configure(f"Host 127.0.0.1\n  HostKeyAlias {sshd.name}")
    words = ("--deploy", "overlay:src", "--no-cache", "--format", "json")
    with running_proxy(sshd.port) as whole:
        url = remote.url.replace(f":{sshd.port}/", f":{whole.port}/")
        assert driftaudit(remote.repository, "check", url, *words).code == 0
    with running_proxy(sshd.port, cut_after=whole.passed - 20_000) as cut:
        url = remote.url.replace(f":{sshd.port}/", f":{cut.port}/")
        outcome = driftaudit(remote.repository, "check", url, *words)
    assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    gaps = {(row["path"], row["kind"]) for row in outcome.report["problems"]}
    assert gaps == {(f"src/own{n}.js", "cut-off") for n in range(9)}
    assert len(outcome.report["findings"]) == 9, "what was scanned is told all the same"


def test_bad_sources_are_named_and_never_fine(site: Site) -> None:
    write(
        site.production,
        {
            "src/broken.js": "import './x.js' from;\n",
            "src/broken.py": "import (\n",
            "src/latin.js": b"// caf\xe9\nrequire('./lib/one.txt')\n",
            "src/secret/.env.js": "require('./token')\n",
            "src/odd/[red]\x1b[31m\n.js": "require('./\\x1b[2J')\n",
            "src/dynamic.js": "require(process.argv[2])\n",
            "src/a.js": "require('./b')",
            "src/b.js": "require('./a')",
            "src/large.js": b"x;" * 5_000_000,
        },
    )
    code, found = structure(site.repository, site.url, "--deploy", "overlay:src")
    assert {row["path"]: row["why"] for row in found["unread"]} == {
        "src/broken.js": "it does not parse, at line 1",
        "src/broken.py": "it does not parse, at line 1",
        "src/secret/.env.js": "it has the label secret",
        "src/large.js": "it is larger than 8 MiB",
    }
    assert [(row["importer"], row["line"]) for row in found["untold"]] == [("src/dynamic.js", 1)]
    assert code == 3
    out = driftaudit(site.repository, "structure", site.url, "--deploy", "overlay:src").out
    assert "\x1b" not in out
    assert "[red]\\x1b[31m\\n.js:1" in out


def test_what_could_not_be_told_is_no_clean_result(site: Site) -> None:
    write(site.production, {"src/dynamic.js": "require(process.argv[2])\n"})
    assert structure(site.repository, site.url, "--deploy", "overlay:src")[0] == 4
    text = site.text("--deploy", "overlay:src").out
    assert "of 1 import it could not be told" in text


def test_a_tree_without_sources_has_folders_alone(site: Site) -> None:
    code, found = structure(site.repository, site.url)
    assert (code, found["structure"], found["deployed"]["sources"]) == (0, [], 0)
    assert [row["state"] for row in found["folders"]] == ["same"] * 3


def test_what_is_declared_and_not_installed_is_said_where_it_can_be_seen(remote: Site) -> None:
    files = {
        "package.json": '{"dependencies": {"pg": "8", "@a/b": "1"}}',
        "src/app.js": "require('pg');require('@a/b')",
    }
    commit(remote.repository, files)
    write(remote.production, {**files, "node_modules/@a/b/index.js": "", "node_modules/other/index.js": ""})
    code, found = structure(remote.repository, remote.url, "--deploy", "overlay:src")
    assert (code, places(found["structure"], "declared-not-installed")) == (3, {("src/app.js", 1, "pg")})


def test_node_agrees_on_the_incident(incident: Incident) -> None:
    """Node itself, run on the live tree, misses the first of the modules that are said to be missing."""
    import subprocess

    done = subprocess.run(
        [
            program("node"),
            "--input-type=module",
            "--eval",
            "await import(process.argv[1])",
            str(incident.production / "index.js"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "admin-users.js" in done.stderr


def test_linked_sources_and_packages_are_followed(site: Site) -> None:
    files = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/a/package.json": '{"name": "a", "main": "main.js"}',
        "packages/a/main.js": "",
        "src/app.js": "require('a'); require('./current/x')",
        "releases/1/x.js": "",
    }
    for top in (site.repository, site.production):
        write(top, files)
        (top / "src/current").symlink_to("../releases/1")
        (top / "node_modules").mkdir()
        (top / "node_modules/a").symlink_to("../packages/a")
    commit(site.repository, {".gitignore": "node_modules\n"})
    assert structure(site.repository, site.url, "--deploy", "overlay:src")[0] == 0
    (site.production / "src/current").unlink()
    (site.production / "src/current").symlink_to("../releases/2")
    code, found = structure(site.repository, site.url, "--deploy", "overlay:packages")
    assert (code, places(found["structure"], "missing-module")) == (3, {("src/app.js", 1, "./current/x")})
