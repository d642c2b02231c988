"""TOML 1.0."""

import tomllib
from datetime import date, datetime, time

from driftaudit.differences.formats.base import NotReadError, Value


def read(text: str) -> Value:
    """Return the document; dates and times as text. Raises NotReadError."""
    try:
        return _plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise NotReadError(_place(str(error))) from error
    except ValueError as error:
        raise NotReadError("a number is too long") from error


def _place(message: str) -> str:
    """Return where an error is, without the words of the file that the library repeats."""
    at = message.rfind("(at ")
    return message[at:].strip("()") if at >= 0 else "not valid"


def _plain(value: object) -> Value:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case datetime() | date() | time():
            return value.isoformat()
        case bool() | int() | float() | str():
            return value
        case _:
            return str(value)
