"""What is remembered of sources: a second look reads nothing, and says the same."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.audit import examine
from driftaudit.cache import Cache
from driftaudit.cli.options import Options
from driftaudit.cli.target import Workplace, audit_request
from driftaudit.incident import build_incident
from driftaudit.model.structure import Structure
from driftaudit.structural.contents import Contents
from driftaudit.structural.memory import Memory
from driftaudit.structure.analysis import Settled
from driftaudit.structure.imports import Form, Import, Parsed, Scanned

IMPORTS = (Import("./a", 3, Form.IMPORT), Import("b", 4, Form.PYTHON, ("c",), optional=True, dynamic=True))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    memory = Memory.of(Cache(tmp_path), "production")
    memory.scanned["1 js"] = Scanned(IMPORTS, enough=False)
    memory.parsed |= {"2 py": Parsed(IMPORTS, "", frozenset("x")), "3 py": Parsed(error="no")}
    memory.documents["4"] = b"\xff{}"
    memory.settled["tree"] = {"1 a.js": Settled(2, ("b.js", "c/__init__.py\x005"))}
    memory.keep({"1 js", "2 py", "3 py"}, {"4"}, {"tree"})
    again = Memory.of(Cache(tmp_path), "production")
    assert (again.scanned, again.parsed) == (memory.scanned, memory.parsed)
    assert (again.documents, again.settled) == (memory.documents, memory.settled)
    assert Memory.of(Cache(tmp_path), "staging").parsed == {}


def test_what_is_no_longer_there_is_forgotten(tmp_path: Path) -> None:
    memory = Memory.of(Cache(tmp_path), "production")
    memory.parsed |= {"1 py": Parsed(), "2 py": Parsed()}
    memory.keep({"2 py"}, set(), set())
    assert list(Memory.of(Cache(tmp_path), "production").parsed) == ["2 py"]


def test_a_second_look_reads_nothing_and_finds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    load = Contents.load

    def noted(self: Contents, oids: Iterable[str]) -> None:
        wanted = list(oids)
        read.extend(wanted)
        load(self, wanted)

    monkeypatch.setattr(Contents, "load", noted)
    incident = build_incident(tmp_path)

    def look() -> Structure:
        request = audit_request(Workplace(Options(), incident.repository), "production", Options())
        found = examine(replace(request, cache=Cache(tmp_path / "cache"), structure=True)).structure
        assert found is not None
        return found.structure

    first = look()
    assert read
    read.clear()
    assert look() == first
    assert read == []
    (incident.production / "src/app.js").write_text("import './services/freeswitch.js';\n")
    assert "src/app.js" not in {each.importer for each in look().findings if each.tree.value == "deployed"}
    assert len(set(read)) == 1
