"""`ssh` and `scp`: what is run on the target, and what is brought to it."""

import re

from driftaudit.deploy.script.call import Call, Programs, worst
from driftaudit.deploy.script.commands.copier import Copier, Manner
from driftaudit.deploy.script.commands.shells import read, run_below
from driftaudit.deploy.script.options import Grammar, Options, options_of, parsed
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Place, Unseen
from driftaudit.deploy.script.world import Host, World

_SSH = Grammar("46AaCfGgKkMNnqsTtVvXxYy", "bcDEeFIiJLlmOopQRSWw", ordered=True)
_SCP = Grammar("346ABCOpqRrTv", "cDFiJloPSX")
_REMOTE = re.compile(r"(?:scp://)?((?:[^:/@]+@)?(?:\[[^\]]*\]|[^:/]*)):(.*)", re.DOTALL)


def ssh(call: Call) -> list[World]:
    """Run words, or what is read, on the target."""
    options = parsed(call.words, _SSH)
    if not options.operands or "N" in options:
        call.world.status = 0
        return [call.world]
    host, *words = options.operands
    more = parsed(words, _SSH)  # options may stand after the host as well
    words, flags = more.operands, options.flags | more.flags
    target = target_host(call, host)
    text = " ".join(words) if words else call.session.contents.text(call.world.given)
    call.line = call.line if words else call.world.given_line or call.line
    statements = read(call, text, is_one_line=False)
    if statements is None:
        return [call.world]
    shell = call.world.fork()
    shell.is_bash = target.shell == "bash"
    shell.host, shell.cwd, shell.logical_cwd = target, target.home, target.home
    shell.variables, shell.functions, shell.locals, shell.arrays = {}, {}, {}, {}
    shell.arguments, shell.name, shell.options, shell.stack = (), "bash", frozenset(), ()
    shell.readonly, shell.descriptors = frozenset(), {}
    shell.exported, shell.knows_names = frozenset(), False
    if not words or "n" in flags:
        shell.source = None
        shell.given = call.session.contents.of_text("")
    return run_below(call, call.world, shell, statements)


def target_host(call: Call, name: str) -> Host:
    """Return the target's host; a name that is not known to be its is noted, and taken for it."""
    setting = call.session.setting
    plain = name.rpartition("@")[2].removeprefix("ssh://").partition(":")[0].strip("[]")
    if setting.names and plain not in setting.names:
        detail = f"{call.name} {name}: taken for the target, whose name it is not"
        call.problem(Trouble.OTHER_HOST, detail, may_touch=False)
    return setting.there


class End:
    """One end of a copy: a host and a path on it."""

    def __init__(self, call: Call, text: str) -> None:
        found = None if text.startswith(("/", "./", "../")) else _REMOTE.fullmatch(text)
        self.host = target_host(call, found[1]) if found else call.world.host
        self.path = (found[2] or ".") if found else text
        if found and self.path.startswith("~/"):
            self.path = self.path[2:]
        self._start = self.host.home if found else call.world.cwd
        self._call = call

    def place(self, path: str = "", *, follow: bool = True) -> Place:
        """Return where the path leads, or one that begins with it."""
        return self._call.editor(self.host).find(self._start, path or self.path, follow=follow)

    def note_absent(self) -> None:
        """Note that what is to be brought from here is not there."""
        if self.host.name != self._call.session.setting.there.name:
            self._call.note_absent(self.path, self.host, self._start)

    @property
    def is_vague(self) -> bool:
        """Whether nobody knows what is meant."""
        text = self.path if self.path.startswith("/") else path_text(self._start) + self.path
        return self._call.session.symbols.unknown(text) is not None


def scp(call: Call) -> int | None:
    """Copy between this host and the target."""
    options = options_of(call, _SCP)
    if len(options.operands) < 2:
        return 1
    *sources, last = options.operands
    target = End(call, last)
    if target.is_vague:
        detail = f"scp writes to {last}, and what that is is not known"
        is_target = target.host.name == call.session.setting.there.name
        call.problem(Trouble.UNKNOWN_DESTINATION, detail, may_touch=is_target)
        return None
    return worst(_copied(call, source, target, options, alone=len(sources) == 1) for source in sources)


def _copied(call: Call, text: str, target: End, options: Options, *, alone: bool) -> int | None:
    source = End(call, text)
    there = target.place()
    editor = call.editor(target.host)
    is_folder = isinstance(there.node, Folder)
    if isinstance(there.node, Unseen):
        is_folder = target.path.endswith("/") or not alone
    if not is_folder and not alone:
        return 1
    name = source.path.rstrip("/").rpartition("/")[2]
    if is_folder and name in ("", ".", ".."):
        place = there  # what is in the one comes into the other, by way of a link too
    else:
        into = f"{target.path}/{name}" if is_folder else target.path
        place = target.place(into.rstrip("/") or "/", follow=False)
    if source.is_vague:
        detail = f"scp brings {text}, and what that is is not known"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
        editor.put(place.parts, File(call.session.contents.unknown()))
        return None
    origin = source.place()
    if origin.node is None:
        source.note_absent()
    if origin.node is None or origin.trouble or place.trouble:
        return 1
    if target.path.endswith("/") and not is_folder and not isinstance(origin.node, Folder):
        return 1
    if not isinstance(editor.get(place.parts[:-1]), Folder | Unseen):
        return 1
    manner = Manner(recursive="r" in options, follows_below=True)
    return Copier(call, manner, call.editor(source.host), editor).copy(origin, origin.node, place.parts)


REMOTE: Programs = {"scp": scp}
