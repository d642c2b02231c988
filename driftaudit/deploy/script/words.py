"""Words to the texts that a command is given: variables, substitutions, splitting, patterns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from driftaudit.deploy.script.arithmetic import calculated
from driftaudit.deploy.script.braces import braces_expanded
from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.shells import at_exit
from driftaudit.deploy.script.dialect import LITERAL
from driftaudit.deploy.script.escapes import escapes_read
from driftaudit.deploy.script.globs import OTHERS, expanded
from driftaudit.deploy.script.parameters import (
    CASES,
    ExpansionError,
    is_set,
    may_trim,
    path_text,
    replaced,
    trimmed,
    value,
)
from driftaudit.deploy.script.patterns import escaped, is_pattern
from driftaudit.deploy.script.session import Session, Trouble
from driftaudit.deploy.script.symbols import Knowledge
from driftaudit.deploy.script.syntax import (
    Arithmetic,
    Double,
    ExtendedGlob,
    Literal,
    Parameter,
    Part,
    Single,
    Statement,
    Substitution,
    Word,
)
from driftaudit.deploy.script.syntax import Call as Command
from driftaudit.deploy.script.world import World


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a field. Quoted text is no pattern; what a variable gave is split where it is not quoted."""

    text: str
    quoted: bool
    splits: bool = False
    ends_field: bool = False


class Words:
    """Expands words in one world, and changes that world where the words say so."""

    def __init__(self, session: Session, world: World) -> None:
        self.session = session
        self.world = world
        self.has_run = False  # a command, whose status is the world's now

    def fields(self, word: Word) -> list[str]:
        """Return the fields that a word of a command becomes. Raises ExpansionError."""
        found: list[str] = []
        is_literal = LITERAL in self.world.options
        for parts in [word.parts] if is_literal else braces_expanded(word.parts):
            for field in self._split(list(self._pieces(parts, word.line))):
                found.extend(self._paths(field))
        return found

    def text(self, word: Word, *, is_assigned: bool = False) -> str:
        """Return the text of a word that is neither split nor taken for a pattern.

        In one that is assigned to a variable a `~` after a colon is a home as well, as in PATH.
        """
        parts = tuple(_after_colons(word.parts)) if is_assigned else word.parts
        return "".join(piece.text for piece in self._pieces(parts, word.line))

    def pattern(self, word: Word) -> str:
        """Return the pattern that a word is: what is quoted in it fits only itself."""
        pieces = self._pieces(word.parts, word.line)
        return "".join(escaped(piece.text) if piece.quoted else piece.text for piece in pieces)

    def _pieces(self, parts: tuple[Part, ...], line: int) -> Iterator[_Piece]:
        for n, part in enumerate(parts):
            is_start = n == 0 or parts[n - 1] == _COLON
            if is_start and isinstance(part, Literal) and part.text.startswith("~"):
                home, rest = self._home(part.text)
                yield _Piece(home, quoted=True)
                yield from self._literal(rest)
            else:
                yield from self._part(part, line)

    def _part(self, part: Part, line: int) -> Iterator[_Piece]:
        match part:
            case Literal():
                yield from self._literal(part.text)
            case Single():
                yield _Piece(escapes_read(part.text) if part.escapes else part.text, quoted=True)
            case Double():
                yield from self._double(part, line)
            case Parameter(name="@" | "*", operator="", length=False, unmodelled=False):
                yield from self._arguments(self.world.arguments)
            case Parameter(index="@" | "*", length=False, unmodelled=False):
                yield from self._arguments(self._elements(part.name))
            case ExtendedGlob():
                self.session.problem(Trouble.UNMODELLED, line, f"the pattern {part.text}", may_touch=False)
                yield _Piece(self.session.anything(part.text), quoted=True)
            case Parameter() | Substitution() | Arithmetic():
                yield _Piece(self._value(part, line), quoted=False, splits=True)

    def _literal(self, text: str) -> Iterator[_Piece]:
        for found in re.finditer(r"\\(.?)|[^\\]+", text, re.DOTALL):
            if found[0][0] != "\\":
                yield _Piece(found[0], quoted=False)
            elif found[1] != "\n":
                yield _Piece(found[1], quoted=True)

    def _double(self, part: Double, line: int) -> Iterator[_Piece]:
        yield _Piece("", quoted=True)
        special = "$`\\\\" if part.is_document else '$`"\\\\'
        for below in part.parts:
            match below:
                case Literal():
                    text = below.text.replace("\\\n", "")
                    yield _Piece(re.sub(rf"\\([{special}])", r"\1", text), quoted=True)
                case Parameter(name="@", operator="", length=False, unmodelled=False):
                    yield from self._quoted_arguments(self.world.arguments)
                case Parameter(index="@", length=False, unmodelled=False):
                    yield from self._quoted_arguments(self._elements(below.name))
                case Parameter() | Substitution() | Arithmetic():
                    yield _Piece(self._value(below, line), quoted=True)
                case _:
                    yield from self._part(below, line)

    def _elements(self, name: str) -> tuple[str, ...]:
        """Return the elements of an array; a plain variable is one of a single element."""
        found = self.world.arrays.get(name)
        if found is not None:
            return found
        text = value(self.session, self.world, name)
        return () if text is None else (text,)

    def _element(self, part: Parameter) -> str | None:
        """Return one element of an array, or all as one text."""
        elements = self._elements(part.name)
        if part.index in ("@", "*"):
            return str(len(elements)) if part.length else " ".join(elements)
        if part.name not in self.world.arrays and self.session.symbols.unknown("".join(elements)):
            return self.session.anything(f"${{{part.name}[{part.index}]}}")
        number = int(part.index)
        return elements[number] if number < len(elements) else None

    def _arguments(self, arguments: tuple[str, ...] | None) -> Iterator[_Piece]:
        if arguments is None:
            yield _Piece(value(self.session, self.world, "@") or "", quoted=False)
        for n, argument in enumerate(arguments or ()):
            yield _Piece("", quoted=False, ends_field=n > 0)
            yield _Piece(argument, quoted=False, splits=True)

    def _quoted_arguments(self, arguments: tuple[str, ...] | None) -> Iterator[_Piece]:
        if arguments is None:
            yield _Piece(value(self.session, self.world, "@") or "", quoted=True)
        for n, argument in enumerate(arguments or ()):
            yield _Piece(argument, quoted=True, ends_field=n > 0)

    def _home(self, text: str) -> tuple[str, str]:
        name, slash, rest = text[1:].partition("/")
        if not name:
            return value(self.session, self.world, "HOME") or path_text(self.world.host.home), slash + rest
        if name == self.world.host.user:
            return path_text(self.world.host.home), slash + rest
        return self.session.anything(f"~{name}"), slash + rest

    def _value(self, part: Parameter | Substitution | Arithmetic, line: int) -> str:
        match part:
            case Parameter():
                return self._parameter(part, line)
            case Arithmetic():
                number = calculated(self.session, self.world, part.expression)
                return self.session.anything("$((…))") if number is None else str(number)
            case Substitution() if part.process:
                return self._pipe(part, line)
            case Substitution():
                return self.captured(part)

    def _pipe(self, part: Substitution, line: int) -> str:
        """Return the path of the file that `<(…)` or `>(…)` is; what its command does is done at once."""
        given, status = self.world.given, self.world.status
        if part.process == ">(":
            detail = ">(…): a command that runs beside the script is taken to run before what writes to it"
            self.session.problem(Trouble.BACKGROUND, line, detail, may_touch=False)
            self.world.given = self.session.contents.unknown()
        ends = self._run_below(part)
        self.world.given, self.world.status = given, status
        printed = {self.session.contents.joined(end.out) for end in ends}
        return self.session.pipe(printed.pop() if len(printed) == 1 else self.session.contents.unknown())

    def _run_below(self, part: Substitution) -> list[World]:
        """Run statements in a shell below this one, and return its ends; their trees are the world's then."""
        start = self.world.fork()
        start.shells += 1
        start.at_exit = None
        start.out, start.is_heard = (), True
        start.options = start.options - {"errexit"}
        ends = at_exit(self.session, self.session.run(part.statements, [start]))
        first = ends[0]
        if any(end.trees != first.trees for end in ends):
            detail = "a command in $(…) whose effect depends on what is not known"
            self.session.problem(Trouble.UNMODELLED, part.statements[0].line, detail, may_touch=True)
        self.world.trees = first.trees
        return ends

    def captured(self, part: Substitution) -> str:
        """Return what statements print; what they do to the trees is done."""
        self.has_run = True
        file = _only_read(part.statements)
        if file:
            return self._read(file)
        ends = self._run_below(part)
        self.world.status = ends[0].status if len({end.status for end in ends}) == 1 else None
        texts = {self.session.contents.text(self.session.contents.joined(end.out)) for end in ends}
        text = texts.pop() if len(texts) == 1 else None
        return self.session.anything("$(…)") if text is None else text.rstrip("\n")

    def _read(self, file: Word) -> str:
        """Return what is in a file, for `$(< file)`; other shells than bash give nothing."""
        path = "".join(self.fields(file))
        content = Call(self.session, self.world, ["<", path], file.line).content_of(path)
        self.world.status = int(content is None)
        text = self.session.contents.text(content) if content is not None else ""
        is_known = text is not None and self.world.is_bash
        return (text or "").rstrip("\n") if is_known else self.session.anything("$(<…)")

    def _parameter(self, part: Parameter, line: int) -> str:
        found = None if part.unmodelled else self._whole(part)
        self.session.note_given(self.world, part.name)
        shown = f"${{{part.name}}}"
        if part.unmodelled or part.operator.startswith("@"):
            return self.session.anything(shown)
        if part.operator.lstrip(":") in ("-", "=", "+", "?") and part.operator:
            return self._defaulted(part, found)
        if found is None:
            self._refuse_unset(part.name)
            found = ""
        if part.length and part.index in ("@", "*"):
            return found
        if part.length:
            return self.session.anything(shown) if self.session.symbols.within(found) else str(len(found))
        if not part.operator:
            return found
        if part.operator in CASES and not self.session.symbols.within(found):
            return CASES[part.operator](found)
        return self._cut(part, found, line)

    def _whole(self, part: Parameter) -> str | None:
        """Return the value before anything is cut from it."""
        return self._element(part) if part.index else value(self.session, self.world, part.name)

    def _refuse_unset(self, name: str) -> None:
        if "nounset" in self.world.options and name not in ("@", "*"):
            raise ExpansionError

    def _cut(self, part: Parameter, found: str, line: int) -> str:
        pattern = self.pattern(part.argument or Word((), line))
        if part.operator[0] in "#%" and may_trim(found, pattern):
            return trimmed(part.operator, found, pattern)
        if part.operator in ("/", "//") and may_trim(found, pattern):
            new = self.text(part.replacement) if part.replacement else ""
            return replaced(part.operator, found, pattern, new)
        knowledge = Knowledge.NOTHING if self.session.symbols.unknown(found) else Knowledge.FRESH
        return self.session.symbols.new(f"${{{part.name}{part.operator}…}}", knowledge)

    def _defaulted(self, part: Parameter, found: str | None) -> str:
        there = is_set(self.session, found, and_not_empty=part.operator.startswith(":"))
        kind = part.operator[-1]
        if there is None and kind in "-=" and self.session.takes_default(self.world, part.name, found):
            there = False
        if there is None:
            return self.session.anything(f"${{{part.name}{part.operator}…}}")
        if kind == "?" and not there:
            raise ExpansionError
        if kind == "+":
            return self.text(part.argument) if there and part.argument else ""
        if there:
            return found or ""
        default = self.text(part.argument) if part.argument else ""
        if kind == "=":
            self.world.variables[part.name] = default
        return default

    def _split(self, pieces: list[_Piece]) -> list[list[_Piece]]:
        fields: list[list[_Piece]] = []
        current: list[_Piece] = []

        def end() -> None:
            if any(piece.text or piece.quoted for piece in current):
                fields.append(list(current))
            current.clear()

        for piece in pieces:
            if piece.ends_field:
                end()
            if not piece.splits:
                current.append(piece)
                continue
            for n, text in enumerate(self._separated(piece.text)):
                if n:
                    end()
                current.append(_Piece(text.replace("\\", "\\\\"), quoted=False))
        end()
        return fields

    def _separated(self, text: str) -> list[str]:
        separators = self.world.variables.get("IFS", " \t\n")
        if separators is None:
            separators = " \t\n"
        if not separators:
            return [text]
        spaces = "".join(char for char in separators if char in " \t\n")
        others = "".join(char for char in separators if char not in " \t\n")
        choices = [f"[{re.escape(spaces)}]+"] if spaces else []
        if others:
            around = f"[{re.escape(spaces)}]*" if spaces else ""
            choices.insert(0, f"{around}[{re.escape(others)}]{around}")
        return re.split("|".join(choices), text)

    def _paths(self, field: list[_Piece]) -> list[str]:
        pattern = "".join(escaped(piece.text) if piece.quoted else piece.text for piece in field)
        plain = "".join(piece.text if piece.quoted else piece.text.replace("\\\\", "\\") for piece in field)
        if "noglob" in self.world.options or not is_pattern(pattern):
            return [plain]
        found = expanded(self.world.root, self.world.cwd, pattern, dotted="dotglob" in self.world.options)
        if not found:
            return [] if "nullglob" in self.world.options else [plain]
        return [self._named(path) for path in found]

    def _named(self, path: str) -> str:
        if OTHERS not in path:
            return path
        folder = path.partition(OTHERS)[0] or "."
        return path.replace(OTHERS, self.session.symbols.new(f"all else in {folder}", Knowledge.OTHERS))


_COLON = Literal(":")


def _after_colons(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Yield the parts of a word with each colon that stands outside of quotes as a part of its own."""
    for part in parts:
        if isinstance(part, Literal) and ":~" in part.text:
            for n, text in enumerate(part.text.split(":")):
                yield from [_COLON] if n else []
                yield Literal(text)
        else:
            yield part


def _only_read(statements: tuple[Statement, ...]) -> Word | None:
    """Return the file of statements that are no more than `< file`."""
    if len(statements) != 1 or len(statements[0].redirects) != 1:
        return None
    redirect = statements[0].redirects[0]
    is_given = redirect.operator == "<" and redirect.descriptor in ("", "0")
    return redirect.word if is_given and statements[0].command in (None, Command((), ())) else None
