"""Deploy scripts and shell lines in the place of a method: what they would destroy, before they are run."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, git, write
from tests.support.site import Site
from tests.support.sshd import SSHServer

LOST = {
    "src/config.js": "core/only-copy",
    "src/db/connection.js": "core/only-copy",
    "src/services/freeswitch.js": "core/only-copy",
}
PACK = "cd api && tar czf /tmp/api-src-full.tar.gz src && "
COPY = "scp /tmp/api-src-full.tar.gz 127.0.0.1:/tmp/ && "
PUT = "rm -rf src && tar xzf /tmp/api-src-full.tar.gz"


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    return build_incident(folder, sshd.url(folder / "irisx-backend"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


_THERE = f"cd ROOT && {PUT}"
SPELLINGS = {
    "as it was": f'{PACK}{COPY}ssh 127.0.0.1 "{_THERE}"',
    "single quotes": f"{PACK}{COPY}ssh 127.0.0.1 '{_THERE}'",
    "options of ssh": f'{PACK}{COPY}ssh -o BatchMode=yes -p 22 127.0.0.1 "{_THERE}"',
    "semicolons": f'{PACK}{COPY}ssh 127.0.0.1 "{_THERE.replace(" && ", "; ")}"',
    "lines": f"(cd api && tar czf /tmp/api-src-full.tar.gz src)\n{COPY[:-3]}\nssh 127.0.0.1 '{_THERE}'\n",
    "a here-document": f"{PACK}{COPY}ssh 127.0.0.1 <<'EOF'\ncd ROOT\n{PUT}\nEOF\n",
    "bash on standard input": f"{PACK}{COPY}ssh 127.0.0.1 bash -s <<EOF\n{_THERE}\nEOF\n",
    "variables": (
        f'DIR=ROOT\nNAME="src"\n{PACK}{COPY}'
        'ssh 127.0.0.1 "cd $DIR && rm -rf $NAME && tar xzf /tmp/api-src-full.tar.gz"\n'
    ),
    "a function": f'deploy() {{\n  ssh 127.0.0.1 "{_THERE}"\n}}\n{PACK}{COPY}deploy\n',
    "bash -c": f"bash -c '{PACK}{COPY}ssh 127.0.0.1 \"{_THERE}\"'",
    "sudo": f'{PACK}{COPY}ssh 127.0.0.1 "cd ROOT && sudo {PUT}"',
    "paths from the top": (
        f"{PACK}{COPY}ssh 127.0.0.1 'rm -rf ROOT/src && tar xzf /tmp/api-src-full.tar.gz -C ROOT'"
    ),
}


def command(incident: Incident, text: str) -> Outcome:
    line = text.replace("ROOT", str(incident.production))
    return check(incident.repository, "--deploy-command", line)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_line_of_the_incident_blocks_in_each_spelling(incident: Incident, spelling: str) -> None:
    outcome = command(incident, SPELLINGS[spelling])
    assert outcome.code == 3, outcome.err
    assert outcome.blocking() == LOST
    assert outcome.report["problems"] == []
    replaced = check(incident.repository, "--deploy", "replace:src").report
    assert outcome.report["plan"]["method"] == "script"
    assert outcome.report["plan"]["actions"] == replaced["plan"]["actions"]
    kept = ("path", "origin", "action", "severity", "rule")
    assert [[each[key] for key in kept] for each in outcome.report["findings"]] == [
        [each[key] for key in kept] for each in replaced["findings"]
    ]


def test_nothing_of_the_line_is_run(incident: Incident, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    before = sorted(str(path) for path in incident.production.rglob("*"))
    command(incident, f"touch {mark}; $(touch {mark}); ssh 127.0.0.1 'touch ROOT/x {mark}; rm -rf ROOT/src'")
    assert not mark.exists()
    assert sorted(str(path) for path in incident.production.rglob("*")) == before


def test_a_script_of_the_configuration_is_the_plan(incident: Incident) -> None:
    text = SPELLINGS["as it was"].replace("ROOT", str(incident.production))
    (incident.repository / "deploy.sh").write_text(f"#!/bin/bash\nset -euo pipefail\n{text}\n")
    settings = incident.settings.read_text()
    begin = settings.index("    deploy:")
    end = settings.index("    packs:")
    incident.settings.write_text(
        f"{settings[:begin]}    deploy: {{method: script, script: deploy.sh}}\n{settings[end:]}"
    )
    outcome = check(incident.repository)
    assert (outcome.code, outcome.blocking()) == (3, LOST)
    [line] = outcome.report["plan"]["lines"]
    assert line["place"] == "deploy.sh:3"
    assert (line["deletes"], line["creates"]) == (7, 9)
    shown = driftaudit(incident.repository, "check").out
    assert "What the script does, line by line" in shown
    assert "deploy.sh:3" in shown


def test_an_overlay_by_hand_blocks_for_what_it_overwrites(incident: Incident) -> None:
    outcome = command(incident, f'{PACK}{COPY}ssh 127.0.0.1 "cd ROOT && tar xzf /tmp/api-src-full.tar.gz"')
    assert outcome.blocking() == {"src/config.js": "core/only-copy"}


def test_an_rsync_line_is_asked_of_rsync(incident: Incident) -> None:
    line = "rsync -a --delete --exclude=/services/ api/src/ 127.0.0.1:ROOT/src/"
    outcome = command(incident, line)
    assert outcome.blocking() == {path: rule for path, rule in LOST.items() if "services" not in path}
    actions = {each["path"]: each["action"] for each in outcome.report["findings"]}
    assert actions["src/services/freeswitch.js"] == "keep"
    assert actions["src/db/redis.js"] == "delete"
    assert outcome.report["problems"] == []


def test_a_build_that_git_ignores_is_what_the_line_brings(site: Site) -> None:
    write(site.repository, {".gitignore": "dist/\n", "dist/app.js": "built\n"})
    write(site.production, {"www/app.js": "by hand\n", "www/own.js": "only here\n"})
    line = f"rsync -a --delete dist/ {site.production}/www/"
    outcome = check(site.repository, site.url, "--deploy-command", line)
    assert outcome.blocking() == {"www/app.js": "core/only-copy", "www/own.js": "core/only-copy"}
    assert outcome.report["plan"]["actions"] == {"create": 0, "overwrite": 1, "delete": 1, "abandon": 0}
    assert outcome.report["problems"] == []


def test_variables_are_taken_as_they_are_set_here(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_DIR", str(incident.production))
    monkeypatch.setenv("DEPLOY_TOKEN", "v3ry-53cr3t")
    put = PUT.replace("src &&", "${PART:-src} && ./notify $DEPLOY_TOKEN;")
    outcome = command(incident, f'{PACK}{COPY}ssh 127.0.0.1 "cd $DEPLOY_DIR && {put}"')
    assert outcome.blocking() == LOST
    assert "notify $DEPLOY_TOKEN" in str(outcome.report["problems"])
    assert "53cr3t" not in outcome.out + outcome.err
    shown = driftaudit(incident.repository, "check", "--deploy-command", "cd $DEPLOY_DIR/${PART:-src}").out
    assert "DEPLOY_DIR is taken as it is set here" in shown
    assert "PART is not set here: the script's own default is taken" in shown


def pulled(site: Site, line: str) -> Outcome:
    return check(site.repository, site.url, "--deploy-command", f"cd {site.production} && {line}")


@pytest.fixture
def cloned(site: Site) -> Site:
    """A live clone that is a commit behind, with files of its own; the newest commit is pushed."""
    remote = site.folder / "remote.git"
    git(site.folder, "init", "--bare", "--quiet", "-b", "main", str(remote))
    git(site.repository, "remote", "add", "origin", str(remote))
    git(site.repository, "push", "--quiet", "-u", "origin", "main")
    shutil.rmtree(site.production)
    git(site.folder, "clone", "--quiet", str(remote), str(site.production))
    write(site.production, {"own.txt": "only here\n", "app.log": "l\n"})
    write(site.repository, {"src/app.txt": "new\n", "src/lib/one.txt": None, "src/added.txt": "added\n"})
    commit(site.repository, {}, "the next version")
    git(site.repository, "push", "--quiet")
    return site


@pytest.mark.parametrize("line", ["git pull", "git pull --ff-only origin main && pm2 restart app"])
def test_a_pull_on_the_target_brings_what_is_pushed(cloned: Site, line: str) -> None:
    outcome = pulled(cloned, line)
    assert (outcome.code, outcome.report["problems"]) == (0, [])
    assert outcome.report["plan"]["actions"] == {"create": 1, "overwrite": 1, "delete": 1, "abandon": 0}


def test_what_is_guarded_is_what_a_pull_did(cloned: Site) -> None:
    line = f"cd {cloned.production} && git pull -q"
    words = ["guard", cloned.url, "--deploy-command", line, "--", "sh", "-c", line]
    outcome = driftaudit(cloned.repository, *words)
    assert outcome.code == 0, outcome.out + outcome.err
    assert (cloned.production / "src" / "app.txt").read_text() == "new\n"
    assert not (cloned.production / "src" / "lib" / "one.txt").exists()
    assert (cloned.production / "own.txt").exists()


def test_what_git_ignores_is_lost_where_the_pulled_commit_has_it(cloned: Site) -> None:
    write(cloned.production, {".git/info/exclude": ".env\n", ".env": "SECRET=only here\n"})
    commit(cloned.repository, {".env": "SECRET=\n"}, "an example that should not be here")
    git(cloned.repository, "push", "--quiet")
    assert ".env" in pulled(cloned, "git pull").blocking()
    git(cloned.production, "pull", "--quiet")
    assert (cloned.production / ".env").read_text() == "SECRET=\n"


def test_a_file_of_the_host_s_own_is_lost_where_a_folder_is_pulled(cloned: Site) -> None:
    write(cloned.production, {".git/info/exclude": "notes\n", "notes": "only here\n"})
    commit(cloned.repository, {"notes/first.txt": "1\n"}, "notes are a folder now")
    git(cloned.repository, "push", "--quiet")
    assert pulled(cloned, "git pull").blocking() == {"notes": "core/only-copy"}
    git(cloned.production, "pull", "--quiet")
    assert (cloned.production / "notes").is_dir()


def test_a_file_is_lost_where_the_line_makes_a_folder(site: Site) -> None:
    write(site.production, {"log": "only here\n"})
    line = f"cd {site.production} && rm -f log; mkdir log; echo 1 > log/x"
    assert check(site.repository, site.url, "--deploy-command", line).blocking() == {"log": "core/only-copy"}


def test_a_merge_without_a_fetch_brings_what_the_host_saw_last(cloned: Site) -> None:
    assert pulled(cloned, "git merge --ff-only origin/main").code == 4
    assert pulled(cloned, "git fetch -q && git merge --ff-only origin/main").code == 0


def test_which_of_many_branches_is_pulled_has_to_be_said(cloned: Site) -> None:
    git(cloned.repository, "push", "--quiet", "origin", "HEAD:other")
    commit(cloned.repository, {"src/app.txt": "newest\n"}, "ahead of the other")
    git(cloned.repository, "push", "--quiet", "origin", "HEAD:main")
    assert pulled(cloned, "git pull").code == 4
    assert pulled(cloned, "git pull origin other").code == 4
    assert pulled(cloned, "git pull origin main").code == 0


def test_what_a_script_makes_beside_what_is_desired_is_as_planned(site: Site, tmp_path: Path) -> None:
    line = f"cd {site.production} && date > REVISION && mkdir -p stamps && touch stamps/new"
    receipt = str(tmp_path / "receipt.json")
    assert (
        driftaudit(site.repository, "check", site.url, "--deploy-command", line, "--receipt", receipt).code
        == 0
    )
    guard = ["guard", site.url, "--deploy-command", line, "--", "sh", "-c"]
    assert driftaudit(site.repository, *guard, line).code == 0
    words = ["verify", site.url, "--deploy-command", line, "--receipt", receipt, "--after"]
    assert driftaudit(site.repository, *words).code == 0
    shutil.rmtree(site.production / "stamps")
    (site.production / "REVISION").unlink()
    assert driftaudit(site.repository, *guard, f"{line}; touch {site.production}/other").code == 7


@pytest.mark.parametrize("prefix", ["", "PLACE=sub ", "env PLACE=sub "])
def test_a_guarded_script_is_known_only_as_it_is_started(site: Site, prefix: str) -> None:
    write(site.production, {"sub/own.txt": "only here\n"})
    (site.repository / "deploy.sh").write_text(
        f"touch {site.production}/${{PLACE:-new}}\n[ $# = 0 ] || exit 1\n"
    )
    deploy = "deploy: {method: script, script: deploy.sh}"
    site.configure(f"version: 1\ntargets:\n  p:\n    url: {site.url}\n    {deploy}\n")
    words = ["sh", "-c", f"{prefix}sh deploy.sh"] if prefix else ["sh", "deploy.sh"]
    assert driftaudit(site.repository, "guard", "p", "--", *words).code == (4 if prefix else 0)
    (site.repository / "deploy.sh").write_text(
        f'if [ "${{1:-}}" = --clean ]; then rm -rf {site.production}/sub; fi\n'
    )
    assert driftaudit(site.repository, "guard", "p", "--", "sh", "deploy.sh", "--clean").code == 3
    assert (site.production / "sub" / "own.txt").exists()


@pytest.mark.parametrize(
    "line",
    [
        "git pull origin other",
        "git pull -X theirs",
        "git -c core.worktree=/srv pull",
        "git pull upstream",
        "git merge --ff-only other",
    ],
)
def test_a_pull_of_what_is_not_known_is_a_gap(cloned: Site, line: str) -> None:
    assert pulled(cloned, line).code == 4


def test_a_pull_of_what_is_not_pushed_is_a_gap(cloned: Site) -> None:
    commit(cloned.repository, {"src/app.txt": "newer\n"}, "not pushed")
    outcome = pulled(cloned, "git pull")
    assert outcome.code == 4
    assert "push what is desired first" in str(outcome.report["problems"])


def test_a_pull_beside_the_root_is_a_gap(cloned: Site) -> None:
    git(cloned.folder, "clone", "--quiet", str(cloned.folder / "remote.git"), str(cloned.production / "part"))
    assert pulled(cloned, "cd part && git pull").code == 4


def test_what_is_put_aside_is_left_behind_and_judged_as_gone(incident: Incident) -> None:
    outcome = command(
        incident, f"{PACK}{COPY}ssh 127.0.0.1 'cd ROOT && mv src src.old && tar xzf /tmp/api-src-full.tar.gz'"
    )
    assert outcome.blocking() == LOST
    actions = {each["path"]: each["action"] for each in outcome.report["findings"]}
    assert actions["src/services/freeswitch.js"] == "abandon"


def test_what_the_line_brings_from_the_disk_is_not_what_is_committed(site: Site) -> None:
    write(site.repository, {"src/app.txt": "edited, not committed\n"})
    outcome = check(site.repository, site.url, "--deploy-command", f"cp -r src {site.production}/")
    assert outcome.code == 0
    [finding] = outcome.report["findings"]
    assert (finding["path"], finding["action"], finding["origin"]) == ("src/app.txt", "overwrite", "stale")


def test_what_is_in_sync_and_removed_is_told(site: Site) -> None:
    outcome = check(site.repository, site.url, "--deploy-command", f"rm -rf {site.production}/src/lib")
    assert outcome.code == 0
    actions = {each["path"]: (each["origin"], each["action"]) for each in outcome.report["findings"]}
    assert actions == {"src/lib/one.txt": ("stale", "delete"), "src/lib/two.txt": ("stale", "delete")}
    assert outcome.report["findings"][0]["copies"] == [
        {"kind": "desired", "where": "src/lib/one.txt", "safe": True}
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('rm -rf "$DIR/src"', "script/unknown-path"),
        ("rm -rf $UNSET/*", "script/unknown-path"),
        ("rm -rf ROOT", "script/removes-root"),
        ("rm -rf /", "script/removes-root"),
    ],
)
def test_removals_that_nobody_can_name_block_by_rules_of_their_own(site: Site, line: str, rule: str) -> None:
    text = line.replace("ROOT", str(site.production))
    outcome = check(site.repository, site.url, "--deploy-command", text)
    assert outcome.code == 3
    assert rule in {each["rule"] for each in outcome.report["findings"]}
    shown = driftaudit(site.repository, "check", site.url, "--deploy-command", text)
    assert "--deploy-command:1" in shown.out


def test_a_removal_outside_of_the_root_blocks(incident: Incident) -> None:
    outcome = command(incident, "ssh 127.0.0.1 'rm -rf /srv/other'")
    assert outcome.code == 3
    assert {each["rule"] for each in outcome.report["findings"] if each["severity"] == "block"} == {
        "script/outside-root"
    }


def test_what_is_not_known_makes_it_incomplete_and_is_named_by_its_line(site: Site) -> None:
    text = f"cd {site.production}\necho hello\nfrobnicate --hard src\n"
    outcome = check(site.repository, site.url, "--deploy-command", text)
    assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    [problem] = outcome.report["problems"]
    assert problem["kind"] == "script"
    assert "--deploy-command:3" in problem["detail"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("if true; then", "line 1"),
        ("  ", "says nothing"),
    ],
)
def test_what_is_no_script_is_refused(site: Site, text: str, said: str) -> None:
    outcome = driftaudit(site.repository, "check", site.url, "--deploy-command", text)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_a_script_that_is_not_there_is_refused(site: Site) -> None:
    site.configure(
        f"version: 1\ntargets:\n  p:\n    url: {site.url}\n    deploy: {{method: script, script: no.sh}}\n"
    )
    outcome = driftaudit(site.repository, "check", "p")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no.sh cannot be read: No such file or directory" in outcome.err


def test_an_archive_that_lies_here_is_looked_into(site: Site) -> None:
    write(site.production, {"src/hand.txt": "only here\n"})
    git(site.repository, "archive", "--format=tar.gz", "-o", "build.tar.gz", "HEAD", "src")
    line = f"rm -rf {site.production}/src && tar xzf build.tar.gz -C {site.production}"
    outcome = check(site.repository, site.url, "--deploy-command", line)
    assert outcome.code == 3
    assert outcome.blocking() == {"src/hand.txt": "core/only-copy"}
    assert outcome.report["plan"]["actions"]["delete"] == 1


def test_windows_line_ends_are_said(site: Site) -> None:
    text = f"cd {site.production}\r\nrm -rf src\r\n"
    outcome = check(site.repository, site.url, "--deploy-command", text)
    assert outcome.code in (3, 4)
    assert "Windows line ends" in str(outcome.report["problems"])


def test_a_backup_that_the_script_overwrites_or_moves_is_no_copy(site: Site) -> None:
    write(site.production, {"src/hand.txt": "only here\n"})
    backup = site.folder / "site-20260101.tar.gz"
    subprocess.run(["tar", "czf", str(backup), "-C", str(site.production), "src"], check=True)
    settings = (
        f"    url: {site.url}\n    backups: ['{backup}']\n    deploy: {{method: script, script: deploy.sh}}\n"
    )
    site.configure(f"version: 1\ntargets:\n  p:\n{settings}")
    remove = f"rm -rf {site.production}/src\n"
    for line, code in (
        ("", 0),
        (f"rm {backup}", 3),
        (f"mv {backup} /srv/old.tar.gz", 3),
        (f"tar czf {backup} src", 3),
        (f"> {backup}", 3),
    ):
        (site.repository / "deploy.sh").write_text(f"{line}\n{remove}")
        assert check(site.repository, "p").code == code, line


def from_file(incident: Incident, name: str, text: str, job: str = "") -> Outcome:
    write(incident.repository, {name: text.replace("ROOT", str(incident.production))})
    return check(incident.repository, "--deploy-from", f"{name}{job}")


def test_a_target_of_a_makefile_blocks_as_the_line_does(incident: Incident) -> None:
    recipe = f"\t{PACK[:-4]}\n\t{COPY[:-4]}\n\tssh 127.0.0.1 '{_THERE}'\n"
    outcome = from_file(incident, "Makefile", f"deploy: pack\npack:\ndeploy:\n{recipe}", ":deploy")
    assert outcome.code == 3, outcome.err
    assert outcome.blocking() == LOST
    assert outcome.report["problems"] == []
    assert {
        line["place"].rpartition(":")[0].rpartition("/")[2] for line in outcome.report["plan"]["lines"]
    } == {"Makefile"}


def test_an_npm_script_blocks_as_the_line_does(incident: Incident) -> None:
    scripts = {"pack": PACK[:-4], "deploy": f"npm run pack && {COPY}ssh 127.0.0.1 '{_THERE}'"}
    outcome = from_file(incident, "package.json", json.dumps({"scripts": scripts}, indent=2))
    assert (outcome.code, outcome.blocking()) == (3, LOST)
    assert outcome.report["problems"] == []


def test_a_job_of_github_actions_blocks_as_the_line_does(incident: Incident) -> None:
    text = f"""\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          {PACK[:-4]}
        working-directory: .
      - name: deploy
        run: |
          {COPY[:-4]}
          ssh 127.0.0.1 '{_THERE}'
"""
    outcome = from_file(incident, ".github/workflows/deploy.yml", text, ":deploy")
    assert outcome.code == 3, outcome.err
    assert outcome.blocking() == LOST
    assert outcome.report["problems"] == []


def test_what_a_workflow_leaves_open_is_called_by_its_name(incident: Incident) -> None:
    text = f"""on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: appleboy/ssh-action@v1
        with:
          host: ${{{{ secrets.HOST }}}}
          username: ${{{{ secrets.USER }}}}
          script: |
            cd {incident.production}
            rm -rf ${{{{ vars.FOLDER }}}}
            rm -rf src
"""
    write(incident.repository, {".github/workflows/deploy.yml": text})
    words = ["check", "--deploy-from", ".github/workflows/deploy.yml:deploy"]
    outcome = driftaudit(incident.repository, *words)
    assert outcome.code == 3, outcome.err
    assert "ssh <secrets.USER>@<secrets.HOST>: taken for the target" in outcome.out
    assert "rm removes <vars.FOLDER>, and what that is is not known" in outcome.out
    assert "DRIFTAUDIT_UNKNOWN" not in outcome.out
    notes = [line for line in outcome.out.splitlines() if "taken for the target" in line]
    assert len(notes) == len(set(notes))


def test_a_step_that_nobody_knows_makes_it_incomplete(site: Site) -> None:
    text = "on: push\njobs:\n  deploy:\n    steps:\n      - uses: somebody/unheard-of@v1\n"
    write(site.repository, {".github/workflows/d.yml": text})
    outcome = check(site.repository, site.url, "--deploy-from", ".github/workflows/d.yml:deploy")
    assert outcome.code == 4
    [problem] = outcome.report["problems"]
    assert "d.yml:5" in problem["detail"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--deploy-from", "nowhere.yml:deploy"), "there is no file"),
        (("--deploy-from", "readme.txt"), "none of the forms"),
        (("--deploy-command", "true", "--deploy-from", "Makefile"), "described in two ways"),
        (("--deploy", "replace:src", "--deploy-command", "true"), "described in two ways"),
    ],
)
def test_a_deploy_that_cannot_be_read_is_refused(site: Site, words: tuple[str, ...], said: str) -> None:
    outcome = driftaudit(site.repository, "check", site.url, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
