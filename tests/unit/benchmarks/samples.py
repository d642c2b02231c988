"""Results that nobody measured."""

from collections.abc import Iterator

from benchmarks.answers import Answer
from benchmarks.record import Record
from benchmarks.results import Key, Results, Run, Series

_SECONDS = {
    "rsync": 2.0,
    "rsync-quick": 1.5,
    "find": 1.0,
    "check-cold": 1.4,
    "check-warm": 0.7,
    "check-delayed": 1.2,
}


def series(*seconds: float, client: int = 0, host: int | None = None, answer: Answer | None = None) -> Series:
    return Series(tuple(Run(one, client, host, answer or Answer()) for one in seconds))


def results(*sizes: int) -> Results:
    return {key: one for files in sizes for key, one in _of_size(files)}


def record(*sizes: int) -> Record:
    return Record("python -m benchmarks", {"cores": "2", "rsync": "3.2.7"}, "0.1", results(*sizes))


def _of_size(files: int) -> Iterator[tuple[Key, Series]]:
    scale = files / 80_000
    for drift in (0, 20):
        for name, seconds in _SECONDS.items():
            answer = Answer(drift, 200_000, 5_000, files, 0) if name.startswith("check") else Answer(drift)
            host = 20_000_000 if name.startswith("check") else None
            yield (
                Key(files, drift, name),
                series(
                    *(seconds * scale * n for n in (1, 2, 3)), client=90_000_000, host=host, answer=answer
                ),
            )
