"""What does not resolve now, what would not after a deploy, and what the deploy has to do with it."""

from collections.abc import Collection

from driftaudit.model.structure import StructureKind
from driftaudit.structure.comparison import Compared, Defect, TwoTrees
from tests.support.structure import Files, analysis_of

PACKAGE = '{"type": "module"}'
Told = tuple[str, str, str | None, bool]


def compared(
    live: Files,
    planned: Files,
    *,
    generated: Collection[str] = (),
    is_assumed: bool = False,
    unseen: Collection[str] = (),
) -> Compared:
    trees = [analysis_of({"package.json": PACKAGE, **files}, unseen) for files in (live, planned)]
    for tree in trees:
        tree.run()
    return TwoTrees(trees[0], trees[1], lambda path: path in generated, is_assumed).compared()


def told(found: Compared) -> list[Told]:
    return [
        (each.kind.value, f"{each.importer}:{each.line} {each.module}", each.cause, each.may_block)
        for each in found.defects
    ]


def only(found: Compared) -> Defect:
    [defect] = found.defects
    return defect


APP = {"app.js": "import './db.js';\n", "db.js": ""}


def test_a_deploy_that_takes_an_imported_file_away_would_break() -> None:
    found = compared(APP, {"app.js": "import './db.js';\n"})
    assert told(found) == [("would-break", "app.js:1 ./db.js", "db.js", True)]
    assert only(found).remark == "The deploy takes it away."


def test_a_deploy_that_brings_an_import_without_its_file_would_break() -> None:
    found = compared({"app.js": ""}, {"app.js": "\nimport './db.js';\n"})
    assert told(found) == [("would-break", "app.js:2 ./db.js", "db.js", True)]
    assert only(found).remark == "The deploy does not bring it."


def test_a_deploy_that_brings_what_is_missing_is_said_to() -> None:
    found = compared({"app.js": "import './db.js';\n"}, APP)
    assert told(found) == [("missing-module", "app.js:1 ./db.js", None, False)]
    assert only(found).remark == "The deploy brings it."


def test_what_is_broken_already_and_stays_so_does_not_block() -> None:
    broken = {"app.js": "import './db.js';\n"}
    found = compared(broken, {**broken, "other.js": ""})
    assert [(kind, may_block) for kind, _where, _cause, may_block in told(found)] == [
        ("missing-module", False),
        ("would-break", False),
    ]
    assert found.defects[1].remark == "It is broken already."


def test_an_importer_that_goes_takes_its_import_along() -> None:
    assert told(compared(APP, {"other.js": ""})) == []
    found = compared({"app.js": "import './gone.js';\n"}, {"other.js": ""})
    assert only(found).remark == "The deploy takes the importing file away."


def test_a_new_version_that_no_longer_imports_what_is_missing_is_said_to_come() -> None:
    found = compared({"app.js": "import './gone.js';\n"}, {"app.js": ""})
    assert only(found).remark == "The deploy brings a version of the importing file that does not import it."


def test_without_a_method_a_deletion_that_is_only_assumed_does_not_block() -> None:
    assert not only(compared(APP, {"app.js": APP["app.js"]}, is_assumed=True)).may_block
    assert only(compared({}, {"app.js": APP["app.js"]}, is_assumed=True)).may_block


def test_what_can_be_built_again_is_untold() -> None:
    found = compared({}, {"app.js": "import './build.js';\n"}, generated=["build.js"])
    assert found.defects == ()
    assert [each.module for each in found.untold] == ["./build.js"]


def test_what_was_not_seen_is_never_missing() -> None:
    found = compared(APP, {"app.js": "import './lib/db.js';\n"}, unseen=["lib"])
    assert found.defects == ()
    assert [each.why for each in found.untold] == ["it lies where the tree was not looked into"]


def test_dynamic_imports_are_counted_with_their_places() -> None:
    files = {"app.js": "\nrequire(name); try { require(other) } catch {}\n"}
    [each] = compared(files, {**files, "b.js": ""}).untold
    assert (each.importer, each.line, each.module) == ("app.js", 2, "name")


def test_a_python_package_that_goes_would_break_though_it_could_be_installed() -> None:
    live = {"app.py": "import db.connection\n", "db/__init__.py": "", "db/connection.py": ""}
    found = compared(live, {"app.py": live["app.py"]})
    assert told(found) == [("would-break", "app.py:1 db.connection", "db/connection.py", True)]


def test_a_module_taken_out_of_a_python_package_would_break_each_by_its_name() -> None:
    live = {"app.py": "from db import a, b\n", "db/__init__.py": "", "db/a.py": "", "db/b.py": ""}
    planned = {path: text for path, text in live.items() if path != "db/b.py"}
    assert told(compared(live, planned)) == [("would-break", "app.py:1 db.b", "db/b.py", True)]


def test_modules_that_import_each_other_end() -> None:
    circle = {
        "a.js": "import './b.js';",
        "b.js": "import './a.js';",
        "c/__init__.py": "from c import d",
        "c/d.py": "import c",
    }
    assert told(compared(circle, {**circle, "e.js": ""})) == []


def test_entry_points_that_go_would_break() -> None:
    live = {
        "package.json": """{"main": "lib/start", "bin": {"x": "./bin/x.js"},
          "exports": {".": {"types": "./a.d.ts", "default": "./e.js"}}}""",
        "ecosystem.config.js": "module.exports = { apps: [{ script: './server.js' }, { script: 'npm' }] }",
        **dict.fromkeys(("lib/start.js", "bin/x.js", "e.js", "server.js"), ""),
    }
    planned = {path: live[path] for path in ("package.json", "ecosystem.config.js")}
    found = {where: cause for _kind, where, cause, may_block in told(compared(live, planned)) if may_block}
    assert found == {
        "ecosystem.config.js:1 ./server.js": "server.js",
        "package.json:1 lib/start": "lib/start.js",
        "package.json:1 ./bin/x.js": "bin/x.js",
        "package.json:2 ./e.js": "e.js",
    }


def test_an_entry_point_that_never_was_there_does_not_block() -> None:
    planned = {"package.json": '{"main": "dist/x.js"}', "a.js": ""}
    assert [may_block for *_rest, may_block in told(compared({"a.js": ""}, planned))] == [False]
    assert told(compared({"a.js": ""}, {"package.json": '{"main": "index.js"}', "a.js": ""})) == []


def test_a_package_is_said_once_to_be_not_installed() -> None:
    files = {
        "package.json": '{"dependencies": {"pg": "8"}}',
        "a.js": "require('pg')",
        "b.js": "require('pg')",
    }
    live = analysis_of(files, {"node_modules"}, listed={"node_modules": frozenset()})
    live.run()
    defect = only(TwoTrees(live, live, lambda _path: False).compared())
    assert (defect.kind, defect.module, defect.remark) == (
        StructureKind.NOT_INSTALLED,
        "pg",
        "So it is at 1 more place.",
    )
