"""The line that destroyed production, in every spelling that people deploy with."""

import pytest

from driftaudit.deploy.script.simulation import simulate
from tests.support.shell_models import live_effect, setting

LOCAL = {"api/src/app.js": "new", "api/src/routes/admin-users.js": "admin", "api/index.js": "index"}
LIVE = {
    "src/app.js": "old",
    "src/db/connection.js": "made by hand",
    "src/db/redis.js": "made by hand, too",
    "src/services/freeswitch.js": "the voice system",
    "index.js": "index",
}
PACK = "(cd api && tar czf /tmp/s.tgz src)\nscp -q /tmp/s.tgz ubuntu@api.example.net:/tmp/\n"
ROOT = "/home/ubuntu/app"
LINE = f"cd {ROOT} && rm -rf src && tar xzf /tmp/s.tgz"
SPELLINGS = {
    "double quotes": f'{PACK}ssh ubuntu@api.example.net "{LINE}"',
    "single quotes": f"{PACK}ssh -i ~/.ssh/key -p 22 ubuntu@api.example.net '{LINE}'",
    "semicolons": f"{PACK}ssh ubuntu@api.example.net 'cd app; rm -rf src; tar xzf /tmp/s.tgz'",
    "here-document": f"{PACK}ssh ubuntu@api.example.net <<'EOF'\n{LINE}\nEOF\n",
    "here-document, line by line": f"{PACK}ssh ubuntu@api.example.net bash -s <<EOF\nset -e\n"
    f"cd {ROOT} || exit 1\nrm -rf ./src/\ntar -xz -f /tmp/s.tgz -C .\nEOF\n",
    "variables": f"{PACK}HOST=ubuntu@api.example.net\nAPP={ROOT}\nDIR=${{1:-src}}\nset --\nDIR=src\n"
    'ssh "$HOST" "cd $APP && rm -rf ${DIR} && tar xzf /tmp/s.tgz"',
    "a function": "deploy() {\n  local host=$1 root=$2\n  scp -q /tmp/s.tgz $host:/tmp/\n"
    '  ssh $host "cd $root && rm -rf src && tar xzf /tmp/s.tgz"\n}\n'
    f"tar czf /tmp/s.tgz -C api src\ndeploy ubuntu@api.example.net {ROOT}",
    "subshell": f"{PACK}ssh ubuntu@api.example.net '(cd app && rm -rf src) && (cd app; tar xzf /tmp/s.tgz)'",
    "bash -c": f'{PACK}bash -c "ssh ubuntu@api.example.net \'bash -c \\"{LINE}\\"\'"',
    "sudo": f"{PACK}ssh ubuntu@api.example.net 'sudo rm -rf {ROOT}/src && sudo tar xzf /tmp/s.tgz -C {ROOT}'",
    "cd or exit": f"{PACK}ssh ubuntu@api.example.net 'cd {ROOT} || exit; rm -rf src; tar xzf /tmp/s.tgz'",
    "a pipe": f"cd api\ntar cz src | ssh ubuntu@api.example.net 'cd {ROOT} && rm -r src && tar xz'",
    "a loop": f'{PACK}for d in src; do ssh ubuntu@api.example.net "rm -rf {ROOT}/$d"; done\n'
    f"ssh ubuntu@api.example.net tar xzf /tmp/s.tgz -C {ROOT}",
    "braces": f"{PACK}ssh ubuntu@api.example.net 'cd app && rm -rf {{src,dist}} && tar xzf /tmp/s.tgz'",
    "a copy": "ssh ubuntu@api.example.net rm -rf app/src\nscp -rq api/src ubuntu@api.example.net:app/",
    "if": f"{PACK}if ssh ubuntu@api.example.net test -d app; then\nssh ubuntu@api.example.net '{LINE}'\nfi",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_line_destroys_the_same(spelling: str) -> None:
    outcome = simulate(SPELLINGS[spelling], setting(LOCAL, LIVE, names=frozenset({"api.example.net"})))
    effect = live_effect(outcome)
    assert effect.deleted == {
        "src/db",
        "src/db/connection.js",
        "src/db/redis.js",
        "src/services",
        "src/services/freeswitch.js",
    }
    assert effect.overwritten == {"src/app.js"}
    assert effect.created == {"src/routes", "src/routes/admin-users.js"}
    assert not [problem for problem in outcome.problems if problem.may_touch]


def test_the_line_on_the_target_itself() -> None:
    outcome = simulate("cd app && rm -rf src", setting(LOCAL, LIVE), at_target=True)
    assert "src/services/freeswitch.js" in live_effect(outcome).deleted


def test_each_line_says_what_it_does() -> None:
    outcome = simulate(SPELLINGS["here-document, line by line"], setting(LOCAL, LIVE))
    deleting, unpacking = [each for each in outcome.lines if each.host == "there" and each.line > 4]
    assert (deleting.line, unpacking.line) == (6, 7)
    assert "home/ubuntu/app/src/services/freeswitch.js" in deleting.effect.deleted
    assert "home/ubuntu/app/src/routes/admin-users.js" in unpacking.effect.created
