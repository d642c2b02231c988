"""What driftaudit-waivers.yml may hold, and how it becomes waivers."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from driftaudit.config.rules_schema import OneOrMore
from driftaudit.config.schema import Many, Strict, Text, refuse, require_choice
from driftaudit.config.settings_schema import checked_version
from driftaudit.config.validation import validate
from driftaudit.config.waivers import DESTROY, MAX_BYTES, NEVER, WaiverFile, overlapping
from driftaudit.config.yaml_document import Document, Fault, load_document
from driftaudit.model.build import AcceptedBuild
from driftaudit.model.entry import LINK
from driftaudit.model.waiver import Waiver

_CONTENT = re.compile(f"(?:{LINK})?(?:[0-9a-f]{{40}}|[0-9a-f]{{64}})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _path(text: str) -> str:
    """Return a path as an audit has it: of one file, and in its one form."""
    parts = text.split("/")
    if text.startswith("/") or "" in parts or not {".", ".."}.isdisjoint(parts) or "\0" in text:
        refuse(f"{text!r} is no path of a file below the root: write it as `driftaudit check` prints it")
    if ".git" in parts:
        refuse(f"{text!r}: what belongs to a git checkout cannot be waived")
    return text


def _content(text: str) -> str:
    if not _CONTENT.fullmatch(text):
        refuse(
            f"{text!r} is no digest: the id that git gives the content, 40 or 64 digits of 0-9 and a-f, "
            f"is needed ('{LINK}' in front where it is a link)"
        )
    return text


def _words(text: str) -> str:
    if not text.strip():
        refuse("must not be empty")
    return text


def _last_day(value: object) -> date | None:
    if value == NEVER:
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        refuse(f"{value!r} is no date: write the last day like 2026-01-31, or {NEVER}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse(f"{value} is no day of any calendar: write the last day like 2026-01-31, or {NEVER}")


class WaiverModel(Strict):
    """One of `waivers:`."""

    path: Annotated[Text, AfterValidator(_path)]
    digest: Annotated[str, AfterValidator(_content)]
    target: OneOrMore[Text] = ()
    reason: Annotated[str, AfterValidator(_words)]
    owner: Annotated[str, AfterValidator(_words)]
    expires: Annotated[date | None, BeforeValidator(_last_day)]
    permits: Annotated[str, BeforeValidator(lambda value: require_choice(value, (DESTROY,)))] | None = None

    def waiver(self, where: str) -> Waiver:
        """Return the values."""
        return Waiver(
            path=self.path,
            content=self.digest,
            reason=self.reason,
            owner=self.owner,
            expires=self.expires,
            permits_destroy=self.permits == DESTROY,
            targets=self.target,
            where=where,
        )


def _folder(text: str) -> str:
    return "" if text == "." else _path(text)


def _commit(text: str) -> str:
    if not _CONTENT.fullmatch(text) or text.startswith(LINK):
        refuse(f"{text!r} is no commit: its whole id is needed, 40 or 64 digits of 0-9 and a-f")
    return text


def _day(value: object) -> date:
    found = None if value == NEVER else _last_day(value)
    return found or refuse(f"{value!r} is no date: write the day like 2026-01-31")


class BuildModel(Strict):
    """One of `builds:`."""

    path: Annotated[Text, AfterValidator(_folder)]
    commit: Annotated[str, AfterValidator(_commit)]
    target: OneOrMore[Text] = ()
    reason: Annotated[str, AfterValidator(_words)]
    owner: Annotated[str, AfterValidator(_words)]
    accepted: Annotated[date, BeforeValidator(_day)]

    def build(self, where: str) -> AcceptedBuild:
        """Return the values."""
        return AcceptedBuild(
            self.path, self.commit, self.reason, self.owner, self.accepted, self.target, where
        )


class WaiversModel(Strict):
    """The whole file."""

    version: Annotated[Literal[1], BeforeValidator(checked_version)]
    waivers: Many[WaiverModel] = ()
    builds: Many[BuildModel] = ()


def read_waivers(path: Path) -> WaiverFile:
    """Read and check a file of waivers. Raises ConfigError."""
    return checked_waivers(load_document(path, MAX_BYTES))


def checked_waivers(document: Document) -> WaiverFile:
    """Return the waivers of a document. Raises ConfigError: every fault by file, line and column."""
    model = validate(document, WaiversModel)
    waivers = tuple(
        each.waiver(document.line(("waivers", index))) for index, each in enumerate(model.waivers)
    )
    duplicates = list(_duplicates(waivers))
    if duplicates:
        raise document.error(duplicates)
    builds = tuple(each.build(document.line(("builds", index))) for index, each in enumerate(model.builds))
    return WaiverFile(document, waivers, builds)


def _duplicates(waivers: Sequence[Waiver]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], list[Waiver]] = {}
    for index, waiver in enumerate(waivers):
        others = seen.setdefault((waiver.path, waiver.content), [])
        other = next((each for each in others if overlapping(each, waiver)), None)
        if other:
            yield Fault(
                ("waivers", index),
                f"waives {waiver.path!r} with the same content as {other.where} does: keep one of them",
            )
        others.append(waiver)
