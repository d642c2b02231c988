"""Runs a pydantic model over a document and says everything that is wrong with it at once."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from driftaudit.config.yaml_document import Document, Fault, Location

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound="BaseModel")

_NEEDED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": "too small: {ge} or more is needed",
    "greater_than": "too small: more than {gt:g} is needed",
    "less_than_equal": "too large: {le:g} is the most",
}


def validate(document: Document, model: type[Model]) -> Model:
    """Return the document as the model. Raises ConfigError with one line for each thing that is wrong."""
    from pydantic import ValidationError

    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise document.error(_fault(model, details) for details in error.errors(include_url=False)) from error


def suggestion(text: str, allowed: Sequence[str], nearness: float = 0.6) -> str:
    """Return "; did you mean 'x'?" for the nearest of what is allowed, or "" where nothing is near."""
    near = get_close_matches(text, allowed, n=1, cutoff=nearness)
    return f"; did you mean {near[0]!r}?" if near else ""


def _fault(model: "type[BaseModel]", details: "ErrorDetails") -> Fault:
    location: Location = details["loc"]
    context: Mapping[str, Any] = details.get("ctx", {})
    kind = details["type"]
    if location and location[-1] == "[key]":
        return Fault(location[:-1], details["msg"], on_key=True)
    if "key" in context:  # a validator of a whole mapping that knows which key is at fault
        return Fault((*location, context["key"]), details["msg"], on_key=True)
    if kind == "extra_forbidden":
        return Fault(location, _unknown_key(model, location), on_key=True)
    if kind == "missing":
        return Fault(location[:-1], f"{location[-1]!r} is missing")
    if kind in _NEEDED:
        return Fault(location, _wrong_type(kind, details["input"]))
    if kind in _BOUNDS:
        return Fault(location, f"{details['input']} is {_BOUNDS[kind].format(**context)}")
    if kind == "string_too_short":
        return Fault(location, "must not be empty")
    return Fault(location, details["msg"])


def _unknown_key(model: "type[BaseModel]", location: Location) -> str:
    key = str(location[-1])
    allowed = _keys_at(model, location[:-1])
    near = suggestion(key, allowed)
    return f"unknown key {key!r}" + (near or f"; known here: {', '.join(allowed)}")


def _keys_at(annotation: Any, location: Location) -> list[str]:
    """Return the keys of the model that lies at a location below a parent model."""
    for step in location:
        fields = getattr(annotation, "model_fields", None)
        # A model has fields; else it is dict[str, Model] or tuple[Model, ...].
        items = [part for part in get_args(annotation) if part is not ...]
        annotation = fields[step].annotation if fields else items[-1]
        if type(None) in get_args(annotation):
            annotation = get_args(annotation)[0]
    return [field.alias or name for name, field in annotation.model_fields.items()]


def _wrong_type(kind: str, found: object) -> str:
    said = f"{_NEEDED[kind]} is needed here, not {_in_words(found)}"
    if kind == "string_type" and isinstance(found, bool | int | float):
        return f"{said}; put it in quotes"
    if kind == "tuple_type" and isinstance(found, str):
        return f"{said}; write [{found}]"
    return said


def _in_words(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"the text {str(value)[:60]!r}"
