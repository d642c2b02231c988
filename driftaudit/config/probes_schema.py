"""What `probes:` of a target may hold: one kind with its subject, and options beside it."""

import re
from collections.abc import Sequence
from typing import Annotated, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from driftaudit.config.schema import Many, NotEmpty, Strict, Text, as_list, refuse, require_choice
from driftaudit.config.settings import PROBE_SECONDS, ProbeKind, ProbeSettings

_KINDS: tuple[ProbeKind, ...] = get_args(ProbeKind)
_KINDS_WITH = {
    "from": ("tcp", "http"),
    "by": ("tcp", "http"),
    "status": ("http",),
    "body": ("http",),
    "host": ("http",),
    "exit_code": ("command",),
    "pattern": ("command",),
}
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.%]+\]")
_UNIT = re.compile(r"[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*")
_SCHEMES = ("http", "https")


def _port(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        refuse(f"{text!r} is no port: a number from 1 to 65535 is one")
    return text


def _place(text: str) -> str:
    host, _colon, port = text.rpartition(":")
    if not _HOST.fullmatch(host):
        refuse(f"{text!r} is no host with a port: write 127.0.0.1:3000, or [::1]:3000")
    _port(port)
    return text


def _url(text: str) -> str:
    example = "write http://127.0.0.1:3000/health"
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        refuse(f"{text!r} is no URL: {example}")
    if url.scheme not in _SCHEMES or not url.hostname or port == 0:
        refuse(f"{text!r} is no URL of a web server: {example}")
    if url.username is not None or url.password is not None:
        refuse("a URL with a login in it is not asked: its password would end up in reports")
    if not text.isascii() or not text.isprintable() or " " in text:
        refuse(f"{text!r} holds what no URL may hold: write it percent-encoded")
    return text


def _unit(text: str) -> str:
    if not _UNIT.fullmatch(text):
        refuse(f"{text!r} is no unit of systemd: write nginx, or nginx.service")
    return text


def _line(text: str) -> str:
    if "\0" in text:
        refuse("a NUL byte can be in no command and no name")
    return text


def _expression(text: str) -> str:
    import re2

    try:
        re2.compile(text)
    except re2.error as error:
        why = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        refuse(f"{text!r} is no regular expression (in RE2's syntax): {why}")
    return text


Expression = Annotated[Text, AfterValidator(_expression)]
Status = Annotated[int, Field(ge=100, le=599)]


class ProbeModel(Strict):
    """One of `probes:`."""

    pm2: Annotated[Text, AfterValidator(_line)] | None = None
    tcp: Annotated[Text, AfterValidator(_place)] | None = None
    http: Annotated[Text, AfterValidator(_url)] | None = None
    systemd: Annotated[Text, AfterValidator(_unit)] | None = None
    command: Annotated[Text, AfterValidator(_line)] | None = None
    within: Annotated[float, Field(gt=0, le=600, strict=False)] = PROBE_SECONDS
    from_: Annotated[
        str, BeforeValidator(lambda value: require_choice(value, ("host", "here"))), Field(alias="from")
    ] = "host"
    by: Text | None = None
    status: Annotated[Many[Status], BeforeValidator(as_list), NotEmpty] = ()
    body: Expression | None = None
    host: Annotated[Text, AfterValidator(lambda text: text if _named(text) else "")] | None = None
    exit_code: Annotated[int, Field(ge=0, le=255)] = 0
    pattern: Expression | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: object) -> object:
        if isinstance(value, dict):
            given = [key for key in value if key in _KINDS]
            if not given and len(value) == 1:
                require_choice(next(iter(value)), _KINDS)
            if len(given) != 1:
                refuse("a probe is one 'kind: subject', like 'tcp: 127.0.0.1:3000', and options beside it")
        return value

    @model_validator(mode="after")
    def _options_of_the_kind(self) -> Self:
        for option, kinds in _KINDS_WITH.items():
            if ("from_" if option == "from" else option) in self.model_fields_set and self._kind not in kinds:
                refuse(f"{option!r} belongs to {', '.join(kinds)}, not to {self._kind}", key=option)
        if self.by is not None and self.from_ == "here":
            refuse("'by' is about the host's own ports, and 'from: here' asks from elsewhere", key="by")
        return self

    @property
    def _kind(self) -> ProbeKind:
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    def settings(self) -> ProbeSettings:
        """Return the values."""
        return ProbeSettings(
            kind=self._kind,
            subject=getattr(self, self._kind),
            within=self.within,
            from_here=self.from_ == "here",
            by=self.by,
            status=self.status,
            body=self.body,
            host=self.host,
            exit_code=self.exit_code,
            pattern=self.pattern,
        )


def _named(text: str) -> bool:
    host, _colon, port = text.partition(":")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host) or (_colon and not port.isdecimal()):
        refuse(f"{text!r} is no name of a server: write api.example.net")
    return True


def known_managers(probes: Sequence[ProbeModel]) -> Sequence[ProbeModel]:
    """Return the probes of a target if each `by:` names one of them, and fail the field otherwise."""
    named = {probe.pm2 or probe.systemd for probe in probes} - {None}
    for probe in probes:
        if probe.by is not None and probe.by not in named:
            known = ", ".join(sorted(filter(None, named))) or "none"
            refuse(f"'by: {probe.by}' names no pm2 or systemd probe of this target; it has: {known}")
    return probes
