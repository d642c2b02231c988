"""Results as Markdown."""

from collections.abc import Sequence

from benchmarks.peers import BY_NAME, RSYNC, Contender
from benchmarks.results import Key, Results, Run, Series, ratio

_HEAD = (
    "tool", "drift", "seconds, median (span)", "ratio to rsync -c", "client MB", "agent MB",
    "sent KB", "received KB", "hashed", "cached", "paths named",
)  # fmt: skip


def size_table(results: Results, files: int) -> str:
    """Return the table of one tree: a row for each contender and drift, in the registry's order."""
    names = list(BY_NAME)
    keys = sorted(
        (key for key in results if key.files == files), key=lambda key: (names.index(key.name), key.drift)
    )
    return markdown(_HEAD, [_row(results, key) for key in keys])


def commands_table(contenders: Sequence[Contender]) -> str:
    """Return what each figure was made with."""
    rows = [(contender.title, f"`{contender.shown.replace('|', chr(92) + '|')}`") for contender in contenders]
    return markdown(("tool", "command"), rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def megabytes(size: int | None) -> str:
    """Say bytes in millions."""
    return "" if size is None else f"{size / 1e6:,.0f}"


def _row(results: Results, key: Key) -> Sequence[str]:
    series = results[key]
    title = BY_NAME[key.name].title
    if not series.runs:
        return [title, f"{key.drift:,}", f"not finished in {series.stopped:.0f} s", *[""] * (len(_HEAD) - 3)]
    against = ratio(series, results.get(Key(key.files, key.drift, RSYNC)))
    return [
        title,
        f"{key.drift:,}",
        _seconds(series),
        "" if against is None else f"{against:.2f}",
        megabytes(series.most(lambda run: run.client_peak)),
        megabytes(series.most(lambda run: run.host_peak)),
        *_counts(series),
    ]


def _seconds(series: Series) -> str:
    low, high = series.span or (0, 0)
    return f"{series.seconds:.2f} ({low:.2f} to {high:.2f})"


def _counts(series: Series) -> list[str]:
    def sent(run: Run) -> int | None:
        return run.answer.wire_sent

    def received(run: Run) -> int | None:
        return run.answer.wire_received

    answers = series.runs[-1].answer
    plain = (answers.hashed, answers.cached, answers.named)
    return [_kilobytes(series.most(sent)), _kilobytes(series.most(received)), *map(_number, plain)]


def _kilobytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1000:,.1f}"


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
