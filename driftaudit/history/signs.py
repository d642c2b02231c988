"""Signs that something is wrong with the running application or with an import, from run to run. Pure.

A sign is known again by what is wrong and where, not by the sentence that says so. What a run could not ask
or look at stays open.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftaudit.history.following import Ending, Moment
from driftaudit.history.sightings import Evidence
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, HealthKind
from driftaudit.model.structure import StructureFinding
from driftaudit.model.tracking import Standing, TrackedSign

COUNTED = (Severity.BLOCK, Severity.WARN)  # the rest are notes

SignFinding = HealthFinding | StructureFinding
ImportKey = tuple[str, str, str]
"""Importer, module and tree of an import."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What is wrong, as it was when last seen: from the run `opened` on, to the run before `closed`."""

    mark: str
    finding: SignFinding
    opened: int
    first_seen: datetime
    last_seen: datetime
    runs: int
    closed: int | None = None
    ending: Ending | None = None

    def is_there_in(self, run: int) -> bool:
        """Whether it was there, as far as was known then, in a run."""
        return self.opened <= run and (self.closed is None or self.closed > run)


@dataclass(frozen=True, slots=True)
class Untold:
    """What a run could not tell: of the imports `imports`, of all in `sources`; with `probes` of no probe."""

    imports: Collection[ImportKey] = ()
    sources: Collection[str] = ()
    probes: bool = False


def mark_of(finding: SignFinding) -> str:
    """Return what a sign is known again by: SHA-256 in hexadecimal, for names may be of any length."""
    if isinstance(finding, HealthFinding):
        parts: tuple[str, ...] = ("health", str(finding.kind), *finding.subjects)
    else:
        parts = ("import", finding.kind, *_import_key(finding))
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def judged(audit: Audit) -> list[SignFinding]:
    """Return all that rules have judged beside paths."""
    return [*audit.health, *audit.structure]


def followed_signs(
    signs: Sequence[Sign], audit: Audit, evidence: Evidence, untold: Untold, now: Moment
) -> tuple[Sign, ...]:
    """Return the open signs as they are after a run, and the new ones."""
    found: dict[str, SignFinding] = {}
    counted = [each for each in judged(audit) if each.severity in COUNTED]
    for finding in sorted(counted, key=lambda each: COUNTED.index(each.severity)):
        found.setdefault(mark_of(finding), finding)
    known = {sign.mark: sign for sign in signs}
    seen = [_seen(known.get(mark), mark, finding, now) for mark, finding in found.items()]
    ending = _endings(audit, evidence, untold)
    gone = (sign for mark, sign in known.items() if mark not in found)
    return (*seen, *(_not_seen(sign, ending(sign.finding), now) for sign in gone))


def tracked_signs(signs: Iterable[Sign], now: Moment, since: int | None) -> tuple[TrackedSign, ...]:
    """Return what has become of each sign between an earlier run and this one."""
    found = ((sign, _standing(sign, now.run, since)) for sign in signs)
    return tuple(
        TrackedSign(
            finding=sign.finding,
            standing=standing,
            first_seen=sign.first_seen,
            last_seen=sign.last_seen,
            runs=sign.runs,
            unseen=standing is not Standing.RESOLVED and sign.last_seen != now.at,
        )
        for sign, standing in sorted(found, key=lambda each: (_name(each[0].finding), each[0].opened))
        if standing
    )


def _seen(before: Sign | None, mark: str, finding: SignFinding, now: Moment) -> Sign:
    if before is None:
        return Sign(mark, finding, now.run, now.at, now.at, 1)
    return replace(before, finding=finding, last_seen=now.at, runs=before.runs + 1)


def _not_seen(sign: Sign, ending: Ending | None, now: Moment) -> Sign:
    return sign if ending is None else replace(sign, closed=now.run, ending=ending)


def _endings(audit: Audit, evidence: Evidence, untold: Untold) -> Callable[[SignFinding], Ending | None]:
    """Return what says how a sign that is not there ended; None where nobody could look."""
    asked = {probe.name for probe in audit.probes}
    answered = {probe.name for probe in audit.probes if probe.is_known}
    answered -= {name for each in audit.health if each.kind == HealthKind.UNKNOWN for name in each.subjects}
    noted = {mark_of(each) for each in judged(audit) if each.severity not in COUNTED}

    def of_health(finding: HealthFinding) -> Ending | None:
        if untold.probes:
            return None
        if not asked.issuperset(finding.subjects):
            return Ending.EXPECTED  # nobody wants to know any more
        return Ending.RESOLVED if answered.issuperset(finding.subjects) else None

    def of_import(finding: StructureFinding) -> Ending | None:
        is_unread = finding.importer in untold.sources or _import_key(finding) in untold.imports
        return None if is_unread or evidence.is_hidden(finding.importer) else Ending.RESOLVED

    def ending(finding: SignFinding) -> Ending | None:
        if mark_of(finding) in noted:
            return Ending.EXPECTED
        return of_health(finding) if isinstance(finding, HealthFinding) else of_import(finding)

    return ending


def _standing(sign: Sign, run: int, since: int | None) -> Standing | None:
    if not sign.is_there_in(run):
        was_there = since is not None and sign.is_there_in(since)
        return Standing.RESOLVED if was_there and sign.ending is Ending.RESOLVED else None
    return Standing.NEW if since is None or sign.opened > since else Standing.PERSISTING


def _import_key(finding: StructureFinding) -> ImportKey:
    return finding.importer, finding.module, finding.tree


def _name(finding: SignFinding) -> tuple[str, ...]:
    return tuple(_parts(finding))


def _parts(finding: SignFinding) -> Iterator[str]:
    if isinstance(finding, HealthFinding):
        yield from ("", str(finding.kind), *finding.subjects)
    else:
        yield from (finding.importer, f"{finding.line:09}", finding.module, finding.tree)
