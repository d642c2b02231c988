"""Commands that run other forms, `npm run X` or `make X`, written out in their place."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import Passage, joined, passage
from driftaudit.forms.calls import Call, calls, own_variables
from driftaudit.forms.draft import Draft
from driftaudit.forms.files import MOST_BYTES, named
from driftaudit.forms.make_call import make
from driftaudit.forms.npm import npm, pnpm, yarn
from driftaudit.forms.runner import Order, Runner, Writing
from driftaudit.forms.sequence import Part, in_one_command
from driftaudit.forms.shell import Tree, parsed, quoted
from driftaudit.shfmt import ShellSyntaxError

RUNNERS: Mapping[str, Runner] = {"npm": npm, "yarn": yarn, "pnpm": pnpm, "make": make, "gmake": make}
"""All programs that run a form. A new one is one line here."""

_ELSEWHERE = frozenset(
    {"ssh", "echo", "printf", "git", "which", "type", "command", "hash", "test", "[", "pm2"}
)
_MOST_WRITINGS = 200


class Expander:
    """Writes out what the scripts of one form call. `top` is the folder that the form is started in."""

    def __init__(self, top: Path, draft: Draft) -> None:
        self._top = top
        self._draft = draft
        self._writings = self._written_bytes = 0
        self.exported: set[str] = set()
        """Variables that all programs have, whoever sets them."""

    def expanded(
        self, text: Passage, folder: str | None = ".", running: tuple[str, ...] = ()
    ) -> Passage | None:
        """Return the passage with all such calls written out; None, and a problem, where it is no script.

        `folder` is the one it is started in, relative to the top, None where that is not known. `running`
        are the scripts that it is a part of.
        """
        try:
            tree = parsed(text.text)
            called = list(calls(tree, folder))
        except RecursionError:
            self._draft.problem(text.start, "no script for bash: it is nested too deep")
            return None
        except ShellSyntaxError as error:
            place = text.places[min(error.line, len(text.places)) - 1]
            self._draft.problem(place, f"no script for bash: {named(str(error))}")
            return None
        inner: list[tuple[int, int, Passage]] = []
        for call in called:
            start, end = tree.span(call.node)
            if inner and start < inner[-1][1]:
                continue
            place = text.places[text.text.count("\n", 0, start)]
            written = self._written(tree, call, place, running)
            if written:
                inner.append((start, end, written))
        for start, end, written in reversed(inner):
            text = text.replaced(start, end, written)
        return text

    def parts(self, parts: Sequence[Part], folder: str, running: tuple[str, ...]) -> list[Part]:
        """Return the parts of a sequence, their own calls written out; without those that are no script."""
        found = []
        for part in parts:
            body = self.expanded(part.body, folder, running)
            if body:
                found.append(replace(part, body=body))
        return found

    def _written(self, tree: Tree, call: Call, place: str, running: tuple[str, ...]) -> Passage | None:
        runner = RUNNERS.get(call.name)
        if not runner:
            if call.name not in _ELSEWHERE and any(_mentions_runner(word) for word in call.words[1:]):
                self._unfollowed(tree, call, place, "it may run a script")
            return None
        try:
            answer = self._asked(runner, tree, call)
        except UsageError as error:
            answer = error.message
        if isinstance(answer, str):
            self._unfollowed(tree, call, place, answer)
        if not isinstance(answer, Writing):
            return None
        if answer.key in running:
            self._unfollowed(tree, call, place, "it runs itself")
            return passage("false", place)
        self._writings += 1
        self._written_bytes += sum(len(part.body.text) for part in answer.parts)
        if self._writings > _MOST_WRITINGS or self._written_bytes > MOST_BYTES:
            self._unfollowed(tree, call, place, "the scripts that run each other come to no end")
            return None
        return self._as_command(tree, call, answer, place, running)

    def _asked(self, runner: Runner, tree: Tree, call: Call) -> Writing | str | None:
        sources = [tree.source(word) for word in call.node["Args"]]
        folder = None if call.folder is None else self._below_top(call.folder)
        answer = runner(Order(call.words, sources, folder), self._draft)
        if isinstance(answer, Writing) and (call.in_backquotes or "<<" in "".join(sources)):
            return "it stands in backquotes: write $(…)"
        return answer

    def _below_top(self, folder: str) -> Path | None:
        return None if folder.startswith("..") else self._top / folder

    def _as_command(
        self, tree: Tree, call: Call, writing: Writing, place: str, running: tuple[str, ...]
    ) -> Passage:
        folder = posixpath.relpath(writing.folder, self._top)
        parts = self.parts(writing.parts, folder, (*running, writing.key))
        opening = [passage("set +e", place)]
        here = posixpath.relpath(folder, call.folder or ".")
        if here != ".":
            opening.append(passage(f"cd {quoted(here)} || exit", place))
        own = sorted(own_variables(tree) - self.exported)
        if own:
            opening.append(passage(f"unset {' '.join(own)}", place))
        assigned = [tree.source(node) for node in call.node.get("Assigns") or ()]
        if assigned:
            opening.append(passage(f"export {' '.join(assigned)}", place))
        if not parts:
            parts = [Part(passage("true", place))]
        return in_one_command(parts, joined(*opening))

    def _unfollowed(self, tree: Tree, call: Call, place: str, reason: str) -> None:
        shown = " ".join(tree.source(call.node).split())
        self._draft.problem(place, f"{named(shown[:80])} is not followed: {reason}")


def _mentions_runner(word: str | None) -> bool:
    """Whether a word of another command is the name of a runner, or begins a text that calls one."""
    first = (word or "").split()[:1]
    return bool(first) and first[0] in RUNNERS
