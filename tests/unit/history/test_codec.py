"""An audit survives being stored: every value of every field."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from driftaudit.history.codec import fit_to_keep, packed, unpacked
from driftaudit.model.audit import Audit
from driftaudit.model.waiver import Waiver, WaiverState, WaiverUse
from tests.support.nights import ODD, a_finding, an_audit, digest

TEXTS = (ODD, "\ud800 stands for no byte", "a\0b", "", "\u202e<script>\x1b[31m", "caf\u00e9")


class Filled:
    """Makes values by their type, each another one: no field is left as it is by default."""

    def __init__(self, start: int) -> None:
        self._numbers = count(start)

    def of(self, hint: Any) -> Any:
        number, origin = next(self._numbers), get_origin(hint)
        if is_dataclass(hint):
            hints = get_type_hints(hint)
            return hint(**{each.name: self.of(hints[each.name]) for each in fields(hint)})  # type: ignore[operator]
        if origin is tuple:
            first, *others = get_args(hint)
            kinds = [first] * (number % 3) if others == [...] else [first, *others]
            return tuple(map(self.of, kinds))
        if origin in (Union, types.UnionType):
            return self.of(get_args(hint)[number % len(get_args(hint))])
        if origin and issubclass(origin, Mapping):
            return {self.of(get_args(hint)[0]): self.of(get_args(hint)[1]) for _each in range(2)}
        if origin is Literal:
            return get_args(hint)[number % len(get_args(hint))]
        return self._plain(hint, number)

    @staticmethod
    def _plain(hint: Any, number: int) -> Any:
        if isinstance(hint, type) and issubclass(hint, Enum):
            return list(hint)[number % len(hint)]
        if get_origin(hint) is not None or hint is Callable:
            return lambda _path: True
        moment = datetime(2025, 11, 3, 18, 39, 0, number % 1_000_000, tzinfo=UTC) + timedelta(days=number)
        values: dict[Any, Any] = {
            str: TEXTS[number % len(TEXTS)] + str(number),
            int: number * 10**17,
            float: number / 7,
            bool: number % 2 == 0,
            datetime: moment,
            date: moment.date(),
            type(None): None,
        }
        return values[hint]


@pytest.mark.parametrize("start", range(0, 2000, 100))
def test_what_comes_back_is_what_was_stored(start: int) -> None:
    audit = fit_to_keep(Filled(start).of(Audit))
    assert unpacked(packed(audit)) == audit


@pytest.mark.parametrize("link", ["", "link "])
def test_a_waiver_for_a_secret_keeps_no_digest(link: str) -> None:
    waiver = Waiver("key.pem", link + digest("s3cret"), "why", "who", date(2026, 1, 1))
    audit = an_audit(1, waivers=(WaiverUse(waiver, WaiverState.SECRET),))
    content = packed(fit_to_keep(audit))
    assert unpacked(content).waivers[0].waiver.content == link


def test_a_stored_plan_decides_nothing() -> None:
    audit = unpacked(packed(fit_to_keep(an_audit(1, [a_finding("a")]))))
    with pytest.raises(ValueError, match="decides nothing"):
        audit.plan.touches("a")


@pytest.mark.parametrize("content", [b"", b"x", packed(fit_to_keep(an_audit(1)))[:-9]])
def test_damaged_bytes_are_no_audit(content: bytes) -> None:
    with pytest.raises(ValueError):
        unpacked(content)
