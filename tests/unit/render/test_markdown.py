import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

import cmarkgfm
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from driftaudit.model.audit import Audit, TreeFacts, Verdict
from driftaudit.model.finding import Action, Finding
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.markdown import LONGEST, cell, code, length, prose, render
from driftaudit.render.printable import printable
from tests.support.programs import program

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


def assert_nothing_is_injected(markdown: str) -> None:
    """Only what the template has itself is markup: no link, no image, no HTML but the folds."""
    tokens = flat(markdown)
    assert not [token for token in tokens if token.type in ("link_open", "image", "html_inline", "s_open")]
    html = [line for token in tokens if token.type == "html_block" for line in token.content.split("\n")]
    for line in filter(None, html):
        assert line in OWN_HTML or re.fullmatch(r"<summary>[\w ,:]+</summary>", line), line
    assert html.count("<details>") == html.count("</details>")


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_injected_and_nothing_is_lost(name: str, with_everything: Callable[..., Audit]) -> None:
    markdown = render(with_everything(name), RenderOptions())

    assert_nothing_is_injected(markdown)
    headings = [token for token in flat(markdown) if token.type == "heading_open"]
    assert len(headings) == 12
    shown = printable(name)
    table = cells(markdown)
    assert table.count(shown) >= 4  # as the target, in the findings, among the problems, in the history
    for text in ("aside/", "warned/", "waived/", "rm -rf "):
        assert printable(f"{text}{name}") in table
    said = words(markdown)
    for text in ("because", "detail", "note", "why", "aside", "answer", "health", "structure", "folder"):
        assert printable(f"{text} {name}").removesuffix("\\x20") in said, text
    assert printable(f"importer {name}:3") in table


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_a_report_holds_it_fits_a_comment_and_is_only_text(
    data: st.DataObject, with_everything: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    name = data.draw(NAMES | st.sampled_from(HOSTILE))
    longer = name * data.draw(st.sampled_from([1, 1, 40, 400]))
    number = data.draw(st.sampled_from([0, 3, 120, 900]))
    actions = st.sampled_from([(Action.DELETE, "core/only-copy"), (Action.KEEP, "core/unknown")])
    many = [finding_of(f"{at}/{longer}", *data.draw(actions)) for at in range(number)]
    problems = tuple(
        Problem(f"{longer}{at}", kind, longer) for at, kind in enumerate(list(ProblemKind) * (number // 60))
    )
    audit = with_everything(longer)
    audit = replace(
        audit,
        findings=(*audit.findings, *many),
        problems=(*audit.problems, *problems),
        probes=audit.probes * (number + 1),
        structure=audit.structure * (number + 1),
        notes=audit.notes * (number + 1),
    )
    markdown = render(audit, RenderOptions())
    assert length(markdown) <= LONGEST
    assert len(markdown.encode()) <= 1 << 20
    assert_nothing_is_injected(markdown)
    assert markdown.startswith("## driftaudit: BLOCKED\n\n**")


def test_what_does_not_fit_is_said_and_the_worst_is_there(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    deep = "/".join(["a-folder-with-a-long-name"] * 10)
    loud = [finding_of(f"{deep}/{at:02}.js", reason=f"loud {at}") for at in range(50)]
    quiet = [
        finding_of(f"{deep}/{at}/x.txt", Action.KEEP, "core/unknown", reason=f"quiet {at}")
        for at in range(400)
    ]
    markdown = render(audit_of(*loud, *quiet), RenderOptions())
    assert 0.9 * LONGEST < length(markdown) <= LONGEST
    for finding in loud:
        assert f"`{finding.path}`" in markdown
    shown = sum(f"`{finding.path}`" in markdown for finding in quiet)
    assert 0 < shown < 400
    assert f"Left out: {400 - shown} rows of Warnings." in words(markdown)
    assert "| 50 | 400 | 0 | 0 | 0 problems |" in markdown


def test_ten_thousand_findings_take_little_time(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    many = [finding_of(f"{at % 97}/{at % 89}/{at}", reason=f"r{at % 900}") for at in range(10_000)]
    started = time.process_time()
    markdown = render(audit_of(*many), RenderOptions())
    assert length(markdown) <= LONGEST and "| 10,000 | 0 | 0 |" in markdown
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "name", ["a'b", "a\nb", "caf\udce9", " a ", "-rf", "$(id)", "`id`", "\u202ex", "a\\b"]
)
def test_a_command_names_exactly_the_path(
    name: str, audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    (block,) = [
        token.content
        for token in flat(render(audit_of(finding_of(name)), RenderOptions()))
        if token.type == "fence"
    ]
    line = next(line for line in block.splitlines() if line.startswith("driftaudit explain"))
    show = 'driftaudit() { while [ $# -gt 1 ]; do shift; done; printf %s "$1"; }'
    done = subprocess.run([program("bash"), "-c", f"{show}\n{line}"], capture_output=True, check=True)
    assert done.stdout.removeprefix(b"./") == os.fsencode(name)


def test_the_running_application_imports_and_history(with_everything: Callable[..., Audit]) -> None:
    markdown = render(with_everything("src/a.js"), RenderOptions())
    assert "| Probes | 0 of 2 well, 1 not asked |" in markdown
    assert (
        "| History | Run 12, compared with run 11 of 2025-11-02: 3 new, 0 persisting, 0 resolved, 0 waived |"
        in (markdown)
    )
    assert "| block | health src/a.js | `own/src/a.js`, by `http src/a.js` |" in markdown
    assert "| `importer src/a.js:3` | `src/a.js` | goes with src/a.js |" in markdown
    assert "| `pm2 irisx-api` | not asked | no pm2 |" in markdown
    assert "| new | block | `src/a.js` | unknown | 1 day, 1 run, since 2025-11-02 |" in markdown
    assert "| 3 | 1 | 1 | 0 | 1 problem |" in markdown  # a finding, the application, an import


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
    assert "driftaudit check production                  # then\n```" in markdown
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
    yaml = next(token.content for token in tokens if token.type == "fence" and token.info == "yaml")
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


@settings(max_examples=30, deadline=None)
@given(name=NAMES | st.sampled_from(HOSTILE))
def test_githubs_own_parser_makes_no_link_image_or_html_of_it(
    name: str, with_everything: Callable[..., Audit]
) -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(render(with_everything(name), RenderOptions()))
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {
        *("h2", "h3", "p", "strong", "code", "pre", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
        *("details", "summary"),
    }
    assert page.count("<details>") == page.count("</details>") == page.count("<summary>")
    outside = re.sub(r"(?s)<(code|pre).*?</\1>", "", page)
    assert not re.search(r"[@#]\w|://|www\.", re.sub(r"<[^>]*>", "", outside))
