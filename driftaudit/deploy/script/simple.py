"""Simple commands: assignments, functions, programs that are modelled, and those that are not."""

from dataclasses import dataclass

from driftaudit.deploy.script import syntax
from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.registry import PROGRAMS, shell_commands
from driftaudit.deploy.script.commands.shells import run_file
from driftaudit.deploy.script.commands.unmodelled import run_unmodelled
from driftaudit.deploy.script.dialect import ONLY_BASH
from driftaudit.deploy.script.session import Session, Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.syntax import Assignment, Declaration, Single, Statement, Word
from driftaudit.deploy.script.words import Words
from driftaudit.deploy.script.world import Flow, World

_MOST_CALLS = 40  # of functions in functions
_UNMODELLED_VARIABLES = frozenset({"GLOBIGNORE", "BASH_ENV", "POSIXLY_CORRECT", "BASH_COMPAT"})
_TRAITS = frozenset("iuln")  # of a variable: numbers, upper and lower case, the name of another


def set_variable(words: Words, assignment: Assignment, line: int) -> None:
    """Give a variable its value. Raises ExpansionError."""
    session, world = words.session, words.world
    if "allexport" in world.options:
        world.exported |= {assignment.name}
    if assignment.value is None and not assignment.array:
        return  # it is declared
    if not session.may_set(world, assignment.name, line):
        return
    if assignment.name in _UNMODELLED_VARIABLES:
        detail = f"{assignment.name}, which changes what patterns and words are"
        session.problem(Trouble.UNMODELLED, line, detail, may_touch=True)
    if assignment.elements is not None:
        _set_array(words, assignment.name, assignment.elements, append=assignment.append)
        return
    elements = world.arrays.pop(assignment.name, ())
    if assignment.array or (assignment.name == "IFS" and assignment.append):
        world.variables[assignment.name] = session.anything(f"${assignment.name}")
        return
    text = words.text(assignment.value or Word((), line), is_assigned=True)
    if assignment.append:
        before = world.variables.get(assignment.name, session.environment(world.host, assignment.name))
        text = (before or "") + text
    world.variables[assignment.name] = text
    if elements:
        world.arrays[assignment.name] = (text, *elements[1:])


def _set_array(words: Words, name: str, elements: tuple[Word, ...], *, append: bool) -> None:
    """Give an array its elements; its name alone stands for the first one."""
    world = words.world
    before = world.arrays.get(name)
    if before is None and world.variables.get(name) is not None:
        before = (world.variables[name] or "",)
    found = tuple(field for word in elements for field in words.fields(word))
    world.arrays[name] = (*(before or ()), *found) if append else found
    world.variables[name] = next(iter(world.arrays[name]), None)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A simple command and its words as they were expanded; `has_run` if a substitution ran on the way."""

    command: syntax.Call
    words: list[str]
    has_run: bool


def _is_missing_in_dash(words: list[str]) -> bool:
    return words[0] in ONLY_BASH or (words[0] == "set" and "pipefail" in words)


def _refused(world: World, words: list[str]) -> World:
    """Return the world of a shell that has not got a command; at an option of `set` it ends."""
    other = world.fork()
    other.status = 127
    other.flow = Flow.EXIT if words[0] == "set" else other.flow
    return other


def _without_name(words: Words, command: Declaration) -> list[str]:
    """Return the words of a declaration that are options, or become assignments: `export $(cat .env)`."""
    given = [each.value for each in command.assignments if not each.name and each.value]
    return [field for word in given for field in words.fields(word)]


def _given(text: str, line: int) -> Assignment:
    name, equals, value = text.partition("=")
    return Assignment(name, Word((Single(value),), line) if equals else None)


class Simple:
    """Runs simple commands."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shell = shell_commands(self.named)

    def prepared(self, command: syntax.Call, world: World) -> Prepared:
        """Return a command with its words expanded, which comes before its redirections.

        Raises ExpansionError where a value is missing that the script insists on.
        """
        expander = Words(self._session, world)
        words = [field for word in command.words for field in expander.fields(word)]
        return Prepared(command, words, has_run=expander.has_run)

    def call(self, prepared: Prepared, world: World, line: int) -> list[World]:
        """Run a command. Raises ExpansionError where a value is missing that the script insists on."""
        command, words = prepared.command, prepared.words
        expander = Words(self._session, world)
        expander.has_run = prepared.has_run
        if not words:
            for assignment in command.assignments:
                set_variable(expander, assignment, line)
            world.status = world.status if expander.has_run else 0
            return [world]
        before = {each.name: world.variables.get(each.name) for each in command.assignments}
        present = set(before) & set(world.variables)
        outer = world.exported
        for assignment in command.assignments:
            set_variable(expander, assignment, line)
            world.exported |= {assignment.name}
        found = self.named(world, words, line)
        for end in found:
            end.exported = (end.exported - set(before)) | (outer & set(before))
            end.variables.update(before)
            for name in set(before) - present:
                del end.variables[name]
        return found

    def declare(self, command: Declaration, world: World, line: int) -> list[World]:
        """Run `export`, `local` and their kind."""
        expander = Words(self._session, world)
        given = _without_name(expander, command)
        flags = {letter for text in given if text.startswith("-") for letter in text[1:]}
        if flags & _TRAITS and command.variant != "export":
            detail = f"{command.variant} -{min(flags & _TRAITS)}"
            self._session.problem(Trouble.UNMODELLED, line, detail, may_touch=True)
        taken = {letter for text in given if text.startswith("+") for letter in text[1:]}
        is_declared = command.variant in ("declare", "typeset") and world.functions_deep and "g" not in flags
        is_local = command.variant == "local" or is_declared
        named = [_given(text, line) for text in given if not text.startswith(("-", "+"))]
        for assignment in [*(each for each in command.assignments if each.name), *named]:
            if has_symbols(assignment.name):
                self._set_unknown(world, assignment.name, line)
                continue
            if is_local and assignment.name not in world.locals:
                world.locals[assignment.name] = world.variables.get(assignment.name)
            set_variable(expander, assignment, line)
            if command.variant == "readonly" or "r" in flags:
                world.readonly |= {assignment.name}
            if (command.variant == "export" and "n" not in flags) or "x" in flags:
                world.exported |= {assignment.name}
            elif command.variant == "export" or "x" in taken:
                world.exported -= {assignment.name}
            is_empty = assignment.value is None and not assignment.array
            if is_local and is_empty and self._session.may_set(world, assignment.name, line):
                world.variables[assignment.name] = None
        world.status = int(command.variant == "local" and not world.functions_deep)
        return [world]

    def _set_unknown(self, world: World, text: str, line: int) -> None:
        """Forget what variables are: nobody knows which of them a text sets."""
        detail = f"which variables {text} sets is not known"
        self._session.problem(Trouble.UNKNOWN_EFFECT, line, detail, may_touch=False)
        self._session.forget_variables(world, with_own=True)

    def named(self, world: World, words: list[str], line: int) -> list[World]:
        """Run a command by its words."""
        name = words[0]
        if has_symbols(name):
            detail = f"the command {name} is not known"
            self._session.problem(Trouble.UNKNOWN_COMMAND, line, detail, may_touch=True)
            world.status = None
            return [world]
        if name in world.functions:
            return self._function(world, world.functions[name], words, line)
        call = Call(self._session, world, words, line)
        if not world.is_bash and _is_missing_in_dash(words):
            return [_refused(world, words), *self._modelled(call, world, name, line)]
        return self._modelled(call, world, name, line)

    def _modelled(self, call: Call, world: World, name: str, line: int) -> list[World]:
        runs_others = self._shell.get(name if name.startswith(".") else call.name)
        if runs_others:
            return runs_others(call)
        before = dict(world.trees)
        program = PROGRAMS.get(call.name)
        if program is None:
            return run_file(call) or run_unmodelled(call)
        world.status = program(call)
        call.finish()
        self._session.step(line, before, world.trees)
        return [world]

    def _function(self, world: World, body: Statement, words: list[str], line: int) -> list[World]:
        if world.calls >= _MOST_CALLS:
            detail = f"{words[0]} calls itself without an end"
            self._session.problem(Trouble.ENDLESS, line, detail, may_touch=True)
            world.status, world.flow = None, Flow.EXIT
            return [world]
        outer, outer_locals = world.arguments, world.locals
        world.arguments, world.locals = tuple(words[1:]), {}
        world.calls += 1
        world.functions_deep += 1
        found = self._session.run((body,), [world])
        for end in found:
            end.calls -= 1
            end.functions_deep -= 1
            for name, text in end.locals.items():
                end.variables[name] = text
                if text is None:
                    del end.variables[name]
            end.arguments, end.locals = outer, dict(outer_locals)
            if end.flow is Flow.RETURN:
                end.flow = Flow.ON
        return found
