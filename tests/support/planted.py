"""A site with secrets planted in both of its trees, in its configuration and in its deploy script."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.git import commit, new_repository, write

SIDES = ("old", "new", "live")


@dataclass
class Secrets:
    """Each secret by the place that it was planted in, unlike any other text."""

    planted: dict[str, str] = field(default_factory=dict)

    def new(self, place: str) -> str:
        """Return a secret that is to be found nowhere but at its place."""
        secret = f"zq{hashlib.sha256(place.encode()).hexdigest()[:22]}Xv"
        self.planted[place] = secret
        return secret

    def digest(self, place: str, content: str) -> str:
        """Plant a content of which the digest is a secret too, since it could be guessed."""
        blob = b"blob %d\0" % len(content.encode()) + content.encode()
        self.planted[f"digest of {place}"] = hashlib.sha1(blob).hexdigest()[:12]
        return content

    def found_in(self, text: str) -> list[str]:
        """Return the places whose secrets are in a text, also as base64 or as JSON has it."""
        return sorted(
            place
            for place, secret in self.planted.items()
            if secret in text or _as_base64(secret) in text or secret[::-1] in text
        )


def _as_base64(secret: str) -> str:
    """Return what of the base64 of a secret does not depend on what stands around it: its middle."""
    return base64.b64encode(secret.encode()).decode()[:20]


def contents(secrets: Secrets, side: str) -> Iterator[tuple[str, str]]:
    """Yield the files of one side, each with a secret of that side."""

    def new(place: str) -> str:
        return secrets.new(f"{place}, {side}")

    labelled = {".env": f"DATABASE_URL={new('.env')}\n", "src/keys/server.pem": f"{new('pem')}\n"}
    for path, content in labelled.items():
        yield path, secrets.digest(f"{path}, {side}", content)
    number = SIDES.index(side)
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", new("private key"), "-----END PRIVATE KEY-----"])
    yield "src/notes.txt", f"{key}\nside {number}\n"
    yield "src/config.json", json.dumps({"port": number, "db": {"password": new("json")}}, indent=2)
    yield "src/config.yml", f"port: {number}\nauth:\n  api_key: {new('yaml')}\n"
    yield "src/app.toml", f'port = {number}\n[auth]\nclient_secret = "{new("toml")}"\n'
    yield "src/legacy.ini", f"[db]\nport = {number}\npassword = {new('ini')}\n"
    yield "src/staging.conf", f"export API_TOKEN={new('shell')}\nPORT={number}\n"
    yield "src/db.js", f"connect('postgres://bob:{new('url')}@db.internal/{number}');\n"
    yield "src/only.txt" if side == "live" else "src/code.js", f"const apiKey = '{new('code')}';\n"


@dataclass(frozen=True)
class PlantedSite:
    """Where the planted repository and the planted production are, and all that was planted."""

    repository: Path
    production: Path
    secrets: Secrets


def plant(folder: Path) -> PlantedSite:
    """Make a repository and a production folder that was edited by hand, with secrets all over both."""
    secrets = Secrets()
    repository = new_repository(folder / "repository")
    commit(repository, dict(contents(secrets, "old")) | {"src/same.txt": "same\n"})
    commit(repository, dict(contents(secrets, "new")))
    production = folder / "production"
    write(production, dict(contents(secrets, "live")) | {"src/same.txt": "same\n"})
    (production / "src" / "link.pem").symlink_to(secrets.new("target of a secret link"))
    script = secrets.new("deploy script")
    write(
        repository,
        {
            "driftaudit.yml": _settings(production, secrets),
            "deploy.sh": f"cd {production}\nAPI_TOKEN={script} rm -rf src\ntrue --token={script}\n",
        },
    )
    return PlantedSite(repository, production, secrets)


def _settings(production: Path, secrets: Secrets) -> str:
    return f"""\
version: 1
targets:
  production:
    url: {production}
    deploy:
      method: replace
      paths: [src]
    probes:
      - http: http://127.0.0.1:9/health?token={secrets.new("query")}
  scripted:
    url: {production}
    deploy:
      method: script
      script: deploy.sh
"""
