"""Words that make no sense: exit code 2, what is wrong, and what would be right."""

from pathlib import Path

import pytest

from tests.support.cli import driftaudit
from tests.support.git import git
from tests.support.site import Site, refusal


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check'?"),
        (["zzz"], "No such command 'zzz'."),
        (["check", "--dezired", "HEAD"], "No such option"),
        (["check", "--format", "jsn"], "'jsn' is not one of 'text', 'json', 'markdown', 'html'"),
        (["check", "--desired"], "requires an argument"),
        (["check", "a", "b"], "unexpected extra argument (b)"),
    ],
)
def test_words_that_no_command_knows(site: Site, words: list[str], told: str) -> None:
    assert told in refusal(driftaudit(site.repository, *words), 2)


def test_an_unknown_option_names_the_nearest(site: Site) -> None:
    assert "--desired" in refusal(driftaudit(site.repository, "check", "--dezired", "HEAD"), 2)


def test_an_unknown_target_names_the_nearest(site: Site) -> None:
    site.configure("version: 1\ntargets:\n  production: {url: /srv/app}\n  staging: {url: /srv/staging}\n")
    told = refusal(driftaudit(site.repository, "check", "prodution"), 2)
    assert "there is no target 'prodution', nor a folder of that name" in told
    assert "Did you mean 'production'?" in told
    assert "Targets of driftaudit.yml: production, staging." in told


def test_no_target_where_there_are_two(site: Site) -> None:
    site.configure("version: 1\ntargets:\n  production: {url: /srv/app}\n  staging: {url: /srv/staging}\n")
    assert "which target? driftaudit.yml has: production, staging" in refusal(
        driftaudit(site.repository, "check"), 2
    )


def test_no_target_and_no_configuration(site: Site) -> None:
    told = refusal(driftaudit(site.repository, "check"), 2)
    assert "there is no driftaudit.yml here or above" in told
    assert "driftaudit init URL" in told


def test_a_scheme_that_cannot_be_read(site: Site) -> None:
    told = refusal(driftaudit(site.repository, "check", "ftp://example.net/srv"), 2)
    assert "ftp:// is no source that can be read" in told
    assert "ssh" in told


def test_desired_that_is_both_a_revision_and_a_path(site: Site) -> None:
    git(site.repository, "branch", "src")
    told = site.refused(2, "--desired", "src")
    assert "'src' is both a revision and a path" in told
    assert "./src" in told
    assert "refs/heads/src" in told


def test_desired_that_is_a_path_without_saying_so(site: Site) -> None:
    told = site.refused(2, "--desired", "src")
    assert "'src' is no revision, but there is such a path" in told
    assert "Write ./src" in told


def test_a_desired_folder_that_is_absent(site: Site) -> None:
    assert "there is no folder absent" in site.refused(2, "--desired", "./absent")


def test_a_desired_folder_that_is_a_file(site: Site) -> None:
    assert "readme.txt is a file" in site.refused(2, "--desired", "./readme.txt")


@pytest.mark.parametrize("text", ["src", ":src", "src:", ":"])
def test_a_map_that_is_malformed(site: Site, text: str) -> None:
    told = site.refused(2, "--map", text)
    assert f"--map {text!r} is not FROM:TO" in told
    assert "--map api/src:src" in told


@pytest.mark.parametrize("text", ["../x:src", "src:/etc", "src:a/../.."])
def test_a_map_that_leaves_the_root(site: Site, text: str) -> None:
    assert "does not lie under the root" in site.refused(2, "--map", text)


def test_a_map_from_what_is_absent(site: Site) -> None:
    told = site.refused(2, "--map", "api/src:src")
    assert "there is no 'api/src' in commit " in told
    assert "--map FROM:TO" in told


@pytest.mark.parametrize(
    ("text", "near"),
    [("ftp", ""), ("overlai", "Did you mean 'overlay'?"), ("rplace:src", "Did you mean 'replace'?")],
)
def test_a_deploy_method_that_is_unknown(site: Site, text: str, near: str) -> None:
    told = site.refused(2, "--deploy", text)
    assert f"there is no deploy method {text.partition(':')[0]!r}" in told
    assert near in told
    assert "Known are" in told
    assert all(method in told for method in ("mirror", "overlay", "release", "replace"))


def test_a_deploy_path_that_leaves_the_root(site: Site) -> None:
    assert "'../src' does not lie under the root" in site.refused(2, "--deploy", "replace:../src")


def test_a_pack_that_is_unknown(site: Site) -> None:
    told = site.refused(2, "--pack", "nod")
    assert "there is no pack 'nod'" in told
    assert "node" in told


def test_two_reports_on_standard_output(site: Site) -> None:
    told = site.refused(2, "--format", "json", "--format", "json")
    assert "two reports go to the same place" in told
    assert "--output FILE" in told


def test_two_reports_in_one_file(site: Site) -> None:
    assert "two reports go to the same place" in site.refused(2, "--output", "a.json", "--output", "a.json")


def test_an_output_folder_that_is_absent(site: Site) -> None:
    told = site.refused(2, "--output", "reports/out.json")
    assert "there is no folder reports for the report out.json" in told
    assert "mkdir -p reports" in told


def test_an_output_that_is_a_folder(site: Site, tmp_path: Path) -> None:
    assert "is a folder, not a file" in site.refused(2, "--output", str(tmp_path))


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"]])
def test_help_tells_the_exit_codes(site: Site, words: list[str]) -> None:
    outcome = driftaudit(site.repository, *words)
    assert (outcome.code, outcome.err) == (0, "")
    assert "4  incomplete evidence" in outcome.out
