"""`python -m benchmarks`: make the trees, run all in turn, print what came out."""

import sys

from benchmarks.host import running_host
from benchmarks.options import Options, options
from benchmarks.results import Results
from benchmarks.rounds import Wanted, measured
from benchmarks.tables import size_table
from benchmarks.trees import tree_in


def main() -> None:
    asked = options()
    asked.work.mkdir(parents=True, exist_ok=True)
    results = _measure(asked)
    for files in asked.sizes:
        print(f"\n### {files:,} files\n\n{size_table(results, files)}")


def _measure(asked: Options) -> Results:
    results: Results = {}
    present = [contender for contender in asked.contenders if not contender.absent]
    with running_host(asked.work) as host:
        for files in asked.sizes:
            _say(f"the tree of {files:,} files")
            tree = tree_in(asked.work, files)
            chosen = [one for one in present if not one.once or files == asked.sizes[0]]
            results |= measured(tree, host, Wanted(chosen, asked.drifts, asked.rounds, asked.patience), _say)
    return results


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
