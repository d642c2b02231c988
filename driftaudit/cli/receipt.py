"""The receipt of a check as a file, and the key that it is sealed with."""

import os
from dataclasses import dataclass
from pathlib import Path

from driftaudit.audit import AuditRequest, Examination
from driftaudit.cli.output import Destination, require_writable, write
from driftaudit.errors import UsageError
from driftaudit.guarding.observing import live_place
from driftaudit.receipts.receipt import receipt_document
from driftaudit.receipts.sealing import KEY_VARIABLE, sealed


@dataclass(frozen=True)
class ReceiptFile:
    """Where a receipt goes, and for how many minutes it counts."""

    file: str
    minutes: float

    def __post_init__(self) -> None:
        require_writable(Path(self.file), "receipt", "Choose another --receipt FILE.")
        receipt_key()

    def require_live(self, request: AuditRequest) -> None:
        """Raise UsageError where nothing can be deployed to the target: before it is read."""
        live_place(request)

    def write(self, request: AuditRequest, examination: Examination) -> None:
        """Write the receipt whole, whatever the verdict. Raises UsageError where it cannot be written."""
        document = receipt_document(request, examination, self.minutes)
        write(Destination("json", self.file), sealed(document, receipt_key()))


def receipt_key() -> bytes | None:
    """Return the key of the environment, None where there is none. Raises UsageError for an empty one."""
    text = os.environ.get(KEY_VARIABLE)
    if text == "":
        raise UsageError(f"{KEY_VARIABLE} is empty", "Is a variable of the pipeline not set?")
    return None if text is None else os.fsencode(text)
