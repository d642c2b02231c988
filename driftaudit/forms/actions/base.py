"""The one interface of all actions, and what they share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from driftaudit.forms.base import Passage, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.expressions import word
from driftaudit.forms.files import named


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

    def note_others(self, known: frozenset[str]) -> None:
        """Note the inputs that are not among those whose meaning is known."""
        for name in sorted(self.inputs.keys() - known):
            self.draft.problem(self.place, f"what its input {named(name.lower())} does is not known")

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


CONNECTION = frozenset(
    """
    HOST PORT USERNAME PASSWORD KEY KEY_PATH PASSPHRASE FINGERPRINT TIMEOUT COMMAND_TIMEOUT PROTOCOL CIPHER
    USE_INSECURE_CIPHER PROXY_HOST PROXY_PORT PROXY_PROTOCOL PROXY_USERNAME PROXY_PASSWORD PROXY_KEY
    PROXY_KEY_PATH PROXY_PASSPHRASE PROXY_TIMEOUT PROXY_CIPHER PROXY_USE_INSECURE_CIPHER PROXY_FINGERPRINT
    DEBUG SYNC VERSION CURL_INSECURE CAPTURE_STDOUT
    """.split()  # noqa: SIM905 # it is read as words
)
"""The inputs with which actions reach a server; what they do there hangs on others."""

Action = Callable[[ActionCall], Passage | None]
"""Returns what a step does, None where it does nothing to a deployed tree."""
