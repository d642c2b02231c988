"""The command line of the benchmark."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from benchmarks.peers import BY_NAME, Contender

_TEXT = """\
Times driftaudit beside its peers, in turn, over a real sshd on loopback.

    python -m benchmarks                                     10,000 and 80,000 files, three drifts, all tools
    python -m benchmarks --sizes 80000 --drift 0 20 --only check-warm,rsync
    python -m benchmarks --sizes 10000 80000 400000 --write   and docs/benchmarks.md is made anew
    python -m benchmarks --sizes 400000 --save large.json     a part now,
    python -m benchmarks --load usual.json large.json --write and all of them on one page
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; `patience` in seconds."""

    sizes: Sequence[int]
    drifts: Sequence[int]
    rounds: int
    contenders: Sequence[Contender]
    patience: float
    work: Path
    write: bool
    save: Path | None
    load: Sequence[Path]
    shown: str  # the command line, less what only matters here


def options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    given = _parser().parse_args(arguments)
    return Options(
        sizes=sorted(given.sizes),
        drifts=sorted(given.drift),
        rounds=given.rounds,
        contenders=given.only,
        patience=given.patience,
        work=given.work.absolute(),
        write=given.write,
        save=given.save,
        load=given.load,
        shown=_shown(given),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=_TEXT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=_count, nargs="+", default=[10_000, 80_000], help="files of the trees"
    )
    parser.add_argument(
        "--drift", type=_count_or_none, nargs="+", default=[0, 20, 2_000], help="files that are edited"
    )
    parser.add_argument("--rounds", type=_count, default=5, help="runs of each tool, in turn")
    parser.add_argument(
        "--only", type=_contenders, default=list(BY_NAME.values()), help=f"some of {','.join(BY_NAME)}"
    )
    parser.add_argument("--patience", type=float, default=60, help="seconds after which a run is stopped")
    work = platformdirs.user_cache_path("driftaudit-bench")
    parser.add_argument("--work", type=Path, default=work, help="where trees are made, and kept")
    parser.add_argument("--write", action="store_true", help="make docs/benchmarks.md and its plot anew")
    parser.add_argument("--save", type=Path, help="keep the results in this file")
    parser.add_argument(
        "--load", type=Path, nargs="+", default=[], help="measure nothing: show what was saved"
    )
    return parser


def _shown(given: argparse.Namespace) -> str:
    words = [
        "--sizes",
        *map(str, given.sizes),
        "--drift",
        *map(str, given.drift),
        "--rounds",
        str(given.rounds),
    ]
    names = [contender.name for contender in given.only]
    only = [] if names == list(BY_NAME) else ["--only", ",".join(names)]
    return " ".join(["python -m benchmarks", *words, *only])


def _count(text: str, least: int = 1) -> int:
    number = int(text.replace(",", ""))
    if number < least:
        raise argparse.ArgumentTypeError(f"at least {least}")
    return number


def _count_or_none(text: str) -> int:
    return _count(text, 0)


def _contenders(text: str) -> list[Contender]:
    names = text.split(",")
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {unknown[0]}; there are {', '.join(BY_NAME)}")
    return [BY_NAME[name] for name in names]
