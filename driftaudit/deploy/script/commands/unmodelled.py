"""Programs whose effect on files is not modelled: what is known of them all the same."""

import re
from dataclasses import dataclass

from driftaudit.deploy.script.call import Call, is_below
from driftaudit.deploy.script.commands.filters import uploads, writes
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import Folder, built
from driftaudit.deploy.script.world import World


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# They manage processes, talk to the network or to people, and change no file of a deployed tree.
_HARMLESS = _words("""
    apache2ctl apachectl crontab dmesg haproxy httpd initctl iptables journalctl kill killall mail
    nginx notify-send pkill rc-service reboot sendmail service ssh-add ssh-keyscan
    supervisorctl sv systemctl ufw wall
""")
# By program, the words after it with which it changes no file, as far as it is the program that does it.
_HARMLESS_WORDS = {
    "aws": _words("cloudfront ecs lambda sns sqs"),
    "kubectl": _words("apply delete describe get rollout set"),
    "pm2": _words(
        "delete describe env flush gracefulReload id jlist list logs ls ping prettylist reload reset "
        "restart resurrect save scale show start startOrGracefulReload startOrReload startOrRestart "
        "startup status stop"
    ),
}
# What is done to containers, and what to those that belong together: none of it changes a deployed tree.
_DOCKER = _words(
    "build events images info inspect kill login logout logs network pause port ps pull push rename "
    "restart rm rmi start stats stop tag top unpause update version wait"
)
_COMPOSE = _words(
    "build config create down events images kill logs ls pause port ps pull push restart rm start stats stop "
    "top unpause up version wait"
)
_CONTAINERS = ("docker", "docker-compose", "podman", "podman-compose")
# With these the data goes that containers keep beside them, or what was built comes into a folder.
_NOT_ALONE = re.compile(r"-[a-zA-Z]*[voV].*|--volumes.*|--renew-anon-volumes|--output.*")
_DETACHED = re.compile(r"-[a-z]*d[a-z]*|--detach(?:=true)?")
# They write below the folder that they run in; on the host of the script that is not the target.
_BUILDERS = _words(
    "curl download-artifact eslint git-lfs gpg hugo jekyll jest openssl pip pip3 tsc vite webpack wget"
)
# By program, the tasks that do the same by custom. Any other may do anything, a deploy among it.
_TASKS = _words("build check compile lint package test typecheck vet")
_TASK_RUNNERS = _words("bun cargo go gradle gradlew mvn npm pnpm yarn")
# They run what the project, or somebody else, has written: that may reach the target from anywhere.
_RUNNERS = _words("""
    ansible ansible-playbook artisan bundle cmake composer docker docker-compose gh grunt gulp knex make
    node npx php phpunit pm2 podman poetry prisma pytest python python3 rake ruby terraform uv
""")
_INSTALLS = {  # what they change is a folder that is generated
    ("npm", "ci"): "node_modules",
    ("npm", "clean-install"): "node_modules",
    ("npm", "i"): "node_modules",
    ("npm", "install"): "node_modules",
    ("npm", "prune"): "node_modules",
    ("npm", "rebuild"): "node_modules",
    ("yarn", ""): "node_modules",
    ("yarn", "install"): "node_modules",
    ("pnpm", "i"): "node_modules",
    ("pnpm", "install"): "node_modules",
    ("bun", "install"): "node_modules",
    ("composer", "install"): "vendor",
    ("bundle", "install"): "vendor",
}


_OWN_PROCESS = ("$$", "$BASHPID", "$PPID")
_PACKAGERS = frozenset({"npm", "pnpm", "yarn"})
_OWN_SCRIPT = re.compile(r'"((?:pre|post)?(?:install|prepare)|prepublish)"\s*:')
_VERSION = re.compile(r"require\(['\"][\w./-]*\.json['\"]\)(?:\.\w+)+")  # of a package


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a program's effect."""

    is_harmless: bool = False
    prints_name: bool = False  # a version, or the like
    folder: str = ""  # the one that it changes, below the folder that it runs in


def known_effect(name: str, words: list[str]) -> Known:
    """Return what is known of a command."""
    operands = [word for word in words if not word.startswith("-")]
    first = operands[0] if operands else ""
    if name in _HARMLESS or first in _HARMLESS_WORDS.get(name, ()):
        return Known(is_harmless=True)
    if name in ("curl", "wget"):
        return Known(is_harmless=not writes(name, words))
    if name in _CONTAINERS:
        return Known(is_harmless=_is_about_containers(name, words, operands))
    if name == "node" and words[:1] == ["-p"] and _VERSION.fullmatch(" ".join(words[1:])):
        return Known(is_harmless=True, prints_name=True)
    if words in (["--version"], ["-v"], ["--help"]):
        return Known(is_harmless=True)
    is_alone = len(operands) < 2 and "--prefix" not in words  # else it adds to what package.json asks for
    return Known(folder=_INSTALLS.get((name, first), "") if is_alone else "")


def _is_about_containers(name: str, words: list[str], operands: list[str]) -> bool:
    """Whether containers are started, ended or shown, and no data of theirs is removed.

    One that is run for its result (`run` without -d, `exec`) may do anything to the folders that it is given.
    """
    first = operands[0] if operands else ""
    if name.endswith("-compose") or first == "compose":
        named = [word for word in operands if word in {*_COMPOSE, "run", "exec", "cp"}]
        after = words[words.index(named[0]) :] if named else []
        return bool(named) and set(named) <= _COMPOSE and not any(map(_NOT_ALONE.fullmatch, after))
    if first == "run":
        options = words[: words.index(operands[1])] if len(operands) > 1 else words
        return any(map(_DETACHED.fullmatch, options))
    if first in ("rm", "build"):
        return not any(map(_NOT_ALONE.fullmatch, words))
    return first in _DOCKER or operands[:2] == ["image", "prune"]


def _builds(name: str, words: list[str]) -> bool:
    """Whether a program makes what is to be deployed, and touches nothing else."""
    operands = [word for word in words if not word.startswith("-")]
    task = next((word for word in operands if word != "run"), "")
    if name == "curl" and uploads(words):
        return False
    return name in _BUILDERS or (name in _TASK_RUNNERS and task in _TASKS)


def run_unmodelled(call: Call) -> list[World]:
    """Note that a program runs whose effect is not modelled; its status is not known either."""
    known = known_effect(call.name, call.words)
    call.world.status = None
    if call.name == "kill" and _is_own_process(call):
        call.problem(Trouble.UNMODELLED, "kill of the script's own process", may_touch=True)
    if known.prints_name:
        call.print(call.session.fresh(call.name) + "\n")
    else:
        call.print_content(call.session.contents.unknown())
    if known.is_harmless:
        return [call.world]
    shown = " ".join([call.name, *call.words])[:80]
    is_builder = _builds(call.name, call.words)
    if known.folder:
        _note_own_scripts(call)
        detail = f"{shown} changes {known.folder}"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=False)
        _open(call, known.folder)
    elif is_builder and not call.is_target:
        detail = f"{shown}: what it makes is taken for made already"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=False)
        _build(call)
    elif is_builder or call.name in _RUNNERS | _TASK_RUNNERS:
        call.problem(Trouble.UNKNOWN_EFFECT, f"{shown}: what it does to files is not known", may_touch=True)
    else:
        call.problem(Trouble.UNKNOWN_COMMAND, f"{shown}: what it does is not known", may_touch=True)
    return [call.world]


def _is_own_process(call: Call) -> bool:
    return any(symbol.name in _OWN_PROCESS for symbol in call.session.symbols.within(" ".join(call.words)))


def _note_own_scripts(call: Call) -> None:
    """Note what an installation runs of the package itself: that may do anything in its folder."""
    if call.name not in _PACKAGERS or "--ignore-scripts" in call.words:
        return
    content = call.content_of("package.json")
    text = None if content is None else call.session.contents.text(content)
    found = sorted(set(_OWN_SCRIPT.findall(text or "")))
    if found:
        detail = f"{call.name} runs what package.json has as {', '.join(found)}: what that does is not known"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=True)
    elif content is not None and text is None:
        detail = f"{call.name} runs what package.json says, and that is not known"
        call.problem(Trouble.UNKNOWN_EFFECT, detail, may_touch=call.is_target)


def _build(call: Call) -> None:
    """Take the work tree for one in which there may be what no scan has seen: it may be made only then."""
    setting = call.session.setting
    top = next(
        (each for each in (setting.work_tree, setting.cwd) if each and is_below(call.world.cwd, each)), None
    )
    folder = call.files.get(top or call.world.cwd)
    if isinstance(folder, Folder) and not folder.is_built:
        call.files.put(top or call.world.cwd, built(folder))
        call.finish()


def _open(call: Call, folder: str) -> None:
    """Take a folder for one of which nobody knows any more what lies in it."""
    place = call.place(folder)
    before = dict(call.world.trees)
    if not call.is_vague(folder) and not place.trouble and call.has_folder(place):
        call.files.put(place.parts, Folder(is_open=True))
        call.finish()
        call.session.step(call.line, before, call.world.trees)
