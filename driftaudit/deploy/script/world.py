"""The state of a run at one moment. Where the way cannot be told, there are several worlds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from driftaudit.deploy.script.syntax import Statement
from driftaudit.deploy.script.tree import Folder, Parts


class Flow(Enum):
    """What happens after a statement."""

    ON = auto()
    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()
    EXIT = auto()
    GIVEN_UP = auto()  # an exit too: a value was missing that the script insists on

    @property
    def ends_shell(self) -> bool:
        """Whether nothing more is run in the shell."""
        return self in (Flow.EXIT, Flow.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Host:
    """One machine: its name, the home of who logs in there, and the variables that are set at the start.

    `is_closed` says that no other variable is set. `shell` is that of who logs in there, None if not known.
    """

    name: str
    home: Parts
    variables: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    is_closed: bool = False
    shell: str | None = None


@dataclass(slots=True)
class World:
    """Where a shell stands, its variables, and the trees of all hosts.

    `status` is None where it is not known whether the last command succeeded. `out` are the contents that
    were printed, `given` is what a command would read from its standard input.
    """

    host: Host
    trees: dict[str, Folder]
    cwd: Parts
    logical_cwd: Parts  # as `cd` was told, links and all
    variables: dict[str, str | None]
    given: str
    source: Parts | None = None  # the file that this is read from
    given_line: int = 0  # where that begins in the script, if it is written there
    arguments: tuple[str, ...] | None = None
    name: str = "bash"
    arrays: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: dict[str, Statement] = field(default_factory=dict)
    locals: dict[str, str | None] = field(default_factory=dict)  # what they hide, in a function
    status: int | None = 0
    flow: Flow = Flow.ON
    levels: int = 0  # of loops that a break leaves behind
    out: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()
    stack: tuple[Parts, ...] = ()
    shells: int = 0  # that this one runs in
    calls: int = 0  # of functions and scripts that this one runs in
    functions_deep: int = 0
    sources_deep: int = 0  # files that are run by `source`
    exported: frozenset[str] = frozenset()
    descriptors: dict[str, Parts] = field(default_factory=dict)  # files that are open, by number from 3 on
    readonly: frozenset[str] = frozenset()  # variables that keep their values
    knows_names: bool = True  # of the variables that are set: else any other may be set too
    has_fetched: bool = False  # git, on the target: what it knows of remotes is new
    is_heard: bool = False  # something takes what is printed: else it need not be known
    sink: Parts | None = None  # the file that takes what is printed
    is_tested: bool = False  # what fails here is a condition: `set -e` does not heed it
    at_exit: str | None = None
    is_bash: bool = True  # else it may be dash

    def fork(self) -> "World":
        """Return a world that goes its own way from here."""
        return replace(
            self,
            trees=dict(self.trees),
            variables=dict(self.variables),
            arrays=dict(self.arrays),
            functions=dict(self.functions),
            locals=dict(self.locals),
            descriptors=dict(self.descriptors),
        )

    @property
    def root(self) -> Folder:
        """The tree of the host that the shell runs on."""
        return self.trees[self.host.name]

    @property
    def is_running(self) -> bool:
        """Whether the next statement is run."""
        return self.flow is Flow.ON
