"""driftaudit.yml as settings: what a right file means."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.config.rules import Conditions, RuleSpec
from driftaudit.config.settings import (
    DeploySettings,
    DesiredSettings,
    ProbeSettings,
    Settings,
    TargetSettings,
    find_settings,
    load_settings,
)
from driftaudit.errors import ConfigError
from driftaudit.model.finding import Action, Origin, Recoverable, Severity
from driftaudit.model.mapping import PathMapping

Load = Callable[[str], Settings]

CONTRACT = """\
# driftaudit.yml
version: 1
targets:
  production:
    url: ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend
    desired:
      revision: HEAD
      map:
        api/src: src
        api/index.js: index.js
    deploy:
      method: replace
      paths: [src]
    allow_absent: false
    packs: [node, pm2]
    backups: ["/home/ubuntu/irisx-backend-*.tar.gz"]
    probes:
      - pm2: irisx-api
      - tcp: 127.0.0.1:3000
      - http: http://127.0.0.1:3000/health
labels:
  runtime: ["uploads/"]
rules: []
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> Settings:
        (tmp_path / "driftaudit.yml").write_text(text)
        return load_settings(tmp_path / "driftaudit.yml")

    return load


def test_the_example_of_the_contract_means_what_it_says(load: Load, tmp_path: Path) -> None:
    settings = load(CONTRACT)
    assert settings.path == tmp_path / "driftaudit.yml"
    assert settings.labels == {"runtime": ("uploads/",)}
    assert settings.rules == ()
    assert settings.document["labels"] == {"runtime": ["uploads/"]}
    assert settings.targets == {
        "production": TargetSettings(
            name="production",
            url="ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend",
            desired=DesiredSettings(
                "revision", "HEAD", PathMapping((("api/src", "src"), ("api/index.js", "index.js")))
            ),
            deploy=DeploySettings("replace", paths=("src",)),
            allow_absent=False,
            packs=("node", "pm2"),
            backups=("/home/ubuntu/irisx-backend-*.tar.gz",),
            probes=(
                ProbeSettings("pm2", "irisx-api"),
                ProbeSettings("tcp", "127.0.0.1:3000"),
                ProbeSettings("http", "http://127.0.0.1:3000/health"),
            ),
            where=f"{tmp_path}/driftaudit.yml:4",
        )
    }


def test_a_target_needs_no_more_than_a_url(load: Load) -> None:
    target = load("version: 1\ntargets: {live: {url: 'ubuntu@host:/srv'}}").targets["live"]
    assert target.desired == DesiredSettings("revision", "HEAD", PathMapping())
    assert (target.deploy, target.packs, target.allow_absent, target.backups) == (None, None, False, ())


def test_no_packs_at_all_differ_from_packs_that_are_not_named(load: Load) -> None:
    assert load("version: 1\ntargets: {a: {url: x, packs: []}}").targets["a"].packs == ()


def test_a_file_of_rules_alone_is_enough(load: Load) -> None:
    assert load("version: 1").targets == {}


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        ("{revision: v1.2}", DesiredSettings("revision", "v1.2")),
        ("{worktree: true}", DesiredSettings("worktree", "")),
        ("{directory: dist/}", DesiredSettings("directory", "{folder}/dist")),
        ("{archive: /tmp/b.tar.gz}", DesiredSettings("archive", "/tmp/b.tar.gz")),
        (
            "{revision: HEAD, map: {api/: ./, web: .}}",
            DesiredSettings(mapping=PathMapping((("api", ""), ("web", "")))),
        ),
    ],
)
def test_what_is_desired(load: Load, tmp_path: Path, desired: str, expected: DesiredSettings) -> None:
    found = load(f"version: 1\ntargets: {{a: {{url: x, desired: {desired}}}}}").targets["a"].desired
    value = expected.value.replace("{folder}", str(tmp_path))
    assert found == DesiredSettings(expected.kind, value, expected.mapping)


@pytest.mark.parametrize(
    ("deploy", "expected"),
    [
        ("{method: overlay}", DeploySettings("overlay")),
        ("{method: replace, paths: [./src/, .]}", DeploySettings("replace", paths=("src", ""))),
        ("{method: mirror, exclude: ['/logs/']}", DeploySettings("mirror", exclude=("/logs/",))),
        (
            "{method: release, current: current, releases: releases, shared: [uploads], keep_releases: 5}",
            DeploySettings(
                "release", shared=("uploads",), current="current", releases="releases", keep_releases=5
            ),
        ),
        ("{method: script, script: deploy.sh}", DeploySettings("script", script="deploy.sh")),
    ],
)
def test_every_method_has_its_options(load: Load, deploy: str, expected: DeploySettings) -> None:
    assert load(f"version: 1\ntargets: {{a: {{url: x, deploy: {deploy}}}}}").targets["a"].deploy == expected


def test_local_paths_are_relative_to_the_file(load: Load, tmp_path: Path) -> None:
    text = "version: 1\ntargets: {a: {url: ../live, packs: [node, ./rules/shop.yml]}, b: {url: ~/live}}"
    targets = load(text).targets
    assert targets["a"].url == f"{tmp_path}/../live"
    assert targets["a"].packs == ("node", f"{tmp_path}/rules/shop.yml")
    assert targets["b"].url == str(Path.home() / "live")


def test_rules_take_one_value_or_a_list_and_know_their_line(load: Load, tmp_path: Path) -> None:
    text = """\
version: 1
rules:
  - id: shop/uploads
    when: {path: /uploads/, origin: unknown, action: [keep, create], recoverable: [true, unproven]}
    severity: ignore
    reason: "Customers' files."
  - id: all
    severity: info
    reason: r
"""
    where = f"{tmp_path}/driftaudit.yml"
    conditions = Conditions(
        paths=("/uploads/",),
        origins=frozenset({Origin.UNKNOWN}),
        actions=frozenset({Action.KEEP, Action.CREATE}),
        recoverable=frozenset({Recoverable.YES, Recoverable.UNPROVEN}),
    )
    assert load(text).rules == (
        RuleSpec("shop/uploads", conditions, Severity.IGNORE, "Customers' files.", f"{where}:3"),
        RuleSpec("all", Conditions(), Severity.INFO, "r", f"{where}:7"),
    )


def test_the_file_is_found_in_the_folder_and_above_it_up_to_the_top_of_the_repository(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    (top / "api" / "src").mkdir(parents=True)
    (top / ".git").mkdir()
    (tmp_path / "driftaudit.yml").write_text("version: 1")
    assert find_settings(top / "api" / "src") is None
    (top / "driftaudit.yaml").write_text("version: 1")
    assert find_settings(top / "api" / "src") == top / "driftaudit.yaml"
    (top / "api" / "driftaudit.yml").write_text("version: 1")
    assert find_settings(top / "api" / "src") == top / "api" / "driftaudit.yml"


def test_both_names_in_one_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "driftaudit.yml").write_text("version: 1")
    (tmp_path / "driftaudit.yaml").write_text("version: 1")
    with pytest.raises(ConfigError) as caught:
        find_settings(tmp_path)
    assert caught.value.message == f"{tmp_path} holds both driftaudit.yml and driftaudit.yaml"
    assert caught.value.advice == "Keep one of them."


def test_settings_are_imported_without_the_validation_library() -> None:
    code = (
        "import sys, driftaudit.config.settings; sys.exit('pydantic' in sys.modules or 'yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
