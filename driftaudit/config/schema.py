"""What the schemas share: strict models, and field types whose errors say what would be right."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Annotated, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from driftaudit.config.paths import deploy_path, relative_path
from driftaudit.config.patterns import pattern_fault
from driftaudit.config.validation import suggestion

Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")
Items = TypeVar("Items", bound=Collection[object])


class Strict(BaseModel):
    """A mapping whose keys are all known, and whose values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refuse(text: str, key: str = "") -> NoReturn:
    """Fail the field that is being validated; the validator of a whole mapping can name the key at fault."""
    raise PydanticCustomError("refused", "{text}", {"text": text} | ({"key": key} if key else {}))


def require_choice(value: object, allowed: Collection[str]) -> str:
    """Return the value if it is one of what is allowed, and fail the field otherwise."""
    if isinstance(value, str) and value in allowed:
        return value
    refuse(f"{value!r} is not one of {', '.join(allowed)}{suggestion(str(value), list(allowed))}")


def member_of(choices: type[Choice]) -> Callable[[object], Choice]:
    """Return a validator that turns the text of an enum's member into the member."""

    def member(value: object) -> Choice:
        # YAML's true and false are booleans, and also two of the values of `recoverable`.
        text = str(value).lower() if isinstance(value, bool) else value
        return choices(require_choice(text, [choice.value for choice in choices]))

    return member


def as_list(value: object) -> object:
    """Return a single value as a list of one. Nothing stays nothing, and is refused."""
    return [value] if isinstance(value, str | bool | int | float) else value


def _not_empty(items: Items) -> Items:
    if not items:
        refuse("must not be empty")
    return items


def _sound_pattern(pattern: str) -> str:
    fault = pattern_fault(pattern)
    if fault:
        refuse(fault)
    return pattern


def _relative_path(text: str) -> str:
    try:
        return relative_path(text)
    except ValueError as error:
        refuse(str(error))


def _deploy_path(text: str) -> str:
    try:
        return deploy_path(text)
    except ValueError as error:
        refuse(str(error))


def _checked_path(text: str) -> str:
    _relative_path(text)
    return text


Many = Annotated[tuple[Item, ...], Field(strict=False)]  # a list in YAML, which a strict tuple refuses
NotEmpty = AfterValidator(_not_empty)  # Field(min_length=1) would also complain where an item is at fault
Text = Annotated[str, StringConstraints(min_length=1)]
Pattern = Annotated[str, AfterValidator(_sound_pattern)]
RelativePath = Annotated[str, AfterValidator(_relative_path)]
DeployPath = Annotated[str, AfterValidator(_deploy_path)]
CheckedPath = Annotated[str, AfterValidator(_checked_path)]  # a key: it must stay as it was written
