from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from driftaudit.model.audit import Audit, TreeFacts, Verdict
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Copy, Finding
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.markdown import cell, code, prose, render
from driftaudit.render.printable import printable

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OWN_HTML = {"<details>", "</details>"}
PLAIN = {"text", "code_inline"}
HOSTILE = [
    "a|b",
    r"a\|b",
    "`tick``s`",
    "``",
    "`",
    "<script>alert(1)</script>",
    "<!-- -->",
    "</details>",
    "[text](https://evil.example)",
    "![image](//evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example www.evil.example",
    "@maintainer #1 org/repo#2 :tada:",
    "*bold* _under_ ~~gone~~ $x$ **",
    "# heading",
    "- item",
    "1. item",
    "===",
    "---",
    "&lt;b&gt; &amp;",
    "a\n\n# b",
    "\u202egpj.exe",
    "caf\udce9",
    "[red][/foo] pages/[id].tsx",
    "ends in \\",
    " padded ",
    "a  b",
]
NAMES = st.text(st.characters(codec=None), min_size=1, max_size=25) | st.text(
    "|`\\<>[]()!*_~@#:&$-=+.1 /ab", min_size=1
)


def flat(markdown: str) -> list[Token]:
    return [token for block in PARSER.parse(markdown) for token in (block.children or [block])]


def words(markdown: str) -> str:
    return "".join(token.content for token in flat(markdown) if token.type in PLAIN)


def cells(markdown: str) -> list[str]:
    tokens = PARSER.parse(markdown)
    return [
        "".join(child.content for child in tokens[place + 1].children or [])
        for place, token in enumerate(tokens)
        if token.type in ("td_open", "th_open")
    ]


@given(NAMES)
@example("`")
@example("a`")
@example("\\|")
def test_a_code_span_holds_exactly_the_name(name: str) -> None:
    (block,) = [token for token in PARSER.parse(code(printable(name))) if token.type == "inline"]
    assert [(token.type, token.content) for token in block.children or []] == [
        ("code_inline", printable(name))
    ]


@given(NAMES)
@example("\\|")
@example("a\\\\|b")
def test_a_cell_holds_exactly_the_name(name: str) -> None:
    shown = printable(name)
    assert cells(f"| a | b |\n|---|---|\n| {cell(shown)} | x |\n") == ["a", "b", shown, "x"]


@given(NAMES)
@example("1. x")
@example("- x")
@example("===")
@example("http://x www.x @x #1 :x:")
def test_prose_says_the_text_and_nothing_else(text: str) -> None:
    shown = printable(text)
    for markdown in (prose(shown), f"- {prose(shown)}", f"**{prose(shown)}**"):
        assert words(markdown) == shown
    live = {token.type for token in flat(prose(shown))} - PLAIN - {"paragraph_open", "paragraph_close"}
    assert not live
    assert cells(f"| a |\n|---|\n| {prose(shown)} |\n")[1:] == [shown]


def test_what_forges_bring_to_life_is_code() -> None:
    shown = prose("ask @admin about #12 at https://x.example or www.x.example :tada:")
    assert shown == "ask `@`admin about `#`12 at https`://`x.example or `www.`x.example `:`tada:"


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_injected_and_nothing_is_lost(
    name: str,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
) -> None:
    extra = {"labels": (name,), "moved_to": name, "copies": (Copy("commit", name, safe=True),)}
    finding = finding_of(name, reason=f"because {name}", deployed=entry_of(name, owner=name), **extra)
    aside = finding_of(f"aside/{name}", rule="core/drift", reason=f"aside {name}")
    problems = (Problem(name, ProblemKind.UNREADABLE, f"detail {name}"),)
    audit = audit_of(
        finding, aside, problems=problems, notes=(f"note {name}", name), target=name, reason=f"why {name}"
    )
    markdown = render(audit, RenderOptions())

    tokens = flat(markdown)
    assert not [token for token in tokens if token.type in ("link_open", "image", "html_inline", "s_open")]
    blocks = "".join(token.content for token in tokens if token.type == "html_block")
    assert blocks.split("\n") == ["<details>", "<summary>For information: 1 path</summary>", "</details>", ""]
    headings = [token for token in tokens if token.type == "heading_open"]
    assert len(headings) == 5
    shown = printable(name)
    table = cells(markdown)
    assert table.count(shown) >= 3  # as the target, in the findings, among the problems
    assert printable(f"aside/{name}") in table
    for text in (f"because {name}", f"detail {name}", f"note {name}", f"why {name}", f"aside {name}"):
        assert printable(text) in words(markdown)


def test_the_comment_leads_with_the_verdict_and_the_reason(incident: Callable[..., Audit]) -> None:
    lines = render(incident(), RenderOptions()).splitlines()
    assert lines[:3] == [
        "## driftaudit: BLOCKED",
        "",
        "**This deploy destroys what exists nowhere else: 5 paths.**",
    ]
    assert lines[3:6] == ["", "| Target | `production` |", "|---|---|"]


def test_the_incident_as_a_comment(incident: Callable[..., Audit]) -> None:
    markdown = render(incident(), RenderOptions())
    assert "| 5 | 1 | 17 | 1 | 1 problem |" in markdown
    assert (
        "| delete | `src/services/freeswitch.js` | unknown | 812 B, changed 2025-10-30, owner ubuntu |"
        in markdown
    )
    assert "| delete | `src/legacy/` 12 files | leftover |  |" in markdown
    assert "- **then:** Run `driftaudit check production` again." in markdown
    assert "| unreadable | `src/private` | Permission denied |" in markdown
    assert "- The working tree has changes that are not committed; HEAD is deployed." in markdown
    rows = [token for token in flat(markdown) if token.type == "tr_open"]
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) == sum(not line.startswith("|--") for line in lines)
    folded = markdown[markdown.index("<details>") : markdown.index("</details>")]
    assert "src/legacy/" in folded
    assert "freeswitch" not in folded
    assert "\n\n\n" not in markdown


def test_the_worst_case_shows_what_to_configure(incident: Callable[..., Audit]) -> None:
    tokens = flat(render(incident(worst_case=True), RenderOptions()))
    (yaml,) = [token.content for token in tokens if token.type == "fence"]
    assert yaml.startswith("targets:\n  production:\n    deploy:\n      method: replace")


def test_an_incomplete_side_stands_out(
    audit_of: Callable[..., Audit], tree_of: Callable[..., TreeFacts]
) -> None:
    problems = (Problem("", ProblemKind.SHALLOW_CLONE, "50 commits"),)
    audit = audit_of(verdict=Verdict.INCOMPLETE, problems=problems, deployed=tree_of("ssh", complete=False))
    markdown = render(audit, RenderOptions())
    assert "## driftaudit: INCOMPLETE" in markdown
    assert "read by `agent`, **incomplete** |" in markdown
    assert "Nothing that could be seen differs." in markdown
    assert "`git fetch --unshallow`" in markdown


def test_quiet_leaves_the_verdict_and_what_blocks(incident: Callable[..., Audit]) -> None:
    markdown = render(incident(), RenderOptions(quiet=True))
    headings = [line for line in markdown.splitlines() if line.startswith("#")]
    assert headings == ["## driftaudit: BLOCKED", "### Blocking: 5 paths"]
    assert "freeswitch" in markdown
