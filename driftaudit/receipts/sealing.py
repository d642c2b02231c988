"""The seal of a receipt: a digest of all that it says, with a key where there is one."""

import hashlib
import hmac

from driftaudit.errors import UsageError
from driftaudit.render.json_values import Document, written

PLAIN, KEYED = "sha256", "hmac-sha256"
KEY_VARIABLE = "DRIFTAUDIT_RECEIPT_KEY"


def sealed(document: Document, key: bytes | None) -> str:
    """Return a document as text, with its seal as the last key of it."""
    seal = {"algorithm": KEYED if key else PLAIN, "digest": _digest(document, key)}
    return written({**document, "integrity": seal})


def unsealed(document: Document, text: bytes, key: bytes | None, name: str) -> Document:
    """Return what a sealed document says, which was read from the text, to the byte.

    Raises UsageError where the seal is not that of this document, or is one of another kind.
    """
    seal = document.get("integrity")
    rest = {name: value for name, value in document.items() if name != "integrity"}
    if not isinstance(seal, dict) or seal.get("algorithm") not in (PLAIN, KEYED):
        raise refused(name, "it has no seal")
    if key and seal["algorithm"] == PLAIN:
        raise refused(name, "it was made without a key, and there is one here")
    if not key and seal["algorithm"] == KEYED:
        raise refused(name, f"it was made with a key: set {KEY_VARIABLE}")
    try:
        expected = sealed(rest, key).encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        expected = b""
    if not hmac.compare_digest(expected, text):
        raise refused(name, "it was edited, or made with another key" if key else "it was edited")
    return rest


def refused(name: str, reason: str) -> UsageError:
    """Return what to raise for a receipt that does not count."""
    return UsageError(
        f"the receipt {name} is refused: {reason}", "Make a new one: driftaudit check --receipt"
    )


def _digest(document: Document, key: bytes | None) -> str:
    content = written(document).encode("utf-8")
    if key:
        return hmac.new(key, content, hashlib.sha256).hexdigest()
    return hashlib.sha256(content).hexdigest()
