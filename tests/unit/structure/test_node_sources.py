"""What a JavaScript or TypeScript source imports: the quick look, and the grammar that decides."""

import time

import pytest

from driftaudit.structure.imports import Form
from driftaudit.structure.languages import Language
from driftaudit.structure.node.grammar import parsed
from driftaudit.structure.node.scan import scanned

JS, TS = Language.JAVASCRIPT, Language.TYPESCRIPT


def found(text: str, language: Language = JS) -> list[tuple[int, str]]:
    result = parsed(text.encode(), language)
    assert not result.error
    return [(each.line, each.module) for each in result.imports if not each.dynamic]


@pytest.mark.parametrize(
    ("text", "module", "form"),
    [
        ("import a from './a.js'", "./a.js", Form.IMPORT),
        ("import './a.js'", "./a.js", Form.IMPORT),
        ("import * as a from './a.js'", "./a.js", Form.IMPORT),
        ("export { a } from './a.js'", "./a.js", Form.IMPORT),
        ("export * from './a.js'", "./a.js", Form.IMPORT),
        ("import d from './a.json' with { type: 'json' }", "./a.json", Form.IMPORT),
        ("import('./a.js')", "./a.js", Form.IMPORT_CALL),
        ("import(/* webpackChunkName: 'x' */ './a.js')", "./a.js", Form.IMPORT_CALL),
        ("const a = require('./a')", "./a", Form.REQUIRE),
        ("require(`./a`)", "./a", Form.REQUIRE),
        ("require.resolve('./a')", "./a", Form.REQUIRE),
        ("module.require('./a')", "./a", Form.REQUIRE),
        ("require('./\\x61')", "./a", Form.REQUIRE),
        ("require(__dirname + '/a')", "./a", Form.REQUIRE),
        ("require(path.join(__dirname, 'lib', 'a.js'))", "./lib/a.js", Form.REQUIRE),
        ("const u = import.meta.resolve('./a.js')", "./a.js", Form.IMPORT_CALL),
        ("\ufeffrequire('./a')", "./a", Form.REQUIRE),
        ("#!/usr/bin/env node\nrequire('./a')", "./a", Form.REQUIRE),
        ("const A = () => <b>{require('./a')}</b>", "./a", Form.REQUIRE),
    ],
)
def test_each_way_to_import_is_found(text: str, module: str, form: Form) -> None:
    [each] = parsed(text.encode(), JS).imports
    assert (each.module, each.form, each.optional, each.dynamic) == (module, form, False, False)
    quick = scanned(text.encode())
    assert not quick.enough or module in {each.module for each in quick.imports}


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import type { A } from './a'", []),
        ("import { type A, type B } from './a'", []),
        ("import { type A, b } from './a'", ["./a"]),
        ("export type { A } from './a'", []),
        ("export type * from './a'", []),
        ("import a = require('./a')", ["./a"]),
        ("class A { constructor(private require: any) { require('./own') } }", []),
        ("let a = <T,>(b: T) => require('./a')", ["./a"]),
    ],
)
def test_types_are_left_aside_in_typescript(text: str, modules: list[str]) -> None:
    assert [module for _line, module in found(text, TS)] == modules


@pytest.mark.parametrize(
    "text",
    [
        "define(function (require) { require('./own') })",
        "(function (require, module) { require('./own') })",
        "(require) => { require('./own') }",
        "function require(name) {} require('./own')",
        "// require('./comment')",
        "const text = \"require('./text')\"",
        "object.require('./method')",
    ],
)
def test_what_only_looks_like_an_import_is_none(text: str) -> None:
    assert found(text) == []


def test_functions_that_create_require_made_are_asked_too() -> None:
    text = "import { createRequire } from 'module'\nconst r = createRequire(import.meta.url)\nr('./a')"
    assert (3, "./a") in found(text)
    assert not scanned(text.encode()).enough


@pytest.mark.parametrize(
    "text",
    [
        "try { require('./a') } catch {}",
        "import('./a').catch(() => null)",
        "import('./a').then((a) => a).catch(() => null)",
        "try { if (b) { require('./a') } } catch (error) { c() }",
    ],
)
def test_what_is_caught_is_optional(text: str) -> None:
    assert [each.optional for each in parsed(text.encode(), JS).imports] == [True]


def test_a_try_without_a_catch_makes_nothing_optional() -> None:
    [each] = parsed(b"try { require('./a') } finally { b() }", JS).imports
    assert not each.optional


@pytest.mark.parametrize(
    "text", ["require(name)", "import('./' + name)", "require(`./${name}`)", "require()"]
)
def test_what_cannot_be_known_is_dynamic(text: str) -> None:
    [each] = parsed(text.encode(), JS).imports
    assert each.dynamic
    assert not scanned(text.encode()).enough


@pytest.mark.parametrize("text", ["var a = ;", "import { from './a'", "<<<<<<< HEAD\nimport a from './a'"])
def test_what_does_not_parse_says_where(text: str) -> None:
    result = parsed(text.encode(), JS)
    assert result.error == "it does not parse, at line 1"
    assert result.imports == ()


def test_types_in_javascript_are_read_as_typescript() -> None:
    assert found("function f(a: string) { return require('./a') }") == [(1, "./a")]


def test_sources_that_are_no_utf_8_are_read() -> None:
    [each] = parsed(b"// caf\xe9\nrequire('./a')", JS).imports
    assert (each.line, each.module) == (2, "./a")


def test_deep_nesting_is_read() -> None:
    text = "(" * 3_000 + "require('./a')" + ")" * 3_000
    assert found(text) == [(1, "./a")]
    assert parsed(("[" * 50_000).encode(), JS).error


def test_five_megabytes_on_one_line_are_read_in_bounded_time() -> None:
    piece = b"function f(a){return a.map(function(b){return b+1})};"
    text = piece * (5_000_000 // len(piece)) + b"require('./a')"
    start = time.monotonic()
    assert [each.module for each in scanned(text).imports] == ["./a"]
    assert [each.module for each in parsed(text, JS).imports] == ["./a"]
    assert time.monotonic() - start < 60
