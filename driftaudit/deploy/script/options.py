"""The options of a command line, as getopt reads them."""

from dataclasses import dataclass, field

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.session import Trouble


@dataclass(frozen=True, slots=True)
class Grammar:
    """The options that a program has: letters without and with a value, and what long ones stand for.

    `ordered`: the first operand ends the options, as for programs that run others.
    """

    flags: str = ""
    valued: str = ""
    long: dict[str, str] = field(default_factory=dict)
    ordered: bool = False


@dataclass(slots=True)
class Options:
    """What was found: letters, the values of those that have one, and the rest."""

    flags: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    operands: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def __contains__(self, letter: str) -> bool:
        return letter in self.flags or letter in self.values

    def value(self, letter: str) -> str | None:
        """Return the last value of an option."""
        return self.values[letter][-1] if letter in self.values else None


def parsed(words: list[str], grammar: Grammar) -> Options:
    """Return the options and operands of a command."""
    found = Options()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            found.operands += rest
            break
        if word.startswith("--"):
            _long(word[2:], rest, grammar, found)
        elif word.startswith("-") and len(word) > 1:
            _short(word[1:], rest, grammar, found)
        elif grammar.ordered:
            found.operands += [word, *rest]
            break
        else:
            found.operands.append(word)
    return found


def _long(word: str, rest: list[str], grammar: Grammar, found: Options) -> None:
    name, is_given, value = word.partition("=")
    letter = grammar.long.get(name)
    if letter is None:
        fitting = {each for key, each in grammar.long.items() if key.startswith(name)}
        letter = fitting.pop() if len(fitting) == 1 else None
    if letter is None:
        found.unknown.append(f"--{name}")
    elif letter in grammar.valued and letter:
        found.values.setdefault(letter, []).append(value if is_given or not rest else rest.pop(0))
    elif letter:
        found.flags.add(letter)


def _short(letters: str, rest: list[str], grammar: Grammar, found: Options) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in grammar.valued:
            value = letters or (rest.pop(0) if rest else "")
            found.values.setdefault(letter, []).append(value)
            return
        if letter in grammar.flags:
            found.flags.add(letter)
        else:
            found.unknown.append(f"-{letter}")


def options_of(call: Call, grammar: Grammar, words: list[str] | None = None) -> Options:
    """Return the options of a call, or of some of its words; one that is not modelled is noted."""
    found = parsed(call.words if words is None else words, grammar)
    for option in found.unknown:
        detail = f"{call.name} {option}: what this option does is not modelled"
        call.problem(Trouble.UNMODELLED, detail, may_touch=True)
    return found
