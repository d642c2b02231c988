"""INI, as Python's configparser reads it, without interpolation."""

import configparser

from driftaudit.differences.formats.base import NotReadError, Value

_NO_DEFAULT = "\0"  # a section of this name cannot be written: [DEFAULT] is a section like any other


class _Parser(configparser.RawConfigParser):
    def optionxform(self, optionstr: str) -> str:  # names keep their case
        return optionstr


def read(text: str) -> Value:
    """Return the values by section and name. Raises NotReadError."""
    parser = _Parser(allow_no_value=True, strict=True, default_section=_NO_DEFAULT, interpolation=None)
    try:
        parser.read_string(text)
    except configparser.DuplicateSectionError as error:
        raise NotReadError(f"line {error.lineno}: a section is there twice") from error
    except configparser.DuplicateOptionError as error:
        raise NotReadError(f"line {error.lineno}: a name is there twice") from error
    except configparser.Error as error:
        raise NotReadError("sections and `name = value` lines are needed") from error
    return {section: dict(parser.items(section)) for section in parser.sections()}
