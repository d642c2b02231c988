"""The probes of a target, side by side, for people and for programs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import driftaudit
from driftaudit.model.probe import (
    Health,
    HealthFinding,
    ProbeReport,
    ProbeResult,
    ProbeState,
    RunningProcess,
    Wellness,
)
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_report import health_document, probe_document
from driftaudit.render.json_values import Document, readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/probe/v1"

_VERDICTS = {
    Wellness.WELL: "The application is well",
    Wellness.ILL: "The application is NOT well",
    Wellness.UNTOLD: "Whether the application is well is NOT KNOWN",
}


def text(report: ProbeReport, options: RenderOptions) -> str:
    """Return a table of the probes, what runs there, what follows from both, and the verdict last."""
    lines: list[str] = []
    if not options.quiet:
        lines += [f"{printable(report.target)}  {printable(report.url)}", ""]
        lines += table_lines(report.health.probes)
        lines += process_lines(report.health.processes)
    lines += finding_lines(report.health.findings)
    return "\n".join([*lines, verdict_line(report.health)]).lstrip("\n") + "\n"


def json(report: ProbeReport, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON."""
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": printable(report.target),
            "url": printable(report.url),
            "exit_code": int(report.exit_code),
            "started_at": timestamp(report.started_at),
            "duration_seconds": round(report.duration_seconds, 3),
            **health_keys(report.health),
        }
    )


FORMATS: Mapping[str, Callable[[ProbeReport, RenderOptions], str]] = {"text": text, "json": json}


def health_keys(health: Health) -> Document:
    """Return whether an application is well, and all that says so, as values of JSON."""
    return {
        "state": health.wellness.value,
        "probes": [probe_document(probe) for probe in health.probes],
        "health": [health_document(finding) for finding in health.findings],
        "processes": [_process(process) for process in health.processes],
    }


def table_lines(probes: Sequence[ProbeResult]) -> list[str]:
    """Return the probes as a table."""
    head = ("STATE", "PROBE", "ASKED FROM", "SECONDS", "ANSWER")
    rows = [
        (
            probe.state,
            printable(probe.name),
            "here" if probe.from_here else "the host",
            f"{probe.seconds:.2f}",
            printable(probe.detail),
        )
        for probe in probes
    ]
    return _aligned([head, *rows])


def process_lines(processes: Sequence[RunningProcess]) -> list[str]:
    """Return which processes run there, on which ports, since when and from where."""
    if not processes:
        return []
    head = ("PROCESS", "NAME", "USER", "LISTENS ON", "SINCE", "RUNS FROM")
    rows = [
        (
            str(process.pid),
            printable(process.name),
            printable(process.user),
            ", ".join(map(str, process.ports)) or "-",
            timestamp(process.started_at) if process.started_at else "unknown",
            "not to be seen" if process.cwd is None else printable(process.cwd),
        )
        for process in processes
    ]
    return ["", *_aligned([head, *rows])]


def finding_lines(findings: Sequence[HealthFinding]) -> list[str]:
    """Return what is wrong, or not known, a line each."""
    lines = [
        f"{finding.severity.value:<6} {finding.kind}: {printable(finding.detail)}"
        f" [{', '.join(map(printable, finding.subjects))}; {finding.rule}]"
        for finding in findings
        if finding.severity.value != "ignore"
    ]
    return ["", *lines, ""] if lines else [""]


def verdict_line(health: Health) -> str:
    """Return whether the application is well."""
    return f"{_VERDICTS[health.wellness]}: {_counted(health)}."


def _counted(health: Health) -> str:
    kinds = dict.fromkeys(str(finding.kind) for finding in health.findings if finding.counts)
    states = Counter(probe.state for probe in health.probes)
    well, unasked = states[ProbeState.WELL], states[ProbeState.NOT_ASKED]
    probes = count_of(len(health.probes), "probe")
    said = f"{well:,} of {probes} {'is' if well == 1 else 'are'} {ProbeState.WELL}"
    return ", ".join([said, *([f"{unasked:,} {ProbeState.NOT_ASKED}"] if unasked else []), *kinds])


def _process(process: RunningProcess) -> Document:
    return {
        "pid": process.pid,
        "name": readable(process.name),
        "user": readable(process.user),
        "started_at": timestamp(process.started_at) if process.started_at else None,
        "cwd": None if process.cwd is None else readable(process.cwd),
        "ports": list(process.ports),
    }


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return ["  ".join(_cells(row, widths)).rstrip() for row in rows]


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    yield from (f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=True))
    yield row[-1]
