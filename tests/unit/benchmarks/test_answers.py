"""Reading what the tools print."""

import json

from benchmarks.answers import Answer, of_check, of_compare, of_git_status, of_rsync


def test_rsync_names_files_that_would_go_and_come_but_not_folders() -> None:
    output = b"<fcst...... a.js\n<f+++++++++ b.js\n.d..t...... sub/\n*deleting   c.js\ncL+++++++++ l -> a\n"
    assert of_rsync(output) == Answer(named=3)


def test_git_status_names_a_path_on_each_line() -> None:
    assert of_git_status(b" M a\n?? b\n") == Answer(named=2)
    assert of_git_status(b"") == Answer(named=0)


def test_a_report_counts() -> None:
    deployed = {"wire_bytes_sent": 1, "wire_bytes_received": 2, "hashed_files": 3, "cached_files": 4}
    report = {"deployed": deployed, "findings": [{}, {}]}
    assert of_check(json.dumps(report).encode()) == Answer(2, 1, 2, 3, 4)
    assert of_compare(b'{"changes": [{}]}') == Answer(named=1)
