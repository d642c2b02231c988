"""The published schemas of what driftaudit writes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

DOCS = Path(__file__).parents[2] / "docs"


def conform(value: Any, name: str) -> None:
    """Raise ValidationError for what docs/NAME.schema.json does not allow."""
    _validator(name).validate(value)


@cache
def _validator(name: str) -> Validator:
    """Return the validator, made once: to make it, and to check the schema, takes longer than to use it."""
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
