"""The jobs and steps of a GitHub Actions workflow, as they are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from driftaudit.config.yaml_document import Document, Fault, Location, parse_document
from driftaudit.errors import UsageError
from driftaudit.forms.base import Passage
from driftaudit.forms.files import named, read_bytes, shown

_DEFAULT = "deploy"
_MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A step. `inputs` are by their names in capitals, as the action sees them."""

    place: str
    condition: str | None
    continues: str
    environment: Mapping[str, str]
    folder: str
    shell: str
    run: Passage | None
    uses: str
    inputs: Mapping[str, Passage]


@dataclass(frozen=True, slots=True)
class Job:
    """A job, with what the workflow sets for all of its jobs. `reused` is the workflow that it calls."""

    place: str
    condition: str | None
    environment: Mapping[str, str]
    runs_on: str
    containers: tuple[str, ...]
    reused: str
    steps: tuple[Step, ...]


class Workflow:
    """A workflow file."""

    def __init__(self, path: Path) -> None:
        data = read_bytes(path)
        self._document: Document = parse_document(data, shown(path))
        self._lines = data.decode("utf-8-sig").splitlines()
        jobs = self._mapping(("jobs",))
        if not jobs:
            raise UsageError(
                f"{shown(path)} is no GitHub Actions workflow: it has no jobs",
                "Of YAML files only those below .github/workflows are read.",
            )
        self.jobs = tuple(jobs)
        self._name = shown(path)

    def job(self, name: str | None) -> Job:
        """Return a job: the one that is named, else the only one, else `deploy`. Raises UsageError."""
        chosen = name or (self.jobs[0] if len(self.jobs) == 1 else _DEFAULT)
        if chosen not in self.jobs:
            there = ", ".join(named(job) for job in self.jobs[:20])
            raise UsageError(f"{self._name} has no job {chosen!r}", f"Name one with FILE:JOB: {there}.")
        here: Location = ("jobs", chosen)
        self._mapping(here)
        steps = self._get((*here, "steps"))
        if steps is not None and (not isinstance(steps, list) or len(steps) > _MOST_STEPS):
            raise self._wrong((*here, "steps"), f"is no list of up to {_MOST_STEPS} steps")
        return Job(
            self._document.line(here, on_key=True),
            self._condition((*here, "if")),
            self._environment(("env",)) | self._environment((*here, "env")),
            str(self._get((*here, "runs-on")) or ""),
            tuple(self._container(here)),
            self._text((*here, "uses")),
            tuple(self._step((*here, "steps", number), here) for number in range(len(steps or ()))),
        )

    def _container(self, here: Location) -> list[str]:
        there = self._get((*here, "container"))
        return [self._document.line((*here, "container"), on_key=True)] if there else []

    def _step(self, at: Location, job: Location) -> Step:
        self._mapping(at)
        run = self._get((*at, "run"))
        return Step(
            place=self._document.line(at),
            condition=self._condition((*at, "if")),
            continues=self._text((*at, "continue-on-error")),
            environment=self._environment((*at, "env")),
            folder=self._text((*at, "working-directory")) or self._default(job, "working-directory"),
            shell=self._text((*at, "shell")) or self._default(job, "shell"),
            run=self._passage((*at, "run")) if run is not None else None,
            uses=self._text((*at, "uses")),
            inputs={
                name.upper(): self._passage((*at, "with", name)) for name in self._mapping((*at, "with"))
            },
        )

    def _default(self, job: Location, name: str) -> str:
        inner = self._text((*job, "defaults", "run", name))
        return inner or self._text(("defaults", "run", name))

    def _get(self, at: Location) -> object:
        value: object = self._document.value
        for key in at:
            match value, key:
                case dict(), str():
                    value = value.get(key)
                case list(), int():
                    value = value[key]
                case _:
                    return None
        return value

    def _mapping(self, at: Location) -> Mapping[str, object]:
        value = self._get(at)
        if value is None and (not at or not isinstance(at[-1], int)):
            return {}
        if not isinstance(value, dict):
            raise self._wrong(at, "is no mapping of names to values")
        return value

    def _text(self, at: Location) -> str:
        value = self._get(at)
        if isinstance(value, dict | list):
            raise self._wrong(at, "is no plain text")
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)

    def _condition(self, at: Location) -> str | None:
        return None if self._get(at) is None else self._text(at)

    def _environment(self, at: Location) -> dict[str, str]:
        return {name: self._text((*at, name)) for name in self._mapping(at)}

    def _passage(self, at: Location) -> Passage:
        text = self._text(at).rstrip("\n")
        line, column = self._document.values_at[at]
        style = self._lines[line - 1][column - 1 : column] if line <= len(self._lines) else ""
        first = line + 1 if style in ("|", ">") else line
        numbers = (first + n if style == "|" else first for n in range(text.count("\n") + 1))
        return Passage(text, tuple(f"{self._name}:{number}" for number in numbers))

    def _wrong(self, at: Location, text: str) -> UsageError:
        return self._document.error([Fault(at, text)])
