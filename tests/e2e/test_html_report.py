"""The page that `check` writes: the contents of what differs, what is as desired, and no secret."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from driftaudit.cli.check import command as check_command
from driftaudit.evidence import composer
from tests.support.cli import driftaudit
from tests.support.git import commit, write
from tests.support.site import Site

PLANTED = "hunter2-the-secret"


def page(site: Site, *words: str) -> str:
    site.text("--format", "html", "--output", str(site.folder / "page.html"), *words)
    return (site.folder / "page.html").read_text(encoding="utf-8")


def data(html: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    read: dict[str, Any] = json.loads(text)
    return read


def contents(read: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {row[0]: row[7] for row in read["findings"] if len(row) > 7}


def test_contents_that_differ_are_on_the_page(remote: Site) -> None:
    commit(remote.repository, {"package.json": '{"version": "2"}\n'})
    write(remote.production, {"src/app.txt": "app\nby hand\n", "package.json": '{"version": "1"}\n'})
    write(remote.production, {"src/only.txt": "only here\n", "src/logo.png": b"\x89PNG\0\1"})
    shown = contents(data(page(remote)))
    assert shown["src/app.txt"][0]["hunks"][0][2] == [" app", "-by hand"]
    assert shown["src/only.txt"][0]["hunks"][0][2] == ["-only here"]
    assert shown["src/logo.png"][0]["state"] == "binary"
    assert shown["package.json"][0]["keys"] == [["version", '"1"', '"2"']]


def test_what_is_as_desired_is_counted_by_folder(site: Site) -> None:
    commit(site.repository, {f"docs/{number}.md": f"{number}\n" for number in range(30)})
    write(site.production, {f"docs/{number}.md": f"{number}\n" for number in range(30)})
    write(site.production, {"src/app.txt": "by hand\n"})
    read = data(page(site))
    folders = {row[0]: row[1:3] for row in read["folders"]}
    assert folders == {"": [33, 1], "docs": [30, 30], "src": [2, 0], "src/lib": [2, 2]}
    assert read["sides"] == [
        ["src", None, "different", "differs", "1 file live, 1 desired, 0 alike"],
    ]


def test_no_secret_is_on_the_page(site: Site) -> None:
    commit(site.repository, {"conf.yml": "port: 1\npassword: old-secret-value\n"})
    write(
        site.production,
        {
            "conf.yml": f"port: 2\npassword: {PLANTED}\n",
            "src/.env": f"DB_PASSWORD={PLANTED}\n",
            "src/start.sh": f"export API_TOKEN={PLANTED}\n",
        },
    )
    html = page(site)
    assert PLANTED not in html
    assert "old-secret-value" not in html
    shown = contents(data(html))
    assert shown["src/.env"] == [{"state": "secret"}]
    assert shown["conf.yml"][0]["masked"]


def test_a_content_of_fifty_megabytes_is_said_and_not_fetched(remote: Site) -> None:
    write(remote.production, {"src/huge.sql": b"insert\n" * 7_500_000})
    html = page(remote)
    assert contents(data(html))["src/huge.sql"] == [{"state": "too-large"}]
    assert len(html) < 200_000


def test_contents_have_their_limit_and_the_worst_come_first(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(site.production, {f"docs/{number:02}.md": f"{number}\n" for number in range(20)})
    write(site.production, {"src/only.txt": "only here\n"})
    monkeypatch.setattr(composer, "MOST_PATHS", 3)
    monkeypatch.chdir(site.repository)
    words = [site.url, "--deploy", "replace:src", "--format", "html", "--output", "page.html"]
    with pytest.raises(SystemExit) as ended:
        check_command.main(words, prog_name="driftaudit check")
    assert ended.value.code in (0, 3)
    shown = contents(data((site.repository / "page.html").read_text()))
    assert list(shown) == ["docs/00.md", "docs/01.md", "src/only.txt"]


def test_a_page_on_standard_output_is_the_page_alone(site: Site) -> None:
    write(site.production, {"src/app.txt": "app\nby hand\n"})
    outcome = driftaudit(site.repository, "check", site.url, "--format", "html")
    assert outcome.out.startswith("<!DOCTYPE html>")
    assert "-by hand" in outcome.out


def test_a_check_without_a_page_does_not_load_what_fills_it(site: Site) -> None:
    code = (
        "import sys; from driftaudit.cli.main import main\n"
        "try: main()\n"
        "finally: print([each for each in sys.modules if 'driftaudit.evidence' in each], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "check", site.url, "--format", "json"]
    done = subprocess.run(command, cwd=site.repository, capture_output=True, text=True)
    assert done.stderr.strip().endswith("[]")
