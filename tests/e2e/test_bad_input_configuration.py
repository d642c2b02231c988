"""Configurations, packs and repositories that are not right: exit code 2, and where it is wrong."""

from pathlib import Path

import pytest

from tests.support.cli import check, driftaudit
from tests.support.git import commit, git, new_repository
from tests.support.site import Site, refusal

CONFIG = """\
version: 1
targets:
  production:
    url: /srv/app
    desired:
      revison: HEAD
"""
PACK = """\
description: Mine.
labels:
  runtime: ["logs/"]
rules:
  - id: mine/logs
    when:
      path: ["src/[a-"]
    severity: info
    reason: "Logs are expected."
"""


def test_a_typo_is_told_with_file_line_and_column_and_the_nearest_key(site: Site) -> None:
    site.configure(CONFIG)
    told = refusal(driftaudit(site.repository, "check"), 2)
    assert "driftaudit.yml:6:7 (targets, production, desired) unknown key 'revison'" in told
    assert "did you mean 'revision'?" in told


def test_every_fault_is_told_at_once(site: Site) -> None:
    site.configure(CONFIG + "    deploy: {method: replac}\n")
    told = refusal(driftaudit(site.repository, "check"), 2)
    assert "driftaudit.yml:6:7 " in told
    assert "driftaudit.yml:7:22 " in told
    assert "replace" in told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 1\ntargets: [\n", "driftaudit.yml:3:1"),
        ("version: 1\n\ttargets: {}\n", "driftaudit.yml:2:1"),
        ("version: 2\ntargets: {}\n", "driftaudit.yml:1:10"),
        ("version: 1\ntargets: {}\ntargets: {}\n", "driftaudit.yml:3:1"),
        ("just words\n", "driftaudit.yml:1:1"),
        ("", "driftaudit.yml"),
    ],
)
def test_what_is_no_configuration(site: Site, text: str, place: str) -> None:
    site.configure(text)
    assert place in refusal(driftaudit(site.repository, "check"), 2)


def test_a_configuration_that_is_not_utf_8(site: Site) -> None:
    (site.repository / "driftaudit.yml").write_bytes(b"version: 1\n# caf\xe9\n")
    assert "driftaudit.yml" in refusal(driftaudit(site.repository, "check"), 2)


def test_a_configuration_that_is_absent(site: Site) -> None:
    told = refusal(driftaudit(site.repository, "check", "--config", "absent.yml"), 2)
    assert "absent.yml: No such file or directory" in told


def test_a_pack_with_a_bad_pattern(site: Site) -> None:
    (site.repository / "mine.yml").write_text(PACK)
    told = site.refused(2, "--pack", "./mine.yml")
    assert (
        "mine.yml:7:14 (rules, 0, when, path, 0) 'src/[a-' matches nothing: a bracket is not closed" in told
    )


def test_a_label_with_a_bad_pattern(site: Site) -> None:
    site.configure("version: 1\ntargets: {production: {url: /srv/app}}\nlabels:\n  runtime: ['!']\n")
    assert "driftaudit.yml:4:13 (labels, runtime, 0)" in refusal(driftaudit(site.repository, "check"), 2)


def test_a_mapping_whose_source_is_absent(site: Site) -> None:
    site.configure(
        f"version: 1\ntargets:\n  production:\n    url: {site.production}\n"
        "    desired: {revision: HEAD, map: {api/src: src}}\n"
    )
    told = refusal(driftaudit(site.repository, "check"), 2)
    assert "there is no 'api/src' in commit " in told
    assert "but it is mapped to 'src'" in told
    assert "`map:`" in told


def test_no_repository(tmp_path: Path) -> None:
    told = refusal(check(tmp_path, "."), 2)
    assert f"{tmp_path} is in no git repository" in told
    assert "--desired ./build" in told


def test_no_such_revision(site: Site) -> None:
    told = site.refused(2, "--desired", "mian")
    assert "there is no revision 'mian'" in told
    assert "git fetch" in told


def test_a_revision_that_looks_like_an_option(site: Site) -> None:
    assert "there is no revision '--output=x'" in site.refused(2, "--desired=--output=x")
    assert not (site.repository / "x").exists()


def test_an_empty_repository(tmp_path: Path) -> None:
    new_repository(tmp_path / "new")
    told = refusal(check(tmp_path / "new", "."), 2)
    assert f"the repository {tmp_path / 'new'} has no commit yet" in told
    assert "Commit what is to be deployed first." in told


def test_a_commit_whose_tree_is_lost(site: Site) -> None:
    tree = git(site.repository, "rev-parse", "HEAD^{tree}")
    commit(site.repository, {"readme.txt": "other\n"})
    (site.repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    told = site.refused(2, "--desired", "HEAD~1")
    assert "git " in told
    assert "git fsck" in told


@pytest.mark.parametrize("words", [[""], [".", "--desired", ""], [".", "--deploy="], ["--config", ""]])
def test_a_variable_that_is_not_set_does_not_stand_for_the_folder_at_hand(
    site: Site, words: list[str]
) -> None:
    assert "Is a variable of the pipeline not set?" in refusal(
        driftaudit(site.repository, "check", *words), 2
    )
