"""What all worlds of one simulation share: what is known, what was noticed, and what each line did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from driftaudit.deploy.script.contents import Contents, Reader
from driftaudit.deploy.script.differences import Differences, differences
from driftaudit.deploy.script.symbols import Knowledge, Symbols
from driftaudit.deploy.script.syntax import Statement
from driftaudit.deploy.script.tree import Folder, Node, Parts
from driftaudit.deploy.script.world import Host, World
from driftaudit.model.script import Environment

_MOST_STATEMENTS = 50_000  # run in all worlds together
_LAST_DESCRIPTOR = 100_000  # beyond all that a script numbers itself


class Trouble(StrEnum):
    """What is wrong with a line, or not known of it. The first three block by rules of their own."""

    UNKNOWN_PATH = "script/unknown-path"  # removes what an unset or unknown variable names
    OUTSIDE_ROOT = "script/outside-root"
    REMOVES_ROOT = "script/removes-root"
    UNKNOWN_COMMAND = "script/unknown-command"
    UNKNOWN_EFFECT = "script/unknown-effect"  # a known program, whose effect on files is not
    UNKNOWN_DESTINATION = "script/unknown-destination"  # writes to what an unknown variable names
    UNMODELLED = "script/unmodelled"  # an option or construct
    NOTHING_TO_BRING = "script/nothing-to-bring"  # it is not there, and was not when the script began
    NOTHING_TO_RUN = "script/nothing-to-run"
    UNSEEN = "script/unseen"  # brings, or depends on, what no scan has seen
    TOO_MANY_WAYS = "script/too-many-ways"
    ENDLESS = "script/endless"
    LINE_ENDS = "script/windows-line-ends"
    SYNTAX = "script/syntax"  # of a text that the script runs
    TRAP = "script/trap"
    BACKGROUND = "script/background"
    OTHER_HOST = "script/other-host"
    ENVIRONMENT = "script/environment"  # it hangs on what is set, or not, where it is started


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is not known of a line. With `may_touch` it may destroy something under the root."""

    trouble: Trouble
    line: int
    detail: str
    may_touch: bool


@dataclass(frozen=True, slots=True)
class RsyncSource:
    """One source of rsync; with `is_content` what is in the folder is brought, not the folder itself.

    `has_way`: the folder that it lies, or would lie, in is there.
    """

    name: str
    node: Node | None
    is_content: bool
    has_way: bool = True


@dataclass(frozen=True, slots=True)
class RsyncRequest:
    """What rsync is asked to do. The options are none that run, read or write anything else.

    Between two hosts each end knows only those filters that it is sent; on one host both know all.
    """

    options: tuple[str, ...]
    sources: tuple[RsyncSource, ...]
    target: Node | None
    has_slash: bool
    name: str = "target"
    is_sent: bool = False  # to another host
    is_fetched: bool = False  # from another host


@dataclass(frozen=True, slots=True)
class RsyncAnswer:
    """What lies at the target then, the exit status, and what was laid beside the target."""

    target: Node | None
    status: int
    beside: Mapping[str, Node] = field(default_factory=dict)


class RsyncPlanner(Protocol):
    """Says what rsync would do."""

    def __call__(self, request: RsyncRequest) -> RsyncAnswer | str:
        """Return the answer, or in a few words why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a pull on the target brings. `branches` (`origin/main`) are those at the desired commit.

    `brought` is what differs from the live tree, by path from the root; `removed` are live files that are as
    some commit had them there and that are not desired, with their contents.
    """

    branches: frozenset[str]
    brought: Mapping[str, Node]
    removed: Mapping[str, str]
    has_one_branch: bool  # that a remote is known to have


@dataclass(frozen=True, slots=True)
class Setting:
    """What a simulation starts from.

    The script runs on `here` in the folder `cwd`; `root` is the target's, on `there`, which may be the same
    host. `names` are those by which the script may call `there`, none where any name is taken for it.
    `arguments` None, `environment` None: they are not known.
    """

    here: Host
    there: Host
    trees: dict[str, Folder]
    root: Parts
    cwd: Parts
    names: frozenset[str] = frozenset()
    arguments: tuple[str, ...] | None = None
    environment: Environment | None = None
    path: str = "deploy.sh"
    given: str | None = None  # what the script reads from its standard input
    rsync: RsyncPlanner | None = None
    reader: Reader = field(default_factory=Reader)
    work_tree: Parts | None = None  # the top of the repository here
    is_desired: Callable[[str], bool] | None = None  # whether a path from the root is to be there
    upstream: Callable[[], Upstream | None] | None = None  # None: it is not known what a pull brings


class EndlessError(Exception):
    """The script ran longer than any deploy does."""


Run: TypeAlias = Callable[[Sequence[Statement], list[World]], list[World]]
"""Runs statements one after the other in each world that is still running."""


class Session:
    """One simulation; `run` is how statements are run in it, by commands too that run others."""

    def __init__(self, setting: Setting, run: Run) -> None:
        self.setting = setting
        self.run = run
        self.contents = Contents(setting.reader)
        self.symbols = Symbols()
        self.problems: dict[LineProblem, None] = {}
        self.effects: dict[tuple[int, str], Differences] = {}  # of all runs of a line, by line and host
        self.pipes: dict[str, str] = {}  # contents by the paths that `<(…)` and `>(…)` became
        self.ended: list[World] = []  # where the script itself has come to its end
        self._left = _MOST_STATEMENTS
        self._environment: dict[tuple[str, str], str] = {}

    def count(self) -> None:
        """Count one statement. Raises EndlessError after too many."""
        self._left -= 1
        if self._left < 0:
            raise EndlessError

    def problem(self, trouble: Trouble, line: int, detail: str, *, may_touch: bool) -> None:
        """Note what is not known of a line; told twice it is one."""
        self.problems[LineProblem(trouble, line, self.symbols.shown(detail), may_touch)] = None

    def may_set(self, world: World, name: str, line: int) -> bool:
        """Whether a variable can be given another value; noted where it is read-only."""
        if name in world.readonly:
            detail = f"{name} is read-only: what a shell leaves out where it is set all the same is not known"
            self.problem(Trouble.UNMODELLED, line, detail, may_touch=True)
        return name not in world.readonly

    def step(self, line: int, before: dict[str, Folder], after: dict[str, Folder]) -> None:
        """Note what a line did to the trees."""
        for host, tree in after.items():
            if tree is not before[host]:
                effect = self.effects.setdefault((line, host), Differences())
                effect.add(differences(before[host], tree))

    def environment(self, host: Host, name: str) -> str | None:
        """Return what a variable is that the script did not set: a symbol, unless all are known."""
        if name in host.variables:
            return host.variables[name]
        if host.is_closed:
            return None
        key = (host.name, name)
        if key not in self._environment:
            self._environment[key] = self.symbols.new(f"${name}", Knowledge.NOTHING)
        return self._environment[key]

    def note_given(self, world: World, name: str) -> None:
        """Note that a value is what the script was started with."""
        given = self.setting.environment
        if given and name in given.values and world.variables.get(name) is given.values[name]:
            self.problem(Trouble.ENVIRONMENT, 0, f"{name} is taken as it is set here", may_touch=False)

    def takes_default(self, world: World, name: str, found: str | None) -> bool:
        """Whether a value that is not known is not set where the script is started; noted then."""
        given = self.setting.environment
        if given is None or world.host is not self.setting.here or not world.knows_names:
            return False
        if not name.isidentifier() or name in given.values or name in given.hidden:
            return False
        if found is None or found != self._environment.get((world.host.name, name)):
            return False
        detail = f"{name} is not set here: the script's own default is taken"
        self.problem(Trouble.ENVIRONMENT, 0, detail, may_touch=False)
        return True

    def forget_variables(self, world: World, *, with_own: bool) -> None:
        """Take variables for set to what nobody knows, with or without those that the script set itself."""
        given = self.setting.environment
        values = given.values if given else {}
        world.variables |= {
            name: self.anything(f"${name}")
            for name, text in world.variables.items()
            if with_own or (name in values and text is values[name])
        }
        world.knows_names = False

    def pipe(self, content: str) -> str:
        """Return the path of a new file that is none: what is read from it is a content."""
        path = f"/dev/fd/{_LAST_DESCRIPTOR - len(self.pipes)}"
        self.pipes[path] = content
        return path

    def fresh(self, name: str) -> str:
        """Return a value that is some new name: a time, a commit."""
        return self.symbols.new(name, Knowledge.FRESH)

    def anything(self, name: str) -> str:
        """Return a value of which nothing is known."""
        return self.symbols.new(name, Knowledge.NOTHING)
