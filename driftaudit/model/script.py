"""A deploy script, and what each of its lines does to the target."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a deploy that no script stands for. With `may_touch` it may destroy something live."""

    place: str
    detail: str
    may_touch: bool


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that a script is started with. `hidden` are set too, or may be, to what is not told."""

    values: Mapping[str, str] = field(repr=False)
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DeployScript:
    """The text of a script, what messages call it, and the folder of this machine that it is run in.

    `places` are `file:line` of each of its lines, where that is not just its own. `environment` None: it is
    not known what the script is started with. `unknown` are variables that stand for what a form does not
    say, each with what that is, such as `secrets.HOST`.
    """

    text: str
    name: str
    folder: str
    places: tuple[str, ...] = field(default=(), repr=False)
    unreadable: tuple[Unreadable, ...] = ()
    environment: Environment | None = None
    unknown: tuple[tuple[str, str], ...] = ()

    def shown(self, text: str) -> str:
        """Return a text for people, in which what is not known is called by what it is."""
        for name, meaning in reversed(self.unknown):  # the tenth before the first, whose name it begins with
            text = text.replace(f"${{{name}}}", f"<{meaning}>").replace(f"${name}", f"<{meaning}>")
        return text

    def place(self, line: int) -> str:
        """Return where a line stands, counted from 1; 0 is the script as a whole."""
        if line < 1:
            return self.name
        return self.places[line - 1] if line <= len(self.places) else f"{self.name}:{line}"


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line that changes the target's root: how many paths it deletes, overwrites and creates there."""

    place: str
    text: str
    deletes: int
    overwrites: int
    creates: int
