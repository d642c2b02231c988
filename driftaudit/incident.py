"""The incident that this product comes from, made anew: a repository with a history, and a production folder.

The repository holds the API under `api/`; production runs an older state of it, edited by hand.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import UsageError

_AUTHOR = {
    "GIT_AUTHOR_NAME": "Ana Ruiz",
    "GIT_AUTHOR_EMAIL": "ana@example.net",
    "GIT_COMMITTER_NAME": "Ana Ruiz",
    "GIT_COMMITTER_EMAIL": "ana@example.net",
    # Neither the settings nor the hooks of whoever runs it.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

# What it imports in the lines 4 to 6 was not added to git for months, and never came to production.
_APP = """\
import express from 'express';
import { config } from './config.js';
import { connect } from './db/connection.js';
import { adminUsers } from './routes/admin-users.js';
import { rateLimit } from './middleware/rate-limit.js';
import { analytics } from './services/analytics.js';

const app = express();
app.use(rateLimit(100), analytics());
app.use('/admin/users', adminUsers);
await connect(config.database);
app.listen(config.port);
"""
# The database code has moved away, and nobody told this file.
_APP_NOW = _APP.replace("rateLimit(100)", "rateLimit(config.limit)")
_CONFIG = """\
export const config = {
  port: 3000,
  database: { host: 'db.internal', pool: 10 },
};
"""
_CONNECTION = """\
import pg from 'pg';

export async function connect(options) {
  return new pg.Pool(options);
}
"""
_REDIS = """\
import { createClient } from 'redis';

export const redis = createClient({ url: 'redis://127.0.0.1:6379' });
"""
_PACKAGE = """\
{
  "name": "irisx-api",
  "type": "module",
  "dependencies": { "express": "^4.19.0", "pg": "^8.11.0", "redis": "^4.6.0" }
}
"""
_ROUTES = "export const calls = (request, response) => response.json([]);\n"

_FIRST = {
    "api/index.js": "import './src/app.js';\n",
    "api/package.json": _PACKAGE,
    "api/src/app.js": _APP,
    "api/src/config.js": _CONFIG,
    "api/src/db/connection.js": _CONNECTION,
    "api/src/db/redis.js": _REDIS,
    "api/src/routes/calls.js": _ROUTES,
    ".gitignore": "node_modules/\n.env\nlogs/\n",
}
_SECOND = {"api/src/routes/numbers.js": "export const numbers = (request, response) => response.json([]);\n"}
_THIRD = {
    "api/src/db/connection.js": None,
    "api/src/db/redis.js": None,
    "api/src/lib/database/connection.js": _CONNECTION.replace(
        "pg.Pool(options)", "pg.Pool({ ...options, max: 20 })"
    ),
    "api/src/lib/database/redis.js": _REDIS,
}
_FOURTH = {
    "api/src/app.js": _APP_NOW,
    "api/src/config.js": _CONFIG.replace("  port: 3000,", "  port: 3000,\n  limit: 100,"),
    "api/src/routes/admin-users.js": "export const adminUsers = (request, response) => response.json([]);\n",
    "api/src/middleware/rate-limit.js": (
        "export const rateLimit = (limit) => (request, response, next) => next();\n"
    ),
    "api/src/services/analytics.js": "export const analytics = () => (request, response, next) => next();\n",
}

_DEPLOYED = 1752566400  # 15 July 2025
_EDITED = 1760263200  # 12 October 2025

# What was done on the server and in no commit.
_BY_HAND = {
    "src/services/freeswitch.js": (
        "import { Connection } from 'modesl';\n\n"
        "// Bridges calls to the voice server. Written on the server in August; in no repository.\n"
        "export const dial = (number) => new Connection('127.0.0.1', 8021).api('originate', number);\n"
    ),
    "src/db/connection.js": _CONNECTION.replace(
        "pg.Pool(options)", "pg.Pool({ ...options, statement_timeout: 5000 })"
    ),
    "src/config.js": _CONFIG.replace("pool: 10", "pool: 40"),
    ".env": "DATABASE_PASSWORD=example-only\n",
    "logs/irisx-api-out.log": "2025-11-03T18:29:58Z listening on 3000\n",
    "node_modules/express/index.js": "module.exports = require('./lib/express');\n",
    "node_modules/express/package.json": '{ "name": "express", "version": "4.19.2" }\n',
    "node_modules/modesl/index.js": "module.exports = {};\n",
    "node_modules/pg/index.js": "module.exports = {};\n",
    "node_modules/redis/index.js": "module.exports = {};\n",
}

_SETTINGS = """\
# driftaudit.yml: what is deployed where, and how.
version: 1
targets:
  production:
    url: {url}
    desired:
      revision: HEAD
      map:                        # repository path: path under the root
        api/src: src
        api/index.js: index.js
        api/package.json: package.json
    deploy:
      method: replace             # rm -rf src && tar xzf api-src-full.tar.gz
      paths: [src]
    packs: [node, pm2]
"""


@dataclass(frozen=True, slots=True)
class Incident:
    """The two trees of the incident, and the configuration that ties them together."""

    repository: Path
    production: Path
    settings: Path


def build_incident(folder: Path, url: str | None = None) -> Incident:
    """Make the repository and the production folder below `folder`, which must be there.

    `url` is what the configuration calls production, its path if left out. The commits are the same each
    time. Raises UsageError where git is missing.
    """
    repository, production = folder / "irisx", folder / "irisx-backend"
    repository.mkdir()
    _git(repository, "init", "--quiet", "--initial-branch=main")
    _commit(repository, _FIRST, "API with calls and a database", "2025-06-02T09:00:00Z")
    _commit(repository, _SECOND, "Add the numbers route", "2025-07-14T09:00:00Z")
    shutil.copytree(repository / "api", production)
    _commit(repository, _THIRD, "Move the database code to lib/database", "2025-09-22T09:00:00Z")
    _commit(repository, _FOURTH, "Add admin users, rate limit and analytics", "2025-10-27T09:00:00Z")
    for path in production.rglob("*"):
        os.utime(path, (_DEPLOYED, _DEPLOYED))
    _write(production, _BY_HAND)
    for name in _BY_HAND:
        os.utime(production / name, (_EDITED, _EDITED))
    settings = repository / "driftaudit.yml"
    settings.write_text(_SETTINGS.format(url=_yaml_text(url or str(production))), encoding="utf-8")
    _commit(repository, {}, "Describe production for driftaudit", "2025-11-03T18:00:00Z")
    return Incident(repository, production, settings)


def _yaml_text(text: str) -> str:
    """Return a text as YAML has it, with quotes only where it needs them."""
    plain = (
        text.isprintable() and not set(text) & set("#\"'{}[]") and ": " not in text and text.strip() == text
    )
    return text if plain else json.dumps(text)


def _write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()  # git keeps no empty folders
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _commit(repository: Path, files: Mapping[str, str | None], message: str, date: str) -> None:
    _write(repository, files)
    _git(repository, "add", "--all")
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    _git(repository, "commit", "--quiet", "--message", message, **dates)


def _git(repository: Path, *arguments: str, **environment: str) -> None:
    try:
        subprocess.run(  # noqa: S603 - arguments are ours
            ["git", *arguments],  # noqa: S607 - git is found on the PATH, as everywhere
            cwd=repository,
            env={**os.environ, **_AUTHOR, **environment},
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except FileNotFoundError as error:
        raise UsageError("git was not found on this machine", "Install git.") from error
