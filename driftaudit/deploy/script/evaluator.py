"""Runs the meaning of statements: which come, in which order, and in which worlds."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from driftaudit.deploy.script.arithmetic import calculated
from driftaudit.deploy.script.commands.registry import PROGRAMS
from driftaudit.deploy.script.commands.shells import at_exit
from driftaudit.deploy.script.conditions import holds
from driftaudit.deploy.script.dialect import LITERAL, has_names, is_refused, reads_escapes
from driftaudit.deploy.script.loops import Loops
from driftaudit.deploy.script.parameters import ExpansionError
from driftaudit.deploy.script.redirects import closed, kept, opened
from driftaudit.deploy.script.session import Session, Setting, Trouble
from driftaudit.deploy.script.simple import Prepared, Simple
from driftaudit.deploy.script.syntax import (
    Binary,
    Calculation,
    Call,
    Case,
    Command,
    Condition,
    Declaration,
    For,
    Function,
    Group,
    If,
    Statement,
    Unmodelled,
    While,
)
from driftaudit.deploy.script.world import Flow, World
from driftaudit.deploy.script.worlds import merged

Worlds: TypeAlias = list[World]


class Evaluator:
    """Runs statements on worlds. Each method takes a world for its own, and returns all that come of it."""

    def __init__(self, setting: Setting) -> None:
        self.session = Session(setting, self.run)
        self._simple = Simple(self.session)
        self._loops = Loops(self.session, self.run, self.tested)

    def run(self, statements: Sequence[Statement], worlds: Iterable[World]) -> Worlds:
        """Run statements one after the other in each world that is still running."""
        current = list(worlds)
        for statement in statements:
            found: Worlds = []
            for world in current:
                found += self._statement(statement, world) if world.is_running else [world]
            current = merged(self.session, found, statement.line) if len(found) > 1 else found
            current = [world for world in current if not self._is_over(world)]
        return current

    def _is_over(self, world: World) -> bool:
        """Whether the script ends here: what its end does is looked at when all ends are known."""
        is_over = world.flow.ends_shell and not world.shells
        if is_over:
            self.session.ended.append(world)
        return is_over

    def tested(self, statements: Sequence[Statement], world: World) -> Worlds:
        """Run statements whose failure is no failure of the script."""
        was_tested, world.is_tested = world.is_tested, True
        found = self.run(statements, [world])
        for end in found:
            end.is_tested = was_tested
        return found

    def _statement(self, statement: Statement, world: World) -> Worlds:
        self.session.count()
        if "noexec" in world.options:
            return [world]
        return self._stated(statement, world) if world.is_bash else self._in_either_shell(statement, world)

    def _in_either_shell(self, statement: Statement, world: World) -> Worlds:
        """Run a statement as bash reads it, and as dash does where that is something else."""
        found: Worlds = []
        if is_refused(statement):
            found.append(world.fork())
        if isinstance(statement.command, Function) and statement.command.reserved:
            found += self.run((statement.command.body,), [world.fork()])  # it is no function there
        for each in found:
            each.flow, each.status = Flow.EXIT, 2
        if reads_escapes(statement):
            detail = "$'…' is another text for a shell that is not bash"
            self.session.problem(Trouble.UNMODELLED, statement.line, detail, may_touch=True)
        if has_names(statement) and LITERAL not in world.options:
            other = world.fork()
            other.options |= {LITERAL}
            ends = self._stated(statement, other)
            for end in ends:
                end.options -= {LITERAL}
            found += ends
        return found + self._stated(statement, world)

    def _stated(self, statement: Statement, world: World) -> Worlds:
        if statement.background:
            self.session.problem(Trouble.BACKGROUND, statement.line, "a command with &", may_touch=False)
            found = self._in_subshell(world, lambda shell: self._redirected(statement, shell))
            for end in found:
                end.status = 0
            return found
        was_tested = world.is_tested
        world.is_tested = was_tested or statement.negated
        found = self._redirected(statement, world)
        for end in found:
            end.is_tested = was_tested
            if statement.negated and end.is_running:
                end.status = None if end.status is None else int(not end.status)
        if statement.negated or not _ends_script(statement.command):
            return found
        return [each for end in found for each in _failing(end)]

    def _redirected(self, statement: Statement, world: World) -> Worlds:
        if not statement.redirects:
            return self._command(statement.command, world, statement.line)
        command: Command | Prepared | None = statement.command
        try:
            if isinstance(command, Call):
                command = self._simple.prepared(command, world)
            files = opened(self.session, world, statement.redirects, statement.line)
        except ExpansionError:
            world.status = 1
            if _is_external(command, world):
                return _failing(world)  # it is a child of the shell that ends
            world.flow = Flow.GIVEN_UP
            return [world]
        if files is None:
            return _failing(world)
        found = self._command(command, world, statement.line)
        for end in found:
            if _stays_open(command):
                kept(self.session, end, files, statement.line)
            else:
                closed(self.session, end, files, statement.line, is_quiet=_is_quiet(command))
        return found

    def _command(self, command: Command | Prepared | None, world: World, line: int) -> Worlds:
        try:
            return self._meaning(command, world, line)
        except ExpansionError:
            world.status, world.flow = 1, Flow.GIVEN_UP
            return [world]

    def _meaning(self, command: Command | Prepared | None, world: World, line: int) -> Worlds:
        match command:
            case Call():
                return self._simple.call(self._simple.prepared(command, world), world, line)
            case Prepared():
                return self._simple.call(command, world, line)
            case Declaration():
                return self._simple.declare(command, world, line)
            case Binary(operator="&&" | "||"):
                return self._either(command, world)
            case Binary():
                return self._pipeline(command, world, line)
            case Group(subshell=True):
                return self._in_subshell(world, lambda shell: self.run(command.statements, [shell]))
            case Group():
                return self.run(command.statements, [world])
            case _:
                return self._control(command, world, line)

    def _control(self, command: Command | None, world: World, line: int) -> Worlds:
        match command:
            case If():
                return self._if(command, world)
            case While() | For() | Case():
                return self._loops.run(command, world, line)
            case Function():
                world.functions[command.name] = command.body
            case Condition():
                return self._condition(command, world)
            case Calculation():
                return self._calculation(command, world)
            case Unmodelled():
                self.session.problem(Trouble.UNMODELLED, line, command.name, may_touch=True)
                world.status = None
                return [world]
        world.status = 0
        return [world]

    def _condition(self, command: Condition, world: World) -> Worlds:
        found = holds(self.session, world, command.expression)
        world.status = None if found is None else _in_bash(world, int(not found))
        return [world]

    def _calculation(self, command: Calculation, world: World) -> Worlds:
        number: int | None = 0
        for expression in command.expressions:
            number = calculated(self.session, world, expression)
        world.status = None if number is None else _in_bash(world, int(not number))
        return [world]

    def _either(self, command: Binary, world: World) -> Worlds:
        found: Worlds = []
        goes_on = 0 if command.operator == "&&" else 1
        for end in self.tested((command.left,), world):
            for each, is_right in parted(end, goes_on):
                found += self.run((command.right,), [each]) if is_right else [each]
        return found

    def _pipeline(self, command: Binary, world: World, line: int) -> Worlds:
        found: Worlds = []
        outer = world.out
        for left in self._in_subshell(world, lambda shell: self.run((command.left,), [shell]), printing=True):
            first_status = left.status
            printed, given = left.out, left.given
            left.out = outer
            source, left.source = left.source, None
            left.given, left.given_line = self.session.contents.joined(printed), 0
            for end in self._in_subshell(left, lambda shell: self.run((command.right,), [shell])):
                end.given, end.source = given, source
                if "pipefail" in end.options and end.status == 0:
                    end.status = first_status
                found.append(end)
        return merged(self.session, found, line) if len(found) > 1 else found

    def _in_subshell(
        self, world: World, body: Callable[[World], Worlds], *, printing: bool = False
    ) -> Worlds:
        """Run something in a shell below: its trees and what it printed stay, all else is as before."""
        shell = world.fork()
        shell.shells += 1
        shell.at_exit = None
        shell.out = ()
        shell.is_heard = printing or world.is_heard
        found = []
        for end in at_exit(self.session, body(shell)):
            after = world.fork()
            after.trees, after.status = end.trees, end.status
            after.out = end.out if printing else (*world.out, *end.out)
            found.append(after)
        return found

    def _if(self, command: If, world: World) -> Worlds:
        found: Worlds = []
        waiting = [world]
        for condition, body in command.branches:
            ways = [way for each in waiting for way in self._asked(condition, each)]
            found += [each for each, holds in ways if holds is None]
            chosen = [each for each, holds in ways if holds]
            found += self.run(body, chosen)
            waiting = [each for each, holds in ways if holds is False]
        for each in waiting:
            each.status = 0
        return found + self.run(command.otherwise, waiting)

    def _asked(self, condition: Sequence[Statement], world: World) -> list[tuple[World, bool | None]]:
        found: list[tuple[World, bool | None]] = []
        for end in self.tested(condition, world):
            if not end.is_running:
                found.append((end, None))
            else:
                found += parted(end, 0)
        return found


def _in_bash(world: World, status: int) -> int | None:
    """Return the status of what only bash has: elsewhere it fails."""
    return status if world.is_bash or status else None


def parted(world: World, wanted: int) -> list[tuple[World, bool]]:
    """Return a world with whether its status is the wanted one (1: any failure); both where not known."""
    if not world.is_running:
        return [(world, False)]
    if world.status is not None:
        return [(world, (world.status != 0) == bool(wanted))]
    other = world.fork()
    world.status, other.status = wanted, int(not wanted)
    return [(world, True), (other, False)]


_BUILT_IN = frozenset(
    """
    . : [ break builtin cd command continue echo eval exec exit export false getopts hash let local popd
    printf pushd pwd read readonly return set shift shopt source test trap true type umask unset wait
    """.split()  # noqa: SIM905 # it is read as words
)


def _is_external(command: Command | Prepared | None, world: World) -> bool:
    """Whether a command is a program of its own."""
    if not isinstance(command, Prepared) or not command.words:
        return False
    return command.words[0] not in _BUILT_IN and command.words[0] not in world.functions


def _stays_open(command: Command | Prepared | None) -> bool:
    """Whether what a command has redirected stays so: it is an `exec` of nothing."""
    return isinstance(command, Prepared) and command.words == ["exec"]


def _is_quiet(command: Command | Prepared | None) -> bool:
    """Whether it is known of a command that it says nothing of its success to the error output."""
    if command is None or isinstance(command, Declaration):
        return True
    return isinstance(command, Prepared) and (
        not command.words or command.words[0].rpartition("/")[2] in PROGRAMS
    )


def _ends_script(command: Command | None) -> bool:
    """Whether a failure of the command itself ends a script with `set -e`."""
    match command:
        case Call() | Declaration() | Condition() | Calculation() | Binary(operator="|" | "|&"):
            return True
        case Group():
            return command.subshell
        case _:
            return False


def _failing(world: World) -> Worlds:
    """Return a world after a command, ended where the command failed under `set -e`."""
    is_heeded = "errexit" in world.options and not world.is_tested
    if not world.is_running or not is_heeded or world.status == 0:
        return [world]
    if world.status is not None:
        world.flow = Flow.EXIT
        return [world]
    ended = world.fork()
    ended.flow, ended.status, world.status = Flow.EXIT, 1, 0
    return [world, ended]
