"""What a target may say of how its host is reached and read."""

import re
from typing import Annotated, cast, get_args

from pydantic import BeforeValidator, Field

from driftaudit.config.access import BECOME_ROOT, Access, MethodName, Timeouts, TransportName
from driftaudit.config.schema import Strict, refuse, require_choice

_TRANSPORTS: tuple[TransportName, ...] = get_args(TransportName)
_METHODS: tuple[MethodName, ...] = get_args(MethodName)
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

Seconds = Annotated[float, Field(gt=0, strict=False)]


def _become(value: object) -> str | None:
    if value is None or value is False:
        return None
    if value is True:
        return BECOME_ROOT
    if not isinstance(value, str) or not _USER.fullmatch(value):
        refuse(f"{value!r} is no user: write true for root, or the name of a user that sudo may become")
    return value


class TimeoutsModel(Strict):
    """`timeouts:` of a target, in seconds."""

    connect: Seconds = Timeouts().connect
    login: Seconds = Timeouts().login
    silence: Seconds = Timeouts().silence
    scan: Seconds | None = None


class AccessModel(Strict):
    """The keys of a target that speak of its host."""

    transport: Annotated[str, BeforeValidator(lambda value: require_choice(value, _TRANSPORTS))] = "paramiko"
    method: Annotated[str, BeforeValidator(lambda value: require_choice(value, _METHODS))] | None = None
    become: Annotated[str | None, BeforeValidator(_become)] = None
    rate_limit: Annotated[float, Field(gt=0, strict=False)] | None = None
    timeouts: TimeoutsModel = TimeoutsModel()

    def access(self) -> Access:
        """Return the values."""
        return Access(
            transport=cast("TransportName", self.transport),
            method=cast("MethodName | None", self.method),
            become=self.become,
            rate_limit=self.rate_limit,
            timeouts=Timeouts(**self.timeouts.model_dump()),
        )
