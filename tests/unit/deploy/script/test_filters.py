"""Programs that only print, until a word of theirs makes them write a file or run a command."""

import pytest

from driftaudit.deploy.script.commands.filters import writes
from driftaudit.deploy.script.commands.sed_scripts import sed_writes
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import Outcome, simulate
from tests.support.shell_models import live_effect, setting

LIVE = {"src/a": "0", "notes.txt": "only here"}


def there(line: str) -> Outcome:
    return simulate(line, _setting(), at_target=True)


def _setting() -> Setting:
    return setting({"src/a": "1"}, LIVE)


@pytest.mark.parametrize(
    "line",
    [
        "sort -oapp/notes.txt /etc/hosts",
        "sort --output=app/notes.txt /etc/hosts",
        "sort -u -o app/notes.txt /etc/hosts",
        "uniq /etc/hosts app/notes.txt",
        "xxd /etc/hosts app/notes.txt",
        "yq -yi .a=1 app/notes.txt",
        "awk 'BEGIN{system(\"rm app/notes.txt\")}'",
        "awk '{print > \"app/notes.txt\"}' /etc/hosts",
        "awk '{print | \"tee app/notes.txt\"}' /etc/hosts",
        'awk "$PROGRAM" /etc/hosts',
        "awk -f job.awk",
        "gawk -i inplace '{sub(/a/, 1)} 1' app/notes.txt",
        "sed -n 'w app/notes.txt' /etc/hosts",
        "sed '1e rm app/notes.txt' /etc/hosts",
        "sed 's/x/rm/e' /etc/hosts",
        "sed -i 's/x/y/;s,a,b,w app/notes.txt' src/a",
        "sed -f job.sed /etc/hosts",
        "sed $SCRIPT /etc/hosts",
        "curl -sD app/notes.txt https://example.net/",
        "curl --cookie-jar app/notes.txt https://example.net/",
        "curl -T src/a sftp://example.net/app/notes.txt",
        "env -S 'rm app/notes.txt'",
        "/usr/bin/time -o app/notes.txt true",
        "shred -v app/notes.txt",
        "zip -qm /tmp/a.zip app/notes.txt",
        "shopt -s globstar; rm -f app/**/*.txt",
        "shopt -s nocaseglob; rm -f app/N*",
        "shopt -s expand_aliases; alias ls='rm app/notes.txt'",
        "#!/bin/sh\nalias ls='rm app/notes.txt'\nls",
        "sudo -i rm -rf app/src",
        "git --git-dir=/srv/app.git --work-tree=app checkout -f",
        "export GIT_WORK_TREE=app; git checkout -f main",
        "git push production main",
    ],
)
def test_what_writes_besides_printing_is_a_gap(line: str) -> None:
    assert any(problem.may_touch for problem in there(line).problems)


@pytest.mark.parametrize(
    "line",
    [
        "df -P / | awk '$5 > 90 {print $1}'",
        "awk -F: -v x=1 '{print $1}' /etc/passwd",
        "ls | sort -rn -k2 -t, | uniq -c | head -n 3",
        "sed -n 's/^version=\\(.*\\)/\\1/p' VERSION",
        "sed -e '/^#/d' -e '1,3s,/srv/w,/srv/e,g' VERSION",
        "sed '/[/]w/!d; $!{N;P;D}; y/abc/xyz/' VERSION",
        "curl -fsS -XPOST -H 'Content-Type: application/json' -d '{}' -m 10 https://example.net/hook",
        "curl --fail --silent --retry 5 https://example.net/health",
        "foo() { :; }; foo -v x",
        "node -v",
        "alias ll='ls -l'",
        "zip -qr /tmp/a.zip app",
        "git push origin main",
        "git push --tags",
    ],
)
def test_what_only_prints_is_none(line: str) -> None:
    outcome = there(line)
    assert not [problem for problem in outcome.problems if problem.may_touch]
    assert not live_effect(outcome)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("s/[/]/;/w f;s/x/y/", True),
        ("s|w|e|g", False),
        ("/a/,/b/{s/x/y/2;p}", False),
        ("\\,a/b,d", False),
        ("i\\\nw text\n", False),
        ("a w text", False),
        (":a;N;$!ba;s/\\n/ /g", False),
        ("1!G;h;$!d", False),
        ("r w.txt", False),
        ("W f", True),
        ("s/a/b", True),
        ("# w comment\np", False),
        ("p;w f", True),
    ],
)
def test_a_script_for_sed(script: str, expected: bool) -> None:
    assert sed_writes(script) is expected


def test_a_filter_that_is_not_known_to_write_does_not() -> None:
    assert not writes("grep", ["-o", "x"])


@pytest.mark.parametrize(
    "line",
    [
        "cd app/src; env -C .. rm notes.txt",
        "sudo -D app rm notes.txt",
        "cd app/src; rm -rf ../src; mkdir ../src && rm ../notes.txt",
        "cd app/src; rm -rf ../src; mkdir ../src && cd .. && rm notes.txt",
    ],
)
def test_where_a_command_runs(line: str) -> None:
    assert "notes.txt" in live_effect(there(line)).deleted


def test_a_command_that_is_wrapped_leaves_the_shell_where_it_goes() -> None:
    assert "notes.txt" in live_effect(there("command cd app; env -C src true; rm notes.txt")).deleted


@pytest.mark.parametrize(
    ("package", "is_gap"),
    [
        ('{"scripts": {"postinstall": "rm -rf logs"}}', True),
        ('{"scripts": {"build": "tsc"}}', False),
    ],
)
@pytest.mark.parametrize("line", ["npm ci", "yarn install", "npm ci --ignore-scripts"])
def test_an_installation_runs_the_scripts_of_the_package(package: str, is_gap: bool, line: str) -> None:
    script = f"scp package.json host:app/ && ssh host 'cd app && {line}'"
    outcome = simulate(script, setting({"package.json": package}, LIVE))
    gaps = [problem for problem in outcome.problems if problem.may_touch]
    assert bool(gaps) is (is_gap and "--ignore" not in line)


@pytest.mark.parametrize(
    "line",
    [
        "rsync -a --delete dist/ host:app/src/",
        "scp -r dist/* host:app/src/",
        "scp -r dist host:app/",
        "cd dist && rsync -a --delete ./ host:app/src/",
        "tar czf x.tgz dist && scp x.tgz host:/tmp/ && ssh host 'cd app && tar xzf /tmp/x.tgz'",
        "tar czf - -C dist . | ssh host 'tar xzf - -C app/src'",
        "[ -d dist ] && ssh host rm app/notes.txt",
        "rsync -a --delete src/dist/ host:app/src/",
    ],
)
@pytest.mark.parametrize("build", ["npm run build", "vite build", "actions/download-artifact"])
def test_what_is_built_only_then_is_no_empty_deploy(build: str, line: str) -> None:
    outcome = simulate(f"set -e\n{build}\n{line}", _setting())
    is_gap = any(problem.may_touch for problem in outcome.problems)
    assert is_gap or "notes.txt" in live_effect(outcome).deleted


def test_what_was_built_before_is_taken_for_what_is_built() -> None:
    outcome = simulate("npm run build && scp -r dist/* host:app/src/", setting({"dist/a": "1"}, LIVE))
    assert not [problem for problem in outcome.problems if problem.may_touch]
    assert live_effect(outcome).overwritten == {"src/a"}
