"""A script's meaning, run on a model of both trees. Nothing of the script itself is ever run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from driftaudit.deploy.script.commands.shells import at_exit
from driftaudit.deploy.script.contents import Contents
from driftaudit.deploy.script.dialect import is_sh
from driftaudit.deploy.script.differences import Differences, differences, same
from driftaudit.deploy.script.evaluator import Evaluator
from driftaudit.deploy.script.parser import parse
from driftaudit.deploy.script.session import EndlessError, LineProblem, Session, Setting, Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.syntax import Statement
from driftaudit.deploy.script.tree import File, Folder, node_at
from driftaudit.deploy.script.world import Host, World
from driftaudit.errors import UsageError


@dataclass(frozen=True, slots=True)
class LineEffect:
    """What all runs of one line did to one host, before later lines changed it again."""

    line: int
    host: str
    effect: Differences


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a script does. `effects` are by host: what is otherwise at its end, in any world that may be.

    Paths have no slash in front. `unsure` are those that an end may have left as they were, or that are
    not changed in all ends. `ends` are the trees that may come of it, by host.
    """

    effects: Mapping[str, Differences]
    lines: tuple[LineEffect, ...]
    problems: tuple[LineProblem, ...]
    ends: tuple[Mapping[str, Folder], ...]
    unsure: Mapping[str, frozenset[str]]


def simulate(text: str, setting: Setting, *, at_target: bool = False) -> Outcome:
    """Return what a script does; with `at_target` it is run on the target's host, not on this one.

    Raises ScriptSyntaxError where the text is no shell script, UsageError where it cannot be looked at.
    """
    if has_symbols(text):
        raise UsageError("the script has characters for private use in it", "Write it without them.")
    evaluator = Evaluator(setting)
    session = evaluator.session
    if "\r\n" in text:
        line = text.partition("\r\n")[0].count("\n") + 1
        detail = "Windows line ends: a shell takes the carriage return for a part of each line's last word"
        session.problem(Trouble.LINE_ENDS, line, detail, may_touch=True)
        text = text.replace("\r\n", "\n")
    world = first_world(session, setting.there if at_target else setting.here)
    world.is_bash = not is_sh(text)
    statements = parse(text).statements
    if not statements:
        session.problem(Trouble.NOTHING_TO_RUN, 0, "there is no command in the script", may_touch=True)
    ends = _run(evaluator, statements, world)
    return _outcome(session, ends)


def first_world(session: Session, host: Host, cwd: tuple[str, ...] | None = None) -> World:
    """Return the world that a script starts in."""
    setting = session.setting
    if cwd is None:
        cwd = setting.cwd if host.name == setting.here.name else host.home
    given = setting.environment if host is setting.here else None
    variables: dict[str, str | None] = dict(given.values) if given else {}
    return World(
        host,
        dict(setting.trees),
        cwd,
        cwd,
        variables,
        session.contents.unknown() if setting.given is None else session.contents.of_text(setting.given),
        arguments=setting.arguments,
        name=setting.path,
        exported=frozenset(variables),
    )


def _run(evaluator: Evaluator, statements: tuple[Statement, ...], world: World) -> list[World]:
    session = evaluator.session
    try:
        ends = [*evaluator.run(statements, [world]), *session.ended]
        session.ended = []
        return [*at_exit(session, ends), *session.ended]
    except (EndlessError, RecursionError):
        detail = "the script runs longer than any deploy does: it was not followed to its end"
        session.problem(Trouble.ENDLESS, 0, detail, may_touch=True)
        return [*session.ended, world]


def _outcome(session: Session, worlds: Iterable[World]) -> Outcome:
    before = session.setting.trees
    ends: list[dict[str, Folder]] = []
    for world in worlds:
        if not any(all(same(tree, end[host]) for host, tree in world.trees.items()) for end in ends):
            ends.append(world.trees)
    effects, unsure = {}, {}
    for host, tree in before.items():
        each = [differences(tree, end[host]) for end in ends]
        effects[host] = Differences()
        for effect in each:
            effects[host].add(effect)
        unsure[host] = frozenset(_unsure(effects[host], each)) | _maybe_same(
            session.contents, effects[host], [end[host] for end in ends]
        )
    return Outcome(effects, tuple(_lines(session.effects)), tuple(session.problems), tuple(ends), unsure)


def _unsure(union: Differences, each: list[Differences]) -> Iterable[str]:
    for effect in each:
        for name in ("deleted", "overwritten", "created"):
            yield from getattr(union, name) - getattr(effect, name)


def _maybe_same(contents: Contents, effect: Differences, ends: list[Folder]) -> frozenset[str]:
    found = set()
    for path in effect.overwritten:
        for end in ends:
            node = node_at(end, tuple(path.split("/")))
            if isinstance(node, File) and contents.is_unsure(node.content):
                found.add(path)
    return frozenset(found)


def _lines(effects: Mapping[tuple[int, str], Differences]) -> Iterable[LineEffect]:
    for line, host in sorted(effects):
        yield LineEffect(line, host, effects[line, host])
