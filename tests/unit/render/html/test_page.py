import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Copy, Finding
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.html import render
from driftaudit.render.html.page import counts
from driftaudit.render.printable import printable
from driftaudit.render.summary import summarise
from tests.support.reports import full_audit

VOID = {"meta", "input"}
OWN_TAGS = set(
    "html head meta title style script body a header nav main section search footer div p span code pre"  # noqa: SIM905
    " strong h1 h2 dl dt dd ul ol li table caption thead tbody tr th td details summary figure figcaption"
    " label input select button fieldset progress svg g path circle rect title".split()
)
OWN_ATTRIBUTES = set(
    "lang charset http-equiv content name class id scope aria-labelledby tabindex type href"  # noqa: SIM905
    " aria-label for aria-pressed aria-live aria-hidden aria-describedby role hidden open autocomplete"
    " spellcheck value max viewbox focusable preserveaspectratio d x y width height cx cy r".split()
)


class Page(HTMLParser):
    """What a browser would see: elements in their order, and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "</code></table><img src=x onerror=alert(1)>",
        "\" onmouseover='alert(1)'",
        "&lt;b&gt;",
        "</style><script>",
        "{{ 7 * 7 }}{% raw %}",
        "\u202egpj.exe",
        "a\nb",
        "caf\udce9",
        "[red][/foo]",
    ],
)
def test_nothing_is_injected_and_nothing_is_lost(
    name: str,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
) -> None:
    extra = {"labels": (name,), "moved_to": name, "copies": (Copy("commit", name, safe=True),)}
    finding = finding_of(name, reason=f"because {name}", deployed=entry_of(name, owner=name), **extra)
    problems = (Problem(name, ProblemKind.UNREADABLE, f"detail {name}"),)
    audit = audit_of(finding, problems=problems, notes=(f"note {name}",), target=name, reason=f"why {name}")
    page = Page(render(audit, RenderOptions()))
    assert not page.open
    assert {tag for tag, _ in page.elements} <= OWN_TAGS
    keys = {key for _, attributes in page.elements for key in attributes}
    assert keys <= OWN_ATTRIBUTES
    shown = printable(name)
    for text in (shown, f"because {shown}", f"detail {shown}", f"note {shown}", f"why {shown}"):
        assert any(text in each for each in page.texts)


def test_the_policy_allows_this_style_and_these_scripts_and_nothing_else(
    incident: Callable[..., Audit],
) -> None:
    html = render(incident(), RenderOptions())
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    first, last = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (style, first, last)
    ]
    (policy,) = [meta["content"] for meta in Page(html).all("meta") if "http-equiv" in meta]
    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]} {hashes[2]}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"<link|<img|\sstyle=|url\(|@import|<[^>]+\son\w+=|innerHTML|eval\(", html)


def test_the_data_is_inert_and_is_what_was_found(incident: Callable[..., Audit]) -> None:
    audit = incident()
    html = render(audit, RenderOptions())
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert not set("<>&") & set(text)
    data = json.loads(text)
    assert [row[0] for row in data["findings"]] == [finding.path for finding in audit.findings]


def test_the_same_audit_gives_the_same_bytes(incident: Callable[..., Audit]) -> None:
    assert render(incident(), RenderOptions()) == render(incident(), RenderOptions())


def test_the_page_begins_with_the_verdict_and_the_reason(incident: Callable[..., Audit]) -> None:
    html = render(incident(), RenderOptions())
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    page = Page(html)
    start = page.text[page.text.index("production", page.text.index("production") + 1) :]
    assert start.index("BLOCKED") < start.index("This deploy destroys") < start.index("creates")
    assert page.all("header") == [{"class": "verdict blocked"}]
    assert len(page.all("main")) == len(page.all("footer")) == 1


def test_every_table_has_a_caption_and_scoped_headings(incident: Callable[..., Audit]) -> None:
    page = Page(render(incident(), RenderOptions()))
    assert len(page.all("table")) == len(page.all("caption")) == 9
    assert all(heading.get("scope") in ("row", "col") for heading in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [
        attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes
    ]
    assert set(named) <= set(ids)


def test_the_incident_as_a_page(incident: Callable[..., Audit]) -> None:
    page = Page(render(incident(), RenderOptions()))
    for text in (
        "src/services/freeswitch.js",
        "812 B, changed 2025-10-30, owner ubuntu",
        "12 files",
        "Give the scanning user read access, then check again.",
        "driftaudit check production",
        "1 expected path is not shown.",
        "ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend",
        "1f2e3d4c5b6a",
        "d" * 64,
    ):
        assert text in page.text


def test_a_count_leads_to_where_what_it_counts_is_shown(audit_of: Callable[..., Audit]) -> None:
    whole = full_audit()
    only_aside = audit_of(findings=(), health=whole.health, structure=whole.structure, probes=whole.probes)
    shown = {count.severity: count for count in counts(only_aside, summarise(only_aside))}
    assert (shown["block"].place, shown["block"].beside) == ("#imports", "1 import")
    assert (shown["info"].number, shown["info"].place) == (0, "#severity=info")
    of_paths = counts(whole, summarise(whole))
    assert [count.place for count in of_paths] == ["#severity=block", "#severity=warn", "#severity=info"]
    ill = audit_of(findings=(), health=whole.health, probes=whole.probes)
    html = render(ill, RenderOptions())
    assert 'href="#health"' in html.partition("</header>")[0]
    assert (
        "<dt>Probes</dt><dd><strong>1 of 3 well, 1 not asked</strong></dd>" in html.partition("</header>")[0]
    )


def test_the_worst_case_shows_what_to_configure(incident: Callable[..., Audit]) -> None:
    page = Page(render(incident(worst_case=True), RenderOptions()))
    assert "targets:\n  production:\n    deploy:\n      method: replace" in page.text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_colour(verdict: Verdict, audit_of: Callable[..., Audit]) -> None:
    html = render(audit_of(verdict=verdict), RenderOptions())
    assert f'<header class="verdict {verdict.value}">' in html
    assert f".verdict.{verdict.value} {{ --tone:" in html


def test_quiet_leaves_the_verdict_and_what_blocks(incident: Callable[..., Audit]) -> None:
    page = Page(render(incident(), RenderOptions(quiet=True)))
    assert [attributes["class"] for attributes in page.all("section")] == ["findings only-scripted", "block"]
    assert "freeswitch" in page.text
    assert "What was compared" not in page.text
