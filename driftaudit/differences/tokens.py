"""Secrets that show by their form, whatever their name: passwords in URLs, keys, tokens of known services."""

import re

from driftaudit.model.difference import HIDDEN

# All lengths have bounds: what is looked at may be made to keep us busy.
_URL = re.compile(
    r"(?i)\b([a-z][a-z0-9+.-]{0,30}://)"
    r"(?:[^\s\"'`<>@:/]{0,200}:[^\s\"'`<>]{0,2000}|[^\s\"'`<>@:/]{16,200})@"
)
_DRIVER = re.compile(r"[^\s\"'`=@:]{1,100}:[^\s\"'`]{1,500}@(?=(?:tcp|unix)\()")  # user:password@tcp(host)
_BEGIN, _END = "-----BEGIN ", "-----END"
_KNOWN = re.compile(
    r"""
    \b(?:AKIA|ASIA)[A-Z0-9]{12,}            # AWS
    | \bgh[a-z]_[A-Za-z0-9_]{16,} | \bgithub_pat_\w{16,} | \bglpat-[\w-]{16,}
    | \bnpm_[A-Za-z0-9]{16,} | \bpypi-[\w-]{16,}
    | \bxox[a-z]-[\w-]{8,} | https://hooks\.slack\.com/services/\S+
    | \b[sr]k_(?:live|test)_\w{8,} | \bwhsec_\w{8,}   # Stripe
    | \bsk-[\w-]{16,} | \bAIza[\w-]{16,} | \bSG\.[\w.-]{16,}
    | \$(?:apr1|[1567y]|2[abxy]|argon2\w{1,3})\$[\w./$,=+-]{8,}   # hashes of passwords
    | \beyJ[\w-]{8,600}\.[\w-]{8,}(?:\.[\w-]*)?    # JSON Web Token
    """,
    re.VERBOSE,
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|digest|negotiate)\s+[\w+/=.~-]{6,}")


def without_tokens(text: str) -> str:
    """Return the text with what is a secret by its own form hidden; names of users in URLs go with it."""
    if "@" in text:
        text = _URL.sub(rf"\1{HIDDEN}@", text)
    if "@tcp(" in text or "@unix(" in text:
        text = _DRIVER.sub(f"{HIDDEN}@", text)
    if "PRIVATE KEY" in text:
        text = _without_keys(text)
    return _KNOWN.sub(HIDDEN, _SCHEME.sub(rf"\1 {HIDDEN}", text))


def _without_keys(text: str) -> str:
    """Hide all from the first private key's beginning to the last one's end."""
    at = text.find("PRIVATE KEY")
    begin, end = text.rfind(_BEGIN, 0, at), text.rfind(_END)
    return text[:begin] + HIDDEN + text[end + len(_END) :] if 0 <= begin < end else text
