"""`python -m benchmarks`: make the trees, run all in turn, print what came out."""

import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.host import running_host
from benchmarks.machine import load, machine
from benchmarks.options import Options, options
from benchmarks.page import goals_table, measured_part, put_into, size_title
from benchmarks.peers import Contender
from benchmarks.plot import plot
from benchmarks.record import Record, save, together
from benchmarks.record import load as saved
from benchmarks.results import Results
from benchmarks.rounds import Wanted, measured
from benchmarks.tables import size_table
from benchmarks.trees import tree_in

_DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """Measure, or take what was saved; print it, and write the page where that was asked for."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # sshd ends with us, and edits are put back
    asked = options()
    records = [saved(path) for path in asked.load] if asked.load else [_measured(asked)]
    results = together(records)
    print(f"\n{goals_table(results)}")
    if asked.write:
        put_into(_DOCS / "benchmarks.md", measured_part(records))
        (_DOCS / "benchmarks.svg").write_text(plot(results), encoding="utf-8")


def _measured(asked: Options) -> Record:
    asked.work.mkdir(parents=True, exist_ok=True)
    record = Record(asked.shown, machine(), load(), {})
    for results in _by_size(asked, list(_present(asked.contenders))):
        record.results.update(results)
        if asked.save:
            save(record, asked.save)
    return record


def _by_size(asked: Options, contenders: Sequence[Contender]) -> Iterator[Results]:
    """Measure one tree after the other, and print each table as soon as there is one."""
    with running_host(asked.work) as host:
        for files in asked.sizes:
            _say(f"The tree: {size_title(files)}")
            tree = tree_in(asked.work, files)
            chosen = [one for one in contenders if not one.once or files == asked.sizes[0]]
            results = measured(tree, host, Wanted(chosen, asked.drifts, asked.rounds, asked.patience), _say)
            print(f"\n### {size_title(files)}\n\n{size_table(results, files)}", flush=True)
            yield results


def _present(contenders: Sequence[Contender]) -> Iterator[Contender]:
    for contender in contenders:
        if contender.absent:
            line = f"apt-get install {contender.program} (or: make bench-programs)"
            _say(f"{contender.title} is left out, since it is not installed: {line}")
        else:
            yield contender


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
