"""The one interface of all actions, and what they share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from driftaudit.forms.base import Passage, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.expressions import word


@dataclass(frozen=True, slots=True)
class ActionCall:
    """A step that uses an action. References stand for what is not known of the inputs."""

    name: str
    place: str
    inputs: Mapping[str, Passage]
    environment: Mapping[str, str]
    draft: Draft

    def text(self, name: str, default: str = "") -> str:
        """Return an input by its name in capitals, without the space around it."""
        return self.inputs[name].text.strip() if name in self.inputs else default

    def items(self, name: str) -> list[str]:
        """Return an input that is a list with commas."""
        return [item for each in self.text(name).split(",") if (item := each.strip())]

    def is_on(self, name: str) -> bool:
        """Whether a switch is on, or may be: the worse counts."""
        return self.text(name) not in ("", "false", "False", "FALSE", "0", "f", "F")

    def servers(self) -> Iterator[str]:
        """Yield the words that name the servers, as `ssh` takes them: options first."""
        user = self.text("USERNAME")
        for item in self.items("HOST"):
            host, colon, port = item.rpartition(":")
            if not (colon and port.isdigit()):
                host, port = item, self.text("PORT", "22")
            yield f"-p {word(port)} {word(f'{user}@{host}' if user else host)}"

    def lines(self, *lines: str) -> Passage:
        """Return lines that stand for the step."""
        return passage("\n".join(lines), self.place)


Action = Callable[[ActionCall], Passage | None]
"""Returns what a step does, None where it does nothing to a deployed tree."""
