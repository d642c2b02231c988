"""Where Node finds a module, beside what the oracle shows on real packages."""

import pytest

from driftaudit.structure.imports import Form
from driftaudit.structure.resolution import State
from tests.support.structure import Files, resolved

APP: Files = {
    "package.json": """{"name": "app", "type": "module",
      "imports": {"#db": "./src/db.js", "#gone/*": "./gone/*.js"},
      "exports": {".": "./src/app.js", "./lib/*": {"require": "./lib/*.cjs", "default": "./lib/*.js"}},
      "dependencies": {"express": "4"}, "devDependencies": {"mocha": "10"},
      "optionalDependencies": {"fs2": "1"}}""",
    "src/app.js": "",
    "src/db.js": "",
    "src/data.json": "{}",
    "src/folder/index.js": "",
    "src/packed/package.json": '{"main": "lib/start"}',
    "src/packed/lib/start.js": "",
    "src/a b.js": "",
    "lib/one.js": "",
}


@pytest.mark.parametrize(
    ("module", "form", "path"),
    [
        ("./db.js", Form.IMPORT, "src/db.js"),
        ("./db.js?x=1#y", Form.IMPORT, "src/db.js"),
        ("./a%20b.js", Form.IMPORT, "src/a b.js"),
        ("./db", Form.REQUIRE, "src/db.js"),
        ("./data", Form.REQUIRE, "src/data.json"),
        ("./folder", Form.REQUIRE, "src/folder/index.js"),
        ("./packed", Form.REQUIRE, "src/packed/lib/start.js"),
        ("../src/db.js", Form.IMPORT, "src/db.js"),
        ("#db", Form.IMPORT, "src/db.js"),
        ("app", Form.IMPORT, "src/app.js"),
        ("app/lib/one", Form.IMPORT, "lib/one.js"),
    ],
)
def test_what_is_there_is_found(module: str, form: Form, path: str) -> None:
    assert resolved(APP, "src/app.js", module, form).path == path
    assert resolved(APP, "src/app.js", module, form).state is State.FOUND


@pytest.mark.parametrize(
    ("module", "form", "wanted"),
    [
        ("./db", Form.IMPORT, "src/db"),  # ES modules know no endings
        ("./folder", Form.IMPORT, "src/folder"),
        ("./nothing.js", Form.REQUIRE, "src/nothing.js"),
        ("./nothing", Form.REQUIRE, "src/nothing.js"),
        ("./db.js/", Form.REQUIRE, "src/db.js"),
        ("#gone/a", Form.IMPORT, "gone/a.js"),
        ("#no", Form.IMPORT, None),
        ("app/not/exported", Form.IMPORT, None),
        ("app/lib/one", Form.REQUIRE, "lib/one.cjs"),
    ],
)
def test_what_is_not_there_is_missing(module: str, form: Form, wanted: str | None) -> None:
    found = resolved(APP, "src/app.js", module, form)
    assert (found.state, found.path) == (State.MISSING, wanted)


@pytest.mark.parametrize(
    "module", ["fs", "node:test", "fs/promises", "express", "express/lib/x", "mocha", "fs2", "data:,1"]
)
def test_what_comes_along_or_is_declared_is_given(module: str) -> None:
    assert resolved(APP, "src/app.js", module).state is State.GIVEN


@pytest.mark.parametrize(
    "module",
    ["undeclared", "virtual:pwa", "@/db", "~/db", "$lib/db", "/src/db.js", "raw!./db.js", "../../above.js"],
)
def test_what_cannot_be_known_is_unknown(module: str) -> None:
    found = resolved(APP, "src/app.js", module)
    assert found.state is State.UNKNOWN
    assert found.why


def test_what_lies_where_nobody_looked_is_unknown() -> None:
    assert resolved(APP, "src/app.js", "./build/x.js", unseen={"src/build"}).state is State.UNKNOWN
    assert resolved(APP, "src/app.js", "./build/x.js", unseen={""}).state is State.UNKNOWN
    assert resolved(APP, "src/app.js", "./db.js", unseen={""}).state is State.FOUND


def test_a_declared_package_is_not_installed_only_where_that_was_seen() -> None:
    listed = {"node_modules": frozenset(("pg", "@scope/x"))}
    seen = {"unseen": {"node_modules"}, "listed": listed}
    found = resolved(APP, "src/app.js", "express", **seen)  # type: ignore[arg-type]
    assert (found.state, found.package) == (State.NOT_INSTALLED, "express")
    assert resolved(APP, "src/app.js", "pg", **seen).state is State.GIVEN  # type: ignore[arg-type]
    assert resolved(APP, "src/app.js", "@scope/x/y", **seen).state is State.GIVEN  # type: ignore[arg-type]
    assert resolved(APP, "src/app.js", "mocha", **seen).state is State.UNKNOWN  # type: ignore[arg-type]
    assert resolved(APP, "src/app.js", "express", unseen={"node_modules"}).state is State.GIVEN


def test_packages_that_are_seen_are_looked_into() -> None:
    files = {
        **APP,
        "node_modules/express/package.json": '{"exports": {"import": "./gone.mjs", "default": "./index.js"}}',
        "node_modules/express/index.js": "",
        "node_modules/old/lib.js": "",
    }
    assert resolved(files, "src/app.js", "express", Form.REQUIRE).path == "node_modules/express/index.js"
    assert resolved(files, "src/app.js", "express").state is State.MISSING
    assert resolved(files, "src/app.js", "old/lib", Form.REQUIRE).path == "node_modules/old/lib.js"
    assert resolved(files, "src/app.js", "old/lib").state is State.MISSING


def test_workspaces_and_linked_packages_are_followed() -> None:
    files = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/a/package.json": '{"name": "@me/a", "main": "a.js"}',
        "packages/a/a.js": "",
        "packages/b/b.js": "",
    }
    assert resolved(files, "packages/b/b.js", "@me/a", Form.REQUIRE).path == "packages/a/a.js"
    links = {"node_modules/@me/a": "../../packages/a"}
    found = resolved(files, "packages/b/b.js", "@me/a", Form.REQUIRE, links=links)
    assert found.path == "packages/a/a.js"


def test_a_link_that_leads_out_or_round_is_unknown() -> None:
    for target in ("/srv/shared/x.js", "../../out.js", "loop.js", None):
        links = {"src/loop.js": target}
        assert resolved(APP, "src/app.js", "./loop.js", links=links).state is State.UNKNOWN


TYPED: Files = {
    "tsconfig.json": """{ // with comments
      "extends": "./base.json", "compilerOptions": { "paths": { "@/*": ["src/*"], }, }, }""",
    "base.json": '{"compilerOptions": {"baseUrl": "."}}',
    "src/app.ts": "",
    "src/db.ts": "",
    "src/view.tsx": "",
    "src/types.d.ts": "",
    "src/parts/index.ts": "",
}


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("./db", "src/db.ts"),
        ("./db.js", "src/db.ts"),
        ("./view.jsx", "src/view.tsx"),
        ("./types", "src/types.d.ts"),
        ("./parts", "src/parts/index.ts"),
        ("@/db", "src/db.ts"),
        ("src/db", "src/db.ts"),
    ],
)
def test_typescript_finds_sources_and_aliases(module: str, path: str) -> None:
    assert resolved(TYPED, "src/app.ts", module).path == path


def test_an_alias_that_leads_nowhere_is_missing() -> None:
    found = resolved(TYPED, "src/app.ts", "@/gone")
    assert (found.state, found.path) == (State.MISSING, "src/gone.ts")


def test_what_only_a_bundler_finds_is_unknown_where_there_is_one() -> None:
    files = {
        "package.json": '{"type": "module", "devDependencies": {"vite": "5"}}',
        "src/a.js": "",
        "src/b.js": "",
    }
    assert resolved(files, "src/a.js", "./b").state is State.UNKNOWN
    assert resolved(files, "src/a.js", "./c").state is State.MISSING


def test_a_package_json_that_cannot_be_read_makes_nothing_missing() -> None:
    files = {**APP, "package.json": "{ not json"}
    assert resolved(files, "src/app.js", "express").state is State.UNKNOWN
    assert resolved(files, "src/app.js", "#db").state is State.UNKNOWN
