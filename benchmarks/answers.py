"""What a run said: how many paths it named, and what a report counts."""

import json
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Counts of one run; None where the program does not say."""

    named: int | None = None  # paths that differ
    wire_sent: int | None = None  # bytes
    wire_received: int | None = None  # bytes
    hashed: int | None = None  # files
    cached: int | None = None  # files


def unread(_output: bytes) -> Answer:
    """Of a program that lists everything, or says nothing that can be counted."""
    return Answer()


def of_rsync(output: bytes) -> Answer:
    """Count the files of `rsync -i`: what would be sent, and what would be deleted."""
    return Answer(named=len(re.findall(rb"^(?:[<>ch]f|\*deleting)", output, re.MULTILINE)))


def of_git_status(output: bytes) -> Answer:
    """Count the lines of `git status --porcelain`."""
    return Answer(named=len(output.splitlines()))


def of_check(output: bytes) -> Answer:
    """Read the JSON report of `check`."""
    report = json.loads(output)
    counts = ("wire_bytes_sent", "wire_bytes_received", "hashed_files", "cached_files")
    return Answer(len(report["findings"]), *(report["deployed"][count] for count in counts))


def of_compare(output: bytes) -> Answer:
    """Read the JSON report of `compare`, which counts less."""
    return Answer(named=len(json.loads(output)["changes"]))
