"""A Node program that PM2 runs from a folder, the repository that it comes from, and what is asked of it."""

import json
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, new_repository
from tests.support.pm2 import PM2, pm2_program
from tests.support.schemas import conform
from tests.support.sshd import SSHServer, free_port

# As the one of the incident: what is thrown while it starts is logged and forgotten, so PM2 has it online.
INDEX = """
process.on('uncaughtException', (error) => console.error(error.message));
setInterval(() => {}, 1000);
require('./routes/admin-users.js');
const server = require('http').createServer((request, response) => response.end('all is well'));
server.listen(Number(process.env.PORT), '127.0.0.1');
"""
ROUTE = "module.exports = {};\n"
FILES = {"src/index.js": INDEX, "src/routes/admin-users.js": ROUTE}


PLANTED = "postgres://app:Zq9xSECRETv7@db/app"
"""What the application's environment holds, which PM2 tells of, and no output may."""


@dataclass
class Application:
    """`production` holds what `repository` has, until a test changes it. PM2 runs its `index.js`."""

    folder: Path
    pm2: PM2
    port: int = field(default_factory=free_port)
    url: str = ""
    repository: Path = field(init=False)
    production: Path = field(init=False)

    def __post_init__(self) -> None:
        self.repository = new_repository(self.folder / "repository")
        commit(self.repository, FILES)
        self.production = self.folder / "production"
        shutil.copytree(self.repository / "src", self.production / "src")
        self.url = self.url or str(self.production)
        place = self.pm2.home.parent / ".nvm" / "versions" / "node" / "v20.0.0" / "bin"
        place.mkdir(parents=True)  # where a PATH that is not a login's does not lead
        (place / "pm2").symlink_to(pm2_program())
        self.configure(*self.usual)

    @property
    def usual(self) -> tuple[str, ...]:
        place = f"127.0.0.1:{self.port}"
        return "pm2: irisx-api", f"tcp: '{place}'", f"http: 'http://{place}/health'"

    def configure(self, *probes: str, more: str = "") -> None:
        """Write driftaudit.yml with these probes, each an inner part of a mapping."""
        rows = "".join(f"      - {{{probe}}}\n" for probe in probes)
        (self.repository / "driftaudit.yml").write_text(
            f"version: 1\ntargets:\n  production:\n    url: '{self.url}'\n"
            f"    deploy: {{method: replace, paths: [src]}}\n{more}    probes:\n{rows}"
        )

    def start(self, *words: str, script: str = "src/index.js", cwd: Path | None = None) -> None:
        place = cwd or self.production
        self.pm2.start(
            self.production / script,
            "irisx-api",
            *words,
            cwd=place,
            PORT=str(self.port),
            DATABASE_URL=PLANTED,
        )

    def run(self, *words: str, powerless: bool = False, **variables: str) -> Outcome:
        """Run driftaudit beside the configuration; `powerless`: with nobody's rights."""
        home = {} if self.url.startswith("ssh:") else {"HOME": str(self.pm2.home.parent)}
        state = {"XDG_STATE_HOME": str(self.folder / "state"), **home}
        return driftaudit(self.repository, *words, powerless=powerless, **state, **variables)

    def probe(self, *, powerless: bool = False, **variables: str) -> tuple[int, dict[str, Any]]:
        """Return the exit code of `probe`, and its report, which fits its schema."""
        outcome = self.run("probe", "production", "--format", "json", powerless=powerless, **variables)
        assert outcome.out, outcome.err
        report: dict[str, Any] = json.loads(outcome.out)
        conform(report, "probe")
        assert report["exit_code"] == outcome.code
        return outcome.code, report


def kinds(report: dict[str, Any]) -> list[str]:
    """Return what is wrong by its kind, in order."""
    return [found["kind"] for found in report["health"]]


def found(report: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the finding of a kind."""
    value: dict[str, Any] = next(each for each in report["health"] if each["kind"] == kind)
    return value


def over_ssh(application: Application, server: SSHServer) -> None:
    """Let the target be reached over SSH; the server's HOME says whose PM2 is asked."""
    application.url = server.url(application.production)
    application.configure(*application.usual)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
