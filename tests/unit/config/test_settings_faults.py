"""driftaudit.yml as settings: what a wrong file is told, by line and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.config.settings import load_settings
from driftaudit.errors import ConfigError

Refusal = Callable[[str], str]


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refusal:
    monkeypatch.chdir(tmp_path)

    def refusal(text: str) -> str:
        Path("driftaudit.yml").write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_settings(tmp_path / "driftaudit.yml")
        return caught.value.message

    return refusal


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file(refusal: Refusal) -> None:
    text = """\
version: 1
targets:
  live:
    url: 3
    deploy:
      methd: replace
      method: mirrr
    allow_absent: no
labels:
  runtime: uploads/
rulez: []
"""
    assert (
        refusal(text)
        == """\
driftaudit.yml:4:10 (targets, live, url) text is needed here, not the number 3; put it in quotes
driftaudit.yml:6:7 (targets, live, deploy) unknown key 'methd'; did you mean 'method'?
driftaudit.yml:7:15 (targets, live, deploy, method) 'mirrr' is not one of {methods}; did you mean 'mirror'?
driftaudit.yml:8:19 (targets, live, allow_absent) true or false is needed here, not the text 'no'
driftaudit.yml:10:12 (labels, runtime) a list is needed here, not the text 'uploads/'; write [uploads/]
driftaudit.yml:11:1 unknown key 'rulez'; did you mean 'rules'?""".format(
            methods="replace, overlay, mirror, release, script"
        )
    )


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            "version: 2",
            (
                "driftaudit.yml:1:10 (version) version 2 is newer than this driftaudit, which reads version "
                "1: upgrade driftaudit"
            ),
        ),
        ("version: '1'", "driftaudit.yml:1:10 (version) '1' is no version: write 'version: 1'"),
        ("version: true", "driftaudit.yml:1:10 (version) True is no version: write 'version: 1'"),
        ("targets: {}", "driftaudit.yml:1:1 'version' is missing"),
    ],
)
def test_the_version_is_1(refusal: Refusal, version: str, message: str) -> None:
    assert refusal(version) == message


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("{}", "driftaudit.yml:2:14 (targets, a) 'url' is missing"),
        ("", "driftaudit.yml:2:14 (targets, a) a mapping is needed here, not nothing"),
        ("{url: ''}", "driftaudit.yml:2:20 (targets, a, url) must not be empty"),
        (
            "{url: x, zzz: 1}",
            (
                "driftaudit.yml:2:23 (targets, a) unknown key 'zzz'; known here: transport, method, "
                "become, rate_limit, timeouts, url, desired, deploy, allow_absent, packs, backups, probes"
            ),
        ),
        (
            "{url: x, packs: node}",
            (
                "driftaudit.yml:2:30 (targets, a, packs) a list is needed here, not the text 'node'; "
                "write [node]"
            ),
        ),
        (
            "{url: x, backups: [1]}",
            (
                "driftaudit.yml:2:33 (targets, a, backups, 0) text is needed here, not the number 1; "
                "put it in quotes"
            ),
        ),
    ],
)
def test_a_target_is_checked(refusal: Refusal, target: str, message: str) -> None:
    assert refusal(f"version: 1\ntargets: {{a: {target}}}") == message


def test_a_target_has_a_name_that_can_be_typed(refusal: Refusal) -> None:
    assert refusal("version: 1\ntargets: {'a b': {url: x}}") == (
        "driftaudit.yml:2:11 (targets) 'a b' is no name for a target: letters, digits, '.', '_' and '-' make "
        "one"
    )


@pytest.mark.parametrize(
    ("desired", "message"),
    [
        (
            "{map: {a: b}}",
            (
                "2:32 (targets, a, desired) exactly one of revision, worktree, directory, archive is needed, "
                "found none"
            ),
        ),
        (
            "{revision: a, archive: b}",
            (
                "2:32 (targets, a, desired) exactly one of revision, worktree, directory, archive "
                "is needed, found revision and archive"
            ),
        ),
        (
            "{worktree: false}",
            (
                "2:32 (targets, a, desired) exactly one of revision, worktree, directory, archive is "
                "needed, found none"
            ),
        ),
        ("{revision: a, map: {}}", "2:51 (targets, a, desired, map) must not be empty"),
        (
            "{revision: a, map: {/x: y}}",
            "2:52 (targets, a, desired, map) '/x' is absolute: a path relative to the top is needed",
        ),
        (
            "{revision: a, map: {x: ../y}}",
            "2:55 (targets, a, desired, map, x) '../y' has '..' in it: it would lead above the top",
        ),
        (
            "{revision: a, map: {x: /y}}",
            "2:55 (targets, a, desired, map, x) '/y' is absolute: a path relative to the top is needed",
        ),
        ("{revision: a, map: {x: y, x/: z}}", "2:58 (targets, a, desired, map) 'x/' is mapped twice"),
        ("{revision: a, map: {x: y, x: z}}", "2:58 duplicate key 'x', which is in line 2 already"),
        ("{revision: a, map: {x: }}", "2:55 (targets, a, desired, map, x) text is needed here, not nothing"),
    ],
)
def test_what_is_desired_is_checked(refusal: Refusal, desired: str, message: str) -> None:
    assert (
        refusal(f"version: 1\ntargets: {{a: {{url: x, desired: {desired}}}}}") == f"driftaudit.yml:{message}"
    )


@pytest.mark.parametrize(
    ("deploy", "message"),
    [
        ("{}", "2:31 (targets, a, deploy) 'method' is missing"),
        (
            "{method: replace, paths: [/srv]}",
            "2:57 (targets, a, deploy, paths, 0) '/srv' is absolute: a path relative to the top is needed",
        ),
        ("{method: replace, paths: []}", "2:56 (targets, a, deploy, paths) must not be empty"),
        (
            "{method: replace, exclude: [a]}",
            "2:49 (targets, a, deploy) 'exclude' belongs to method mirror, not to replace",
        ),
        (
            "{method: release, paths: [a]}",
            "2:49 (targets, a, deploy) 'paths' belongs to method replace, overlay, mirror, not to release",
        ),
        (
            "{method: mirror, script: x}",
            "2:48 (targets, a, deploy) 'script' belongs to method script, not to mirror",
        ),
        (
            "{method: release, keep_releases: 0}",
            "2:64 (targets, a, deploy, keep_releases) 0 is too small: 1 or more is needed",
        ),
        (
            "{method: release, keep_releases: '5'}",
            "2:64 (targets, a, deploy, keep_releases) a whole number is needed here, not the text '5'",
        ),
        ("{method: script}", "2:31 (targets, a, deploy) method script needs 'script', the file that deploys"),
    ],
)
def test_the_deploy_is_checked(refusal: Refusal, deploy: str, message: str) -> None:
    assert refusal(f"version: 1\ntargets: {{a: {{url: x, deploy: {deploy}}}}}") == f"driftaudit.yml:{message}"


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        (
            "{tpc: 'h:1'}",
            (
                "2:32 (targets, a, probes, 0) 'tpc' is not one of pm2, tcp, http, systemd, command; did you "
                "mean 'tcp'?"
            ),
        ),
        (
            "{pm2: a, tcp: 'h:1'}",
            (
                "2:32 (targets, a, probes, 0) a probe is one 'kind: subject', like 'tcp: 127.0.0.1:3000', "
                "and options beside it"
            ),
        ),
        (
            "{within: 2}",
            "2:32 (targets, a, probes, 0) 'within' is not one of pm2, tcp, http, systemd, command",
        ),
        (
            "{tcp: 'h:1', statsu: 200}",
            "2:45 (targets, a, probes, 0) unknown key 'statsu'; did you mean 'status'?",
        ),
        (
            "{tcp: 'h:1', status: 200}",
            "2:45 (targets, a, probes, 0) 'status' belongs to http, not to tcp",
        ),
        (
            "{pm2: a, from: here}",
            "2:41 (targets, a, probes, 0) 'from' belongs to tcp, http, not to pm2",
        ),
        (
            "{tcp: 'h:1', from: heer}",
            "2:51 (targets, a, probes, 0, from) 'heer' is not one of host, here; did you mean 'here'?",
        ),
        (
            "{tcp: 'h:1', by: api}",
            "2:31 (targets, a, probes) 'by: api' names no pm2 or systemd probe of this target; it has: none",
        ),
        (
            "{tcp: '3000'}",
            (
                "2:38 (targets, a, probes, 0, tcp) '3000' is no host with a port: write 127.0.0.1:3000, or "
                "[::1]:3000"
            ),
        ),
        (
            "{tcp: 'h:70000'}",
            "2:38 (targets, a, probes, 0, tcp) '70000' is no port: a number from 1 to 65535 is one",
        ),
        (
            "{http: 'localhost:3000'}",
            (
                "2:39 (targets, a, probes, 0, http) 'localhost:3000' is no URL of a web server: write "
                "http://127.0.0.1:3000/health"
            ),
        ),
        (
            "{http: 'http://a:b@h/'}",
            (
                "2:39 (targets, a, probes, 0, http) a URL with a login in it is not asked: its password "
                "would end up in reports"
            ),
        ),
        (
            "{http: 'http://h/', status: 99}",
            "2:60 (targets, a, probes, 0, status) 99 is too small: 100 or more is needed",
        ),
        (
            "{http: 'http://h/', body: '('}",
            (
                "2:58 (targets, a, probes, 0, body) '(' is no regular expression (in RE2's syntax): "
                "missing ): ("
            ),
        ),
        (
            "{systemd: '-H evil'}",
            (
                "2:42 (targets, a, probes, 0, systemd) '-H evil' is no unit of systemd: write nginx, or "
                "nginx.service"
            ),
        ),
        (
            "{tcp: 'h:1', within: 0}",
            "2:53 (targets, a, probes, 0, within) 0 is too small: more than 0 is needed",
        ),
        (
            "{tcp: 3000}",
            "2:38 (targets, a, probes, 0, tcp) text is needed here, not the number 3000; put it in quotes",
        ),
        ("tcp", "2:32 (targets, a, probes, 0) a mapping is needed here, not the text 'tcp'"),
    ],
)
def test_probes_are_checked(refusal: Refusal, probe: str, message: str) -> None:
    assert (
        refusal(f"version: 1\ntargets: {{a: {{url: x, probes: [{probe}]}}}}") == f"driftaudit.yml:{message}"
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("{runtime: [a, '']}", "2:23 (labels, runtime, 1) '' is an empty pattern"),
        ("{runtime: ['[a']}", "2:20 (labels, runtime, 0) '[a' matches nothing: a bracket is not closed"),
        (
            "{runtime: [1]}",
            "2:20 (labels, runtime, 0) text is needed here, not the number 1; put it in quotes",
        ),
        ("{runtime: }", "2:19 (labels, runtime) a list is needed here, not nothing"),
        ("{secrets: [a]}", "2:10 (labels) 'secrets' is no built-in label; did you mean 'secret'?"),
        ("{'a b': [a]}", "2:10 (labels) 'a b' is no label: letters, digits, '.', '_' and '-' make one"),
    ],
)
def test_labels_are_checked(refusal: Refusal, labels: str, message: str) -> None:
    assert refusal(f"version: 1\nlabels: {labels}") == f"driftaudit.yml:{message}"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{id: a, severity: info}", "2:9 (rules, 0) 'reason' is missing"),
        (
            "{id: a/, severity: info, reason: r}",
            "2:14 (rules, 0, id) 'a/' is no rule id: names parted by '/' make one, like 'shop/uploads'",
        ),
        (
            "{id: a, severity: blok, reason: r}",
            "2:27 (rules, 0, severity) 'blok' is not one of block, warn, info, ignore; did you mean 'block'?",
        ),
        (
            "{id: a, severity: info, reason: r, when: {origin: unknwn}}",
            (
                "2:59 (rules, 0, when, origin) 'unknwn' is not one of missing, stale, ahead, hotfix, "
                "leftover, moved, foreign, unknown, variant; did you mean 'unknown'?"
            ),
        ),
        (
            "{id: a, severity: info, reason: r, when: {recoverable: [no]}}",
            "2:65 (rules, 0, when, recoverable, 0) 'no' is not one of true, false, unsafe, unproven",
        ),
        (
            "{id: a, severity: info, reason: r, when: {action: []}}",
            "2:59 (rules, 0, when, action) must not be empty",
        ),
        (
            "{id: a, severity: info, reason: r, when: {path: }}",
            "2:57 (rules, 0, when, path) a list is needed here, not nothing",
        ),
        (
            "{id: a, severity: info, reason: r, when: {path: ./a}}",
            (
                "2:57 (rules, 0, when, path) './a' matches nothing: "
                "patterns begin at the root, without '.' and '..'"
            ),
        ),
        (
            "{id: a, severity: info, reason: r, when: {orign: x}}",
            "2:51 (rules, 0, when) unknown key 'orign'; did you mean 'origin'?",
        ),
        (
            "{id: a, severity: info, reason: r}, {id: a, severity: info, reason: r}",
            "2:8 (rules) two rules are called 'a': an id names one rule",
        ),
    ],
)
def test_rules_are_checked(refusal: Refusal, rule: str, message: str) -> None:
    assert refusal(f"version: 1\nrules: [{rule}]") == f"driftaudit.yml:{message}"


@pytest.mark.parametrize("option", ["current: ../../etc", "current: /srv/app", "releases: /srv"])
def test_a_release_lies_below_the_root(refusal: Refusal, option: str) -> None:
    told = refusal(f"version: 1\ntargets: {{a: {{url: x, deploy: {{method: release, {option}}}}}}}")
    assert option.partition(":")[0] in told


def test_a_path_that_is_deployed_has_no_wildcard(refusal: Refusal) -> None:
    told = refusal("version: 1\ntargets: {a: {url: x, deploy: {method: replace, paths: ['src/*']}}}")
    assert "has a wildcard in it" in told
