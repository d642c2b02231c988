"""Loops and `case`."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from driftaudit.deploy.script.conditions import either, fits
from driftaudit.deploy.script.session import EndlessError, Session, Trouble
from driftaudit.deploy.script.syntax import Case, For, Statement, While
from driftaudit.deploy.script.words import Words
from driftaudit.deploy.script.world import Flow, World
from driftaudit.deploy.script.worlds import merged

Run: TypeAlias = Callable[[Sequence[Statement], Iterable[World]], list[World]]
Tested: TypeAlias = Callable[[Sequence[Statement], World], list[World]]

_MOST_ROUNDS = 10_000
_UNSURE_ROUNDS = 2  # of a loop whose condition cannot be told: none, one, two


class Loops:
    """Runs loops; `run` and `tested` run their bodies and conditions."""

    def __init__(self, session: Session, run: Run, tested: Tested) -> None:
        self._session = session
        self._run = run
        self._tested = tested

    def run(self, command: While | For | Case, world: World, line: int) -> list[World]:
        """Return the worlds after a loop or a case."""
        match command:
            case While():
                return self._while(command, world, line)
            case For():
                return self._for(command, world, line)
            case Case():
                return self._case(command, world, line)

    def _for(self, command: For, world: World, line: int) -> list[World]:
        if command.unmodelled:
            self._session.problem(Trouble.UNMODELLED, line, "a loop that counts", may_touch=False)
            return self._maybe(command, world, self._session.anything(f"${command.name}"), line)
        words = self._words(command, world)
        if words is None:
            return self._maybe(command, world, self._session.environment(world.host, "@") or "", line)
        current, done = [world], []
        world.status = 0
        for word in words:
            for each in current:
                if self._session.may_set(each, command.name, line):
                    each.variables[command.name] = word
            ends = self._run(command.body, current)
            current, left = _after_round(merged(self._session, ends, line))
            done += left
        return done + current

    def _words(self, command: For, world: World) -> list[str] | None:
        if command.words is None:
            return list(world.arguments) if world.arguments is not None else None
        words = Words(self._session, world)
        return [field for word in command.words for field in words.fields(word)]

    def _maybe(self, command: For, world: World, word: str, line: int) -> list[World]:
        """Run a body that is run for nobody knows how many words."""
        without = world.fork()
        world.variables[command.name] = word
        current, left = _after_round(self._run(command.body, [world]))
        return merged(self._session, [without, *current, *left], line)

    def _while(self, command: While, world: World, line: int) -> list[World]:
        current, done, unsure = [world], [], 0
        world.status = 0
        for _round in range(_MOST_ROUNDS):
            waiting: list[World] = []
            for each in current:
                found, stopped, is_unsure = self._asked(command, each)
                waiting += found
                done += stopped
                unsure += is_unsure
            if not waiting:
                return merged(self._session, done, line)
            current, left = _after_round(merged(self._session, self._run(command.body, waiting), line))
            done += left
            if unsure >= _UNSURE_ROUNDS:
                return merged(self._session, [*done, *current], line)
        raise EndlessError

    def _asked(self, command: While, world: World) -> tuple[list[World], list[World], bool]:
        """Return the worlds that go into the body, those that do not, and whether that could not be told."""
        going: list[World] = []
        stopped: list[World] = []
        is_unsure = False
        body_status = world.status
        for end in self._tested(command.condition, world):
            if not end.is_running:
                stopped.append(end)
                continue
            is_unsure = is_unsure or end.status is None
            if end.status is None or (end.status == 0) != command.until:
                going.append(end.fork())
            if end.status is None or (end.status == 0) == command.until:
                end.status = body_status
                stopped.append(end)
        return going, stopped, is_unsure

    def _case(self, command: Case, world: World, line: int) -> list[World]:
        text = Words(self._session, world).text(command.word)
        waiting, done = [world], []
        falls: list[World] = []
        for item in command.items:
            chosen, rest = falls, []
            falls = []
            for each in waiting:
                words = Words(self._session, each)
                found: bool | None = False
                for pattern in item.patterns:
                    found = either(found, fits(text, words.pattern(pattern)))
                if found is not False:
                    chosen.append(each.fork())
                if not found:
                    rest.append(each)
            for each in chosen:
                each.status = 0
            ends = self._run(item.statements, chosen)
            waiting = rest
            if item.end == ";&":
                falls = ends
            elif item.end == ";;&":
                waiting = [*waiting, *ends]
            else:
                done += ends
        for each in waiting:
            each.status = 0
        return merged(self._session, [*done, *falls, *waiting], line)


def _after_round(worlds: list[World]) -> tuple[list[World], list[World]]:
    """Return the worlds that go on with the loop, and those that have left it."""
    going: list[World] = []
    left: list[World] = []
    for world in worlds:
        if world.flow in (Flow.BREAK, Flow.CONTINUE):
            world.levels -= 1
            is_here = world.levels <= 0
            goes_on = is_here and world.flow is Flow.CONTINUE
            if is_here:
                world.flow = Flow.ON
            (going if goes_on else left).append(world)
        else:
            (going if world.is_running else left).append(world)
    return going, left
