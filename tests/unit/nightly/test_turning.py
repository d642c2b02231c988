from dataclasses import replace

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, HealthKind, ProbeResult
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.structure import StructureFinding, StructureKind, StructureTree
from driftaudit.nightly.judging import FailOn, exit_code
from driftaudit.nightly.turning import Turn, turn
from tests.support.nights import an_audit

TCP = "tcp 127.0.0.1:3000"


def answer(*, ok: bool, is_known: bool = True) -> ProbeResult:
    return ProbeResult("tcp", "127.0.0.1:3000", ok, "as it is", 0.01, is_known)


def ill(kind: HealthKind = HealthKind.NOT_HEALTHY, severity: Severity = Severity.WARN) -> HealthFinding:
    return HealthFinding(kind, (TCP,), f"{kind.value} it is", severity, "core/not-healthy", "because")


def an_import(module: str, severity: Severity = Severity.WARN) -> StructureFinding:
    kind, tree = StructureKind.MISSING_MODULE, StructureTree.DEPLOYED
    return StructureFinding(kind, "src/app.js", 3, module, tree, None, severity, "core/missing-module", "r")


def well(night: int) -> Audit:
    return an_audit(night, probes=(answer(ok=True),))


def unwell(night: int) -> Audit:
    return an_audit(night, probes=(answer(ok=False),), health=(ill(),))


def test_what_falls_ill_is_told_once_and_so_is_its_end() -> None:
    assert turn(well(1), unwell(2)) == Turn(begun=("not-healthy, tcp 127.0.0.1:3000: not-healthy it is",))
    assert turn(unwell(2), unwell(3)) == Turn()
    assert turn(unwell(3), well(4)) == Turn(over=("not-healthy, tcp 127.0.0.1:3000: not-healthy it is",))


def test_a_first_run_tells_all_that_is_wrong() -> None:
    assert turn(None, unwell(1)).begun == ("not-healthy, tcp 127.0.0.1:3000: not-healthy it is",)
    assert turn(None, well(1)) == Turn()


def test_what_could_not_be_asked_is_not_over() -> None:
    untold = ill(HealthKind.UNKNOWN)
    unknown = an_audit(2, probes=(answer(ok=False, is_known=False),), health=(untold,))
    assert turn(unwell(1), unknown).over == ()
    assert turn(unwell(1), an_audit(2)).over == (), "no probe was asked"


def test_what_a_rule_calls_a_note_is_not_told() -> None:
    noted = an_audit(2, probes=(answer(ok=False),), health=(ill(severity=Severity.INFO),))
    assert turn(well(1), noted) == Turn()


def test_imports_begin_and_end_where_both_trees_were_seen() -> None:
    broken = an_audit(2, structure=(an_import("./db.js"), an_import("./x.js", Severity.IGNORE)))
    told = ("missing-module: ./db.js, imported by src/app.js:3",)
    assert turn(an_audit(1), broken) == Turn(begun=told)
    assert turn(broken, an_audit(3)) == Turn(over=told)
    half = an_audit(3)
    half = replace(half, deployed=replace(half.deployed, complete=False))
    assert turn(broken, half) == Turn()


def test_a_gap_in_the_evidence_is_told_once_and_is_no_illness() -> None:
    hidden = an_audit(2, unreadable=("src/keys", ""))
    assert turn(an_audit(1), hidden) == Turn(
        hidden=("src/keys (unreadable)", "(the whole tree) (unreadable)")
    )
    assert turn(hidden, hidden) == Turn()
    assert exit_code(hidden, FailOn.NEW, turn(an_audit(1), hidden)) == 4


def test_what_changed_while_it_was_read_is_another_file_every_night() -> None:
    log = Problem("src/out.txt", ProblemKind.UNSTABLE, "changed")
    assert turn(an_audit(1), replace(an_audit(2), problems=(log,))) == Turn()


def test_a_run_that_fails_on_what_is_new_fails_on_a_new_illness() -> None:
    assert exit_code(unwell(2), FailOn.NEW, turn(well(1), unwell(2))) == 3
    assert exit_code(well(2), FailOn.NEW, turn(well(1), well(2))) == 0
