"""Thirty nights of edits, commits, deploys, waivers and bad nights, against a model of the world."""

import random
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from driftaudit.cli.options import Options
from driftaudit.cli.target import Workplace, begun_audit
from driftaudit.errors import DriftauditError
from driftaudit.history.comparing import compared_since
from driftaudit.history.store import History, opened
from driftaudit.model.audit import Audit
from driftaudit.model.history import Keep
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.model.tracking import Tracked, Tracking
from driftaudit.nightly.composer import Failed, failures_stored, observed
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, Source, no_progress
from tests.support.git import commit, git, new_repository

NIGHTS = 30
FIRST = datetime(2025, 11, 1, 3, 0, tzinfo=UTC)
PATHS = [f"{folder}/{name}.txt" for folder in ("src", "lib", "etc") for name in "abc"]
CONTENTS = ["one\n", "two\n", "three\n", "four\n"]
FOLDERS = ["src/", "lib/", "etc/", "app/"]
APPLICATION = {"app/main.js": "require('./db.js')\n", "app/db.js": "module.exports = 1\n"}
CLOSED, MISSING = "not-healthy", "missing-module"  # what can be wrong beside the paths


@dataclass
class Known:
    """A finding as the model has it: since when it is there, and how often it was seen."""

    content: str | None
    first_seen: datetime
    last_seen: datetime
    runs: int = 1
    is_waived: bool = False


@dataclass
class World:
    """What is desired, what is live, and what is waived; `known` is what the audits must have found."""

    desired: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    waived: dict[tuple[str, str], datetime] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    listens: bool = True
    wrong: dict[str, Known] = field(default_factory=dict)

    def signs(self, now: datetime, hidden: str) -> dict[tuple[str, str], tuple[datetime, datetime, int]]:
        """Return what an audit must say of the application and its import, in the same way."""
        told = {}
        states = {CLOSED: not self.listens, MISSING: "app/db.js" not in self.live}
        for kind, is_wrong in states.items():
            known = self.wrong.get(kind)
            if kind == MISSING and hidden == "app/":
                standing = "persisting"
            elif is_wrong:
                standing = "persisting" if known else "new"
                known = self.wrong.setdefault(kind, Known(None, now, now, 0))
                known.last_seen, known.runs = now, known.runs + 1
            else:
                self.wrong.pop(kind, None)
                standing = "resolved"
            if known:
                told[kind, standing] = (known.first_seen, known.last_seen, known.runs)
        return told

    def differing(self) -> dict[str, str | None]:
        """Return what is live at each path that is not as desired, None where nothing is."""
        paths = self.desired.keys() | self.live.keys()
        return {path: self.live.get(path) for path in paths if self.live.get(path) != self.desired.get(path)}

    def seen(self, now: datetime, hidden: str) -> dict[tuple[str, str], tuple[datetime, datetime, int]]:
        """Return what an audit must say of each path: how it stands, since when, last when, how often."""
        told = {}
        for path, content in self.differing().items():
            if path.startswith(hidden):
                continue
            before = self.known.get(path)
            is_waived = content is not None and self.waived.get((path, content), now) > now
            if before is None or before.content != content:
                if before:
                    told[path, "resolved"] = (before.first_seen, before.last_seen, before.runs)
                self.known[path] = Known(content, now, now, is_waived=is_waived)
                told[path, "waived" if is_waived else "new"] = (now, now, 1)
                continue
            standing = "waived" if is_waived else "new" if before.is_waived else "persisting"
            before.last_seen, before.runs, before.is_waived = now, before.runs + 1, is_waived
            told[path, standing] = (before.first_seen, now, before.runs)
        return told | self._rest(told, hidden)

    def _rest(
        self, told: dict[tuple[str, str], tuple[datetime, datetime, int]], hidden: str
    ) -> dict[tuple[str, str], tuple[datetime, datetime, int]]:
        """Return what was known and is not found: resolved where the audit could look, else as it was."""
        found, rest = {path for path, _standing in told}, {}
        for path in self.known.keys() - found:
            known = self.known[path]
            is_hidden = path.startswith(hidden)
            standing = ("waived" if known.is_waived else "persisting") if is_hidden else "resolved"
            rest[path, standing] = (known.first_seen, known.last_seen, known.runs)
            if not is_hidden:
                del self.known[path]
        return rest


NOWHERE = "?"  # no path begins with it


@dataclass(frozen=True)
class Hiding:
    """A source that may not look into one folder, as a login without the right to does not."""

    source: Source
    folder: str

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        seen = self.source.snapshot(request, progress)
        entries = tuple(each for each in seen.entries if not each.path.startswith(f"{self.folder}/"))
        problem = Problem(self.folder, ProblemKind.UNREADABLE, "Permission denied")
        return replace(seen, entries=entries, problems=(*seen.problems, problem))

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        return self.source.fetch(request, progress)


class Clock(datetime):
    """Says what time it is in the simulated night."""

    moment: ClassVar[datetime]

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.moment.astimezone(tz)


@dataclass
class Simulation:
    """The world in files: a repository, and a folder that is live."""

    folder: Path
    chance: random.Random
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.repository, self.production = self.folder / "repository", self.folder / "production"
        new_repository(self.repository)
        self.world.desired = dict.fromkeys(PATHS[:-2], CONTENTS[0]) | APPLICATION
        self.port = socket.create_server(("127.0.0.1", 0))
        number = self.port.getsockname()[1]
        self.world.live = dict(self.world.desired)
        self._commit()
        self._write_live()
        (self.repository / "driftaudit.yml").write_text(
            f"version: 1\ntargets:\n  production:\n    url: {self.production}\n"
            "    deploy: {method: replace, paths: [src]}\n    desired: {revision: HEAD, map: {tree: .}}\n"
            f"    probes: [{{tcp: '127.0.0.1:{number}'}}]\n"
        )

    def happen(self, now: datetime) -> None:
        """Let a day go by: some edits, perhaps a commit, a deploy, a waiver."""
        world, chance = self.world, self.chance
        for _edit in range(chance.randrange(4)):
            path = chance.choice(PATHS)
            if chance.random() < 0.3 and len(world.live) > 3:
                world.live.pop(path, None)
            else:
                world.live[path] = chance.choice(CONTENTS)
        if chance.random() < 0.3:
            path = chance.choice(PATHS)
            world.desired[path] = chance.choice(CONTENTS)
            self._commit()
        if chance.random() < 0.15:
            folder = chance.choice(["src/", "lib/", "etc/"])
            kept = {path: text for path, text in world.live.items() if not path.startswith(folder)}
            world.live = kept | {p: t for p, t in world.desired.items() if p.startswith(folder)}
        differing = [(path, text) for path, text in world.differing().items() if text is not None]
        if differing and chance.random() < 0.4:
            days = chance.randrange(1, 6)
            end = now.replace(hour=0) + timedelta(days=days)  # it holds to the end of the last day
            world.waived[chance.choice(sorted(differing))] = end
        if chance.random() < 0.2:
            self._toggle_port()
        if chance.random() < 0.3 and world.live.pop("app/db.js", None) is None:
            world.live["app/db.js"] = APPLICATION["app/db.js"]
        self._write_live()
        self._write_waivers()

    def _toggle_port(self) -> None:
        """Let the application end, or start it again at the same port."""
        address = self.port.getsockname()
        if self.world.listens:
            self.port.close()
            self.port = socket.socket()
            self.port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.port.bind(address)  # bound, so that nobody else takes it, and nobody is let in
        else:
            self.port.listen()
        self.world.listens = not self.world.listens

    def _commit(self) -> None:
        shutil.rmtree(self.repository / "tree", ignore_errors=True)
        commit(self.repository, {f"tree/{path}": text for path, text in self.world.desired.items()})

    def _write_live(self) -> None:
        shutil.rmtree(self.production, ignore_errors=True)
        for path, text in self.world.live.items():
            file = self.production / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def _write_waivers(self) -> None:
        rows = [
            {
                "path": path,
                "digest": git(self.repository, "hash-object", "--stdin", stdin=text.encode()),
                "reason": "known",
                "owner": "A",
                "expires": (end - timedelta(days=1)).date(),
                "permits": "destroy",
            }
            for (path, text), end in sorted(self.world.waived.items())
        ]
        document = {"version": 1, "waivers": rows}
        (self.repository / "driftaudit-waivers.yml").write_text(yaml.safe_dump(document))


def audited(simulation: Simulation, history: History, hidden: str) -> Audit | None:
    """Make a report as the command does, None where the target cannot be reached."""

    @contextmanager
    def again() -> Iterator[History]:
        yield history

    told: list[Failed] = []
    workplace = Workplace(Options(no_cache=True), simulation.repository)
    try:
        with (
            failures_stored("production", "", again, Keep(), told.append),
            begun_audit(workplace, "production", Options(no_cache=True, probes=True)) as begun,
        ):
            hiding = Hiding(begun.deployed, hidden.rstrip("/"))
            request = begun if hidden == NOWHERE else replace(begun, deployed=hiding)
            night = observed(request, again, Keep())
            assert night.unstored is None
            return night.audit
    except DriftauditError:
        assert told[0].run and told[0].run.is_failed
        return None


def wrong(tracking: Tracking) -> dict[tuple[str, str], tuple[datetime, datetime, int]]:
    return {
        (str(each.finding.kind), each.standing.value): (each.first_seen, each.last_seen, each.runs)
        for each in tracking.signs
        if each.finding.kind in (CLOSED, MISSING)
    }


def said(tracked: tuple[Tracked, ...]) -> dict[tuple[str, str], tuple[datetime, datetime, int]]:
    return {
        (each.path, each.standing.value): (each.first_seen, each.last_seen, each.runs) for each in tracked
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_finding_has_its_right_standing_and_age(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("driftaudit.audit.datetime", Clock)
    monkeypatch.setattr("driftaudit.nightly.composer.datetime", Clock)
    simulation = Simulation(tmp_path, random.Random(seed))
    world, kinds, first_known = simulation.world, {"whole": 0, "hidden": 0, "failed": 0}, {}
    standings: set[str] = set()
    with opened(str(tmp_path / "history.db"), "irisx") as history:
        for night in range(1, NIGHTS + 1):
            Clock.moment = now = FIRST + timedelta(days=night - 1)
            simulation.happen(now)
            kind = simulation.chance.choices(["whole", "hidden", "failed"], [7, 2, 1])[0]
            hidden = simulation.chance.choice(FOLDERS) if kind == "hidden" else NOWHERE
            if hidden != NOWHERE and not any(path.startswith(hidden) for path in world.live):
                kind, hidden = "whole", NOWHERE
            if kind == "failed":
                simulation.production.rename(tmp_path / "away")
            kinds[kind] += 1
            audit = audited(simulation, history, hidden)
            if audit is None:
                (tmp_path / "away").rename(simulation.production)
                continue
            assert audit.tracking and audit.tracking.run == night
            assert said(audit.tracking.tracked) == world.seen(now, hidden), (night, kind, hidden)
            signs = world.signs(now, hidden)
            assert wrong(audit.tracking) == signs, (night, kind, hidden)
            standings |= {standing for _kind, standing in signs}
            first_known[night] = {path: known.content for path, known in world.known.items()}
        runs = history.runs("production")
        assert [run.figures.number for run in runs] == list(range(1, NIGHTS + 1))
        assert sum(run.is_failed for run in runs) == kinds["failed"]
        _assert_compared(history, first_known)
    simulation.port.close()
    assert all(kinds.values()), "each kind of night was tried"
    assert standings == {"new", "persisting", "resolved"}, "and each kind of sign"


def _assert_compared(history: History, known: dict[int, dict[str, str | None]]) -> None:
    """Look at what is said of the last run since each earlier one: what was there then is not new."""
    last = max(known)
    audit = history.audit("production", last)
    for night in sorted(known)[:-1]:
        compared = compared_since(history, audit, str(night)).tracking
        assert compared
        new = {each.path for each in compared.tracked if each.standing.value == "new"}
        came = {path for path in known[last] if path not in known[night]}
        assert came <= new | {each.path for each in compared.tracked if each.standing.value == "waived"}
