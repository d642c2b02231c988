"""What could not be seen tonight, and could be before."""

from dataclasses import replace

from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.nightly.gaps import new_gaps
from tests.support.nights import an_audit


def test_a_gap_in_the_evidence_is_told_once() -> None:
    hidden = an_audit(2, unreadable=("src/keys", ""))
    assert [each.path for each in new_gaps(an_audit(1), hidden)] == ["src/keys", ""]
    assert [each.path for each in new_gaps(None, hidden)] == ["src/keys", ""]
    assert new_gaps(hidden, hidden) == ()


def test_what_changed_while_it_was_read_is_another_file_every_night() -> None:
    log = Problem("src/out.txt", ProblemKind.UNSTABLE, "changed")
    assert new_gaps(an_audit(1), replace(an_audit(2), problems=(log,))) == ()
