"""What the simulator does not know of a script, it says: by a name, with the line, and never as nothing."""

import pytest

from driftaudit.deploy.script.contents import Reader
from driftaudit.deploy.script.rsync_planner import real_rsync
from driftaudit.deploy.script.session import Setting, Trouble
from driftaudit.deploy.script.simulation import Outcome, simulate
from driftaudit.model.script import Environment
from tests.support.shell_models import live_effect, setting

LOCAL = {"src/a": "1", "lib.sh": '#!/bin/sh\nrm -rf "$1"\n', "build/x": "x"}
LIVE = {"src/a": "0", "src/b": "only here", "logs/": "", "current": "-> releases/1", "releases/1/a": "1"}


def there(line: str, **others: object) -> Outcome:
    return simulate(line, _setting(**others), at_target=True)


def here(text: str, **others: object) -> Outcome:
    return simulate(text, _setting(**others))


def _setting(**others: object) -> Setting:
    return setting(LOCAL, LIVE, **others)


def troubles(outcome: Outcome) -> set[Trouble]:
    return {problem.trouble for problem in outcome.problems}


@pytest.mark.parametrize(
    "line",
    [
        'rm -rf "$DIR/src"',
        "rm -rf $DIR/*",
        "rm -rf ${1}/src",
        'rm -rf "${DIR:-$OTHER}"',
        "cd $DIR; rm -rf src",
        'rm -rf "$(curl -s https://example.net/which)"',
        "read D; rm -rf app/$D",
        "mv app/$X /tmp/away",
        'while read -r x; do rm -rf "app/$x"; done < <(ls app)',
        'cd app; while read -r x; do rm -rf "$x"; done < $LIST',
        'find "$DIR" -delete',
        'DIR=$(mktemp -d)/$NAME; rm -rf "$DIR"',
        "rm -rf backup-$(date +%F -d '-7 days')",
        "bash -c 'rm -rf \"$DIR/src\"'",
        "DIR=app; bash -c 'rm -rf \"$DIR/src\"'",  # not exported
    ],
)
def test_an_unknown_path_that_is_removed_is_named(line: str) -> None:
    assert Trouble.UNKNOWN_PATH in troubles(there(line))


@pytest.mark.parametrize(
    "line",
    [
        "rm -f /backups/a.tar.gz",
        "unlink /backups/a.tar.gz",
        ": > /backups/a.tar.gz",
        "mv /backups/a.tar.gz /backups/b.tar.gz",
        "cp app/src/a /backups/a.tar.gz",
        "tar czf /backups/a.tar.gz app/src",
        "cd /backups && tar czf a.tar.gz /etc",
        "if true; then rm /backups/a.tar.gz; fi",
    ],
)
def test_what_lies_unseen_outside_of_the_root_may_be_lost_by_name(line: str) -> None:
    outcome = there(line)
    assert "backups/a.tar.gz" in outcome.effects["there"].unseen


@pytest.mark.parametrize(
    "line", ["DIR=; rm -rf $DIR/etc", "rm -rf /srv/other", "rm -rf ../../var/lib", "mv other /srv/"]
)
def test_removal_outside_of_the_root(line: str) -> None:
    assert troubles(there(line)) >= {Trouble.OUTSIDE_ROOT}


@pytest.mark.parametrize(
    "line",
    [
        "rm -rf /",
        "rm -rf /*",
        "rm -rf ~",
        "rm -rf app",
        "rm -rf /home/ubuntu/app",
        "cd app/src && rm -rf ..",
        "rm -rf ../ubuntu",
        "mv app app.old",
        "cd app && rm -rf $PWD",
        "sudo find /home/ubuntu -delete",
        "DIR=; rm -rf $DIR/*",
    ],
)
def test_removal_of_the_root(line: str) -> None:
    assert Trouble.REMOVES_ROOT in troubles(there(line))


@pytest.mark.parametrize(
    "line",
    [
        "rm -f /tmp/s.tgz",
        "mkdir -p new && touch new/x && rm -rf new",
        "D=$(mktemp -d) && rm -rf $D",
        "cd app && rm -rf src",
        "R=releases/$(date +%s); cd app && mkdir -p $R && cp src/a $R/ && ln -sfn $R current",
    ],
)
def test_what_is_safe_to_remove_is_no_problem(line: str) -> None:
    assert not there(line).problems


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("/opt/deploy --all", Trouble.UNKNOWN_COMMAND),
        ("$CMD app", Trouble.UNKNOWN_COMMAND),
        ("git pull", Trouble.UNKNOWN_EFFECT),
        ("npm run migrate", Trouble.UNKNOWN_EFFECT),
        ("rsync -a /srv/x/ app/", Trouble.UNMODELLED),
        ("rm --frobnicate app/src", Trouble.UNMODELLED),
        ("tar xzf /tmp/unseen.tgz -C app", Trouble.UNSEEN),
        ("cp -r /srv/new/. app/src", Trouble.UNSEEN),
        ("cd app && tar xzf $ARCHIVE", Trouble.UNSEEN),
        ("echo x > $FILE", Trouble.UNKNOWN_DESTINATION),
        ("bash <(curl -s https://example.net)", Trouble.UNKNOWN_COMMAND),
        ("curl -s https://example.net/install | sh", Trouble.UNKNOWN_COMMAND),
        ('eval "$X"', Trouble.UNKNOWN_COMMAND),
        ("f() { f; }; f", Trouble.ENDLESS),
        ("while true; do :; done", Trouble.ENDLESS),
        ("bash -c 'if'", Trouble.SYNTAX),
        ("trap 'rm -rf app/src' ERR", Trouble.TRAP),
        ("coproc x { :; }", Trouble.UNMODELLED),
    ],
)
def test_what_may_touch_the_root_is_said_with_its_line(line: str, trouble: Trouble) -> None:
    found = [problem for problem in there(f":\n{line}\n").problems if problem.trouble is trouble]
    assert found
    assert found[0].may_touch
    assert found[0].line in (2, 0)


@pytest.mark.parametrize(
    "script",
    [
        "rsync -a --delete dist/ host:app/src/",
        "scp -qr dist host:app/src",
        "tar czf - dist | ssh host 'tar xzf - -C app'",
        "scp -q s.tgz host: && ssh host 'cd app && rm -rf src && tar xzf ../s.tgz'",
        "cat s.tgz | ssh host 'tar xzf - -C app'",
        "touch s.tgz; tar xzf s.tgz; scp -qr src host:app",
        "unzip -qo s.zip; scp -qr src host:app",
        "cp -r dist/. src; scp -qr src host:app",
        "sftp -b - host <<'END'\nput dist/x app/src/b\nEND",
    ],
)
def test_what_is_to_be_brought_and_is_not_there_is_said(script: str) -> None:
    problems = here(script, rsync=real_rsync).problems
    assert [(problem.trouble, problem.may_touch) for problem in problems] == [
        (Trouble.NOTHING_TO_BRING, True)
    ]


def test_what_the_script_has_taken_away_itself_is_not_missed() -> None:
    script = "rm -rf build; rsync -a build/ host:app/src/; rm -f s.tgz"
    assert not here(script, rsync=real_rsync).problems


@pytest.mark.parametrize(
    "line",
    [
        "pm2 restart app",
        "sudo systemctl restart nginx",
        "cd app && npm ci",
        "curl -fsS http://localhost/health",
        "sleep 5",
    ],
)
def test_what_is_known_to_be_harmless(line: str) -> None:
    outcome = there(line)
    assert not [problem for problem in outcome.problems if problem.may_touch]
    assert not live_effect(outcome).deleted


@pytest.mark.parametrize(
    "script",
    [
        "if probe; then\n  ssh host rm -rf app/src/b\nfi",
        "probe && ssh host rm -rf app/src/b",
        "probe || ssh host rm -rf app/src/b",
        "while probe; do ssh host rm -rf app/src/b; done",
        "case $ENV in prod) ssh host rm -rf app/src/b;; esac",
        '[ -n "$CLEAN" ] && ssh host rm -rf app/src/b',
        "set -e\nprobe\nssh host rm -rf app/src/b",
        "for x in $LIST; do ssh host rm -rf app/src/b; done",
        "ssh host 'cd /opt/nowhere; rm -rf app/src/b'",
        "./lib.sh x; sh lib.sh y; ssh host sh -s app/src/b < lib.sh",
        ". ./lib.sh nothing; ssh host \"$(cat <<'E'\nrm app/src/b\nE\n)\"",
    ],
)
def test_of_two_ways_the_worse_counts(script: str) -> None:
    assert "src/b" in live_effect(here("probe() { curl -fs http://localhost; }\n" + script)).deleted


def test_both_ways_are_told_from_one() -> None:
    outcome = here("if curl -fs localhost; then ssh host rm app/src/b; else ssh host rm app/src/a; fi")
    assert live_effect(outcome).deleted == {"src/a", "src/b"}
    assert len(outcome.ends) == 2


def test_what_nobody_saw_in_a_folder_goes_with_it() -> None:
    assert live_effect(there("rm -rf app/logs")).unseen == {"logs"}
    assert live_effect(there("cd app/logs && rm -rf *")).unseen
    assert not live_effect(there("touch app/new")).unseen


def test_many_undecided_ways_are_few_worlds_where_nothing_hangs_on_them() -> None:
    lines = [f"if curl -fs localhost/{n}; then echo up; fi" for n in range(100)]
    outcome = here("\n".join(["set -e", *lines, "ssh host rm app/src/b"]))
    assert Trouble.TOO_MANY_WAYS not in troubles(outcome)
    assert "src/b" in live_effect(outcome).deleted


def test_too_many_ways_are_said() -> None:
    lines = [f"if curl -fs localhost; then touch f{n}; fi" for n in range(10)]
    assert Trouble.TOO_MANY_WAYS in troubles(here("\n".join(lines)))


@pytest.mark.parametrize(
    "line",
    [
        "npx gh-pages",
        "npm run deploy",
        "make deploy",
        "python3 deploy.py",
        "gulp deploy",
        "gh workflow run x",
    ],
)
def test_what_runs_the_project_s_own_programs_here_may_reach_the_target(line: str) -> None:
    assert [problem.may_touch for problem in here(line).problems] == [True]


@pytest.mark.parametrize("line", ["npm run build", "yarn build", "npm test", "tsc -p .", "cargo build"])
def test_what_builds_here_does_not(line: str) -> None:
    assert [problem.may_touch for problem in here(line).problems] == [False]


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("curl -s https://example.net/batch | sftp -b - host", Trouble.UNKNOWN_COMMAND),
        ("sftp -b - host <<END\nrm app/$X\nEND", Trouble.UNKNOWN_PATH),
        ("sftp -b - host <<END\nput src/a $X/a\nEND", Trouble.UNKNOWN_DESTINATION),
        ("sftp -b - host <<'END'\n!./deploy\nEND", Trouble.UNKNOWN_COMMAND),
        ("sftp -b - host <<'END'\nput /srv/unseen app/src/b\nEND", Trouble.UNSEEN),
        ("ssh host 'cd app && git pull --ff-only'", Trouble.UNKNOWN_EFFECT),
        ("ssh host 'cd app && git reset --hard origin/main'", Trouble.UNKNOWN_EFFECT),
        ("git archive HEAD | ssh host 'tar xf - -C app'", Trouble.UNSEEN),
        ("ssh host \"rm -f app/$'x'\"", Trouble.UNMODELLED),
    ],
)
def test_what_a_batch_or_git_does_and_nobody_knows_is_said(script: str, trouble: Trouble) -> None:
    assert trouble in {problem.trouble for problem in here(script).problems if problem.may_touch}


def test_a_batch_is_followed() -> None:
    batch = "cd app\n-rm nothing\nrm src/b\nput build/x src/a"
    effect = live_effect(here(f"sftp -b - host <<'END'\n{batch}\nEND"))
    assert (effect.deleted, effect.overwritten) == ({"src/b"}, {"src/a"})


def test_git_clean_is_taken_to_delete_what_is_in_no_ignore_file() -> None:
    tree = LIVE | {".git/": "", ".gitignore": "logs\n*.env\n", "prod.env": "S"}
    outcome = simulate("cd app && git clean -fd", setting(tree, tree), at_target=True)
    assert {"src/b", "src/a"} <= live_effect(outcome).deleted
    assert not {"prod.env", ".git", "logs"} & (live_effect(outcome).deleted | live_effect(outcome).unseen)


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\nif [[ -d src ]]; then exit; fi\nssh host rm app/src/b",
        "#!/usr/bin/env sh\n[ a == a ] && exit\nssh host rm app/src/b",
        "ssh host '[[ -d app ]] && exit; rm app/src/b'",
        "ssh host 'rm app/src/b; cp <(true) app/x; echo only here > app/src/b'",
        "sh -c 'function f {\nssh host rm app/src/b\n}'",
    ],
)
def test_what_only_bash_reads_so_may_be_read_otherwise(script: str) -> None:
    effect = live_effect(here(script))
    assert "src/b" in effect.deleted | effect.overwritten


@pytest.mark.parametrize(
    "line",
    [
        "docker compose down -v",
        "docker compose rm -fsv db",
        "docker rm -fv db",
        "docker volume rm data",
        "docker system prune -f --volumes",
        "docker run --rm -v $PWD:/x image npm run build",
        "docker exec web ./migrate",
        "docker compose exec web ./migrate",
        "docker build -o out .",
        "curl -o app/src/a https://example.net/a",
        "curl -s -D app/src/a https://example.net/a",
        "wget https://example.net/a",
        "wget -q -O app/src/a https://example.net/a",
        "wget --spider -i app/list",
        "source app/logs/deploy.env",
        "sshpass -p x ./deploy",
        "find app -type f -exec mv {} /srv/ ';'",
    ],
)
def test_what_is_nearly_harmless_is_a_gap_all_the_same(line: str) -> None:
    assert [problem for problem in there(line).problems if problem.may_touch]


@pytest.mark.parametrize(
    "line",
    [
        "docker compose -f prod.yml up -d --build",
        "docker compose down --remove-orphans",
        "docker-compose pull",
        "docker run -d --name web -v /srv/app:/app image",
        "docker rm -f web",
        "docker image prune -af",
        "curl -s -m 3 -o /dev/null -w '%{http_code}' http://localhost",
        "wget -q --spider http://localhost",
        "wget -qO- http://localhost",
        "source ~/.nvm/nvm.sh; nvm=1; . ~/.bashrc; . /etc/profile",
        'export NVM_DIR="$HOME/.nvm"; [ -s "$NVM_DIR/nvm.sh" ] && \\. "$NVM_DIR/nvm.sh"; pm2 reload all',
        "sudo cp app/src/a /etc/systemd/system/",
        "[ -f nothing ] || true",  # the command `[` is no pattern, also where not all names are known
        "find app -type d -exec chmod 755 {} +",
        "tar czf /tmp/before.tgz app",
    ],
)
def test_what_deploys_do_beside_is_harmless(line: str) -> None:
    outcome = there(line)
    assert not [problem for problem in outcome.problems if problem.may_touch]
    effect = live_effect(outcome)
    assert not effect.deleted | effect.overwritten | effect.unseen


@pytest.mark.parametrize(
    "line",
    [
        "tar czf /tmp/x.tgz app && tar xzf /tmp/x.tgz -C app/src",
        "cd app && tar cf - logs | tar xf - -C src",
        "cd app && zip -qr /tmp/x.zip logs && unzip -qo /tmp/x.zip -d src",
    ],
)
def test_what_was_packed_unseen_is_a_gap_where_it_is_unpacked(line: str) -> None:
    assert {problem.trouble for problem in there(line).problems if problem.may_touch} == {Trouble.UNSEEN}


@pytest.mark.parametrize("line", ["find app -name '*.log' -delete", "find app -name '*.log' -exec rm {} +"])
def test_what_find_removes_may_lie_where_nobody_looked(line: str) -> None:
    outcome = there(line)
    assert not [problem for problem in outcome.problems if problem.may_touch]
    assert (live_effect(outcome).deleted, live_effect(outcome).unseen) == (set(), {"logs"})
    assert not live_effect(there(line.replace("app", "app -maxdepth 1"))).unseen


STARTED_WITH = Environment({"DIR": "app", "PART": "src"}, frozenset({"TOKEN"}))


@pytest.mark.parametrize(
    ("script", "deleted"),
    [
        ('ssh host "rm $DIR/$PART/b"', {"src/b"}),
        ('ssh host "rm ${PLACE:-app}/src/b"', {"src/b"}),
        (': "${PLACE:=app}"; ssh host "rm $PLACE/src/b"', {"src/b"}),
        ('DIR=/srv; ssh host "rm -f $DIR/src/b"', set()),
        ("bash -c 'ssh host rm $DIR/src/b'", {"src/b"}),
        ('unset DIR; ssh host "rm -f ${DIR:-app/src}/b"', {"src/b"}),
    ],
)
def test_what_is_set_where_a_script_is_started_counts(script: str, deleted: set[str]) -> None:
    outcome = here(script, environment=STARTED_WITH)
    assert not [problem for problem in outcome.problems if problem.may_touch]
    assert live_effect(outcome).deleted == deleted


@pytest.mark.parametrize(
    "script",
    [
        'ssh host "rm -rf $PLACE/src"',  # not set, and perhaps is where it is run
        'ssh host "rm -rf ${TOKEN:-app}/src"',  # set, and nobody says to what
        'ssh host "rm -rf ${PLACE:?}/src"',
        "ssh host 'rm -rf ${PLACE:-app}/src'",  # what is set there is not known
        "ssh host 'rm -rf $DIR/src'",
        "sudo bash -c 'ssh host rm -rf $DIR/src'",  # sudo does not pass it on
        "env -u DIR bash -c 'ssh host \"rm -rf ${DIR}/src\"'",
        "env -i bash -c 'ssh host \"rm -rf ${DIR}/src\"'",
        'read DIR; ssh host "rm -rf $DIR/src"',
        'ssh host "rm -rf ${1:-app}/src"',  # a script may be given words
        'read; ssh host "rm -rf ${REPLY:-app}/src"',
        'export $(xargs < ~/vars); ssh host "rm -rf ${PLACE:-app}/src"',
        'while read -r line; do export "$line"; done < ~/vars; ssh host "rm -rf ${PLACE:-app}/src"',
        'while read -r line; do declare "$line"; done < ~/vars; ssh host "rm -rf $DIR/src"',
        'read -r N; read -r "$N" < ~/vars; ssh host "rm -rf ${PLACE:-app}/src"',
        'printf -v "$WHICH" x; ssh host "rm -rf $DIR/src"',
        'unset "$WHICH"; ssh host "rm -rf $DIR/src"',
        '. ~/.profile; ssh host "rm -rf ${PLACE:-app}/src"',
        '. ~/.nvm/nvm.sh; ssh host "rm -rf $DIR/src"',
        "bash -lc 'ssh host \"rm -rf ${PLACE:-app}/src\"'",
        "sudo bash -c 'ssh host \"rm -rf ${PLACE:-app}/src\"'",
        "sudo -i bash -c 'ssh host \"rm -rf ${DIR}/src\"'",
        "sudo -s ssh host 'rm -rf $DIR/src'",
        "doas sh -c 'ssh host \"rm -rf ${DIR}/src\"'",
        "exec -c bash -c 'ssh host \"rm -rf ${DIR}/src\"'",
        "declare +x DIR; bash -c 'ssh host \"rm -rf ${DIR}/src\"'",
    ],
)
def test_what_is_set_elsewhere_is_not_known(script: str) -> None:
    found = troubles(here(script, environment=STARTED_WITH))
    assert {Trouble.UNKNOWN_PATH, Trouble.OUTSIDE_ROOT} & found


def test_what_hangs_on_the_environment_is_told() -> None:
    script = 'ssh host "touch $DIR/${KIND:-new}"'
    told = {problem.detail for problem in here(script, environment=STARTED_WITH).problems}
    assert told == {
        "DIR is taken as it is set here",
        "KIND is not set here: the script's own default is taken",
    }
    assert not here("DIR=app; KIND=new; " + script, environment=STARTED_WITH).problems


@pytest.mark.parametrize("words", ["sudo -i bash -c", "sudo -u www -s -- sh -c"])
def test_sudo_passes_words_on_as_they_are(words: str) -> None:
    assert "src/b" in live_effect(there(f"{words} 'rm -rf /home/ubuntu/app/src'")).deleted


def test_what_is_exported_here_is_not_there() -> None:
    line = "export D=b; ssh host 'D=none; bash -c \"rm -rf app/src/\\$D\"'"
    outcome = here(line, environment=STARTED_WITH)
    assert Trouble.UNKNOWN_PATH in troubles(outcome) or "src/a" in live_effect(outcome).deleted


@pytest.mark.parametrize(
    "line",
    [
        "cp app/src/a /srv/x && cp -r /srv/x/. app/src/",
        "cp -r app/src /srv/new && [ -f /srv/new/src/a ] && rm -rf app/src",
        "cp app/src/a /srv/x/ && cp -r /srv/x/. app/src/",
        "mv app/src/a /srv/x",
        "tar czf x.tgz -C app logs && tar xzf x.tgz --strip-components=1 -C app/src",
        "tar czf x.tgz app && tar xzf x.tgz -C app/src --strip-components=2 app/logs/a",
        "tar czf x.tgz app && tar xzf x.tgz -C app/src --wildcards '*.log'",
        "cd app && zip -qr x.zip logs && unzip -qo x.zip logs/a -d src",
        "cd app && zip -qrj x.zip logs && unzip -qo x.zip -d src",
        "cd app && zip -qr x.zip logs && unzip -qo x.zip -x logs/ -d src",
        "cd app && wget -p http://localhost",
        "cd app && wget -np http://localhost",
        "docker compose config -o app/src/a",
        "docker rm -vf db",
        "docker compose rm -svf db",
        "docker compose down -vt 5",
        "docker compose up -V",
        "docker compose --profile build run --rm web ./migrate",
        "npm i lodash",
        "find app -type f -exec ls {} + | xargs rm",
        "find app/logs -name q -exec rm app/src/b ';'",
        "find app -name '*.none' | xargs rm -f",
        "rm -f $(find app -name '*.none')",
        "tar cf x.tar app/current; tar rf x.tar app/src; tar xf x.tar -C app",
        "zip -qr /srv/x.zip app/src; unzip -qo /srv/x.zip -d app",
        "cd app/logs/plug && git pull",
    ],
)
def test_what_nobody_saw_comes_back_as_a_gap_or_counts_as_lost(line: str) -> None:
    outcome = there(line)
    effect = live_effect(outcome)
    blocks = Trouble.UNKNOWN_PATH in troubles(outcome)
    is_gap = any(problem.may_touch for problem in outcome.problems)
    assert blocks or is_gap or effect.unseen or "src/b" in effect.deleted


def test_settings_that_lie_in_the_live_tree_are_read() -> None:
    tree = LIVE | {"bin/activate": "rm -rf src\n"}
    hidden = setting({}, tree, reader=Reader())  # nobody knows what is in it
    [problem] = simulate("cd app && . bin/activate", hidden, at_target=True).problems
    assert problem.may_touch
