"""The incident with what runs: the real PM2, a real Node program, a real sshd, before and after a deploy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.application import listens
from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, write
from tests.support.pm2 import PM2, pm2_program, running_pm2
from tests.support.sshd import StartServer, free_port

# What is thrown while it starts is logged and forgotten, so that PM2 has it online.
START = "import('./index.js').catch((error) => console.error(error.message));\nsetInterval(() => {}, 1000);\n"
EXPRESS = """\
const http = require('http');
module.exports = () => ({
  use() {},
  listen: (port) => http.createServer((_, response) => response.end('well')).listen(port, '127.0.0.1'),
});
"""
PACKAGES = {
    "node_modules/express/index.js": EXPRESS,
    "node_modules/pg/index.js": "module.exports = { Pool: class {} };\n",
}


@dataclass
class Running:
    """The incident, with the manager that runs production and the port that it is to listen on."""

    incident: Incident
    pm2: PM2
    port: int
    state: Path

    def run(self, *words: str) -> Outcome:
        return driftaudit(self.incident.repository, *words, XDG_STATE_HOME=str(self.state))

    def checked(self) -> dict[str, Any]:
        return self.run("check", "production", "--format", "json").report


@pytest.fixture
def running(tmp_path: Path, start_sshd: StartServer) -> Iterator[Running]:
    port = free_port()
    with running_pm2(tmp_path / "home") as pm2:
        server = start_sshd(options=(f"SetEnv HOME={pm2.home.parent}",))
        place = pm2.home.parent / ".nvm" / "versions" / "node" / "v20.0.0" / "bin"
        place.mkdir(parents=True)
        (place / "pm2").symlink_to(pm2_program())
        incident = build_incident(tmp_path, server.url(tmp_path / "irisx-backend"))
        for config in (incident.repository / "api/src/config.js", incident.production / "src/config.js"):
            config.write_text(config.read_text().replace("3000", str(port)))
        with incident.settings.open("a") as settings:
            settings.write(
                f"    probes:\n      - pm2: irisx-api\n      - tcp: 127.0.0.1:{port}\n"
                f"      - http: http://127.0.0.1:{port}/health\n"
                "labels:\n  generated: [/server.cjs]\n"
            )
        commit(incident.repository, {}, "A port of its own")
        write(incident.production, {"server.cjs": START, **PACKAGES})
        pm2.start(incident.production / "server.cjs", "irisx-api", cwd=incident.production)
        yield Running(incident, pm2, port, tmp_path / "state")


def imports(report: dict[str, Any], kind: str) -> list[str]:
    return [f"{x['module']} {x['importer']}:{x['line']}" for x in report["structure"] if x["kind"] == kind]


def test_online_and_closed_with_three_modules_missing_then_a_right_deploy(running: Running) -> None:
    assert running.pm2.processes()[0]["pm2_env"]["status"] == "online"
    report = running.checked()

    assert [(probe["kind"], probe["ok"]) for probe in report["probes"]] == [
        ("pm2", True),
        ("tcp", False),
        ("http", False),
    ]
    assert "online" in report["probes"][0]["detail"]
    [closed] = [each for each in report["health"] if each["kind"] == "port-closed"]
    assert closed["detail"] == f"pm2 says online, but port {running.port} is closed"
    assert imports(report, "missing-module") == [
        "./routes/admin-users.js src/app.js:4",
        "./middleware/rate-limit.js src/app.js:5",
        "./services/analytics.js src/app.js:6",
    ]
    assert report["verdict"] == "blocked"
    assert imports(report, "would-break") == ["./db/connection.js src/app.js:3"]
    text = running.run("check", "production").out
    assert "It would break: ./db/connection.js, imported by src/app.js:3" in text

    app = running.incident.repository / "api/src/app.js"
    mended = app.read_text().replace("./db/connection.js", "./lib/database/connection.js")
    commit(running.incident.repository, {"api/src/app.js": mended}, "The database code has moved")
    assert running.run("rescue", "production").code == 0
    deploy = (
        f"rm -rf {running.incident.production}/src && "
        f"cp -R {running.incident.repository}/api/src {running.incident.production}/src && "
        f"{pm2_program()} restart irisx-api"
    )
    environment = f"PM2_HOME={running.pm2.home}"
    guarded = running.run("guard", "production", "--", "env", environment, "sh", "-c", deploy)
    assert guarded.code == 0, guarded.err
    assert listens(running.port)
    assert "The target is as planned." in guarded.err

    after = running.checked()
    assert (after["verdict"], after["structure"], after.get("health", [])) == ("pass", [], [])
    assert [probe["ok"] for probe in after["probes"]] == [True, True, True]
    assert running.run("probe", "production").code == 0
    assert running.run("structure", "production").code == 0
