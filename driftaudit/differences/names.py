"""Names that say that their value is a secret."""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")

# Wherever they stand in a name, once case and separators are gone.
_PARTS = (
    "accesskey",
    "apikey",
    "appkey",
    "authkey",
    "authorization",
    "bearer",
    "connectionstring",
    "connstr",
    "credential",
    "encryptionkey",
    "jwt",
    "licensekey",
    "masterkey",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "signingkey",
    "sshkey",
    "token",
)
# Only as a word of their own: `author` is none, and neither is `compass`.
_WORDS = frozenset(
    (
        "auth",
        "cred",
        "creds",
        "cvv",
        "dsn",
        "htpasswd",
        "hmac",
        "oauth",
        "otp",
        "pass",
        "passw",
        "pgpass",
        "netrc",
        "pin",
        "psk",
        "pw",
        "salt",
        "secrets",
        "signature",
    )
)
# A name of several words that ends in `key` is that of a secret, such as `APP_KEY`, but for these.
_OPEN_KEYS = frozenset(
    (
        "cache",
        "foreign",
        "group",
        "hot",
        "index",
        "object",
        "partition",
        "primary",
        "public",
        "row",
        "short",
        "sort",
        "unique",
    )
)
_CODE = frozenset(
    (
        "bash",
        "c",
        "cpp",
        "cs",
        "css",
        "ejs",
        "go",
        "html",
        "java",
        "js",
        "jsx",
        "kt",
        "less",
        "md",
        "mjs",
        "cjs",
        "php",
        "pl",
        "py",
        "rb",
        "rs",
        "scss",
        "sh",
        "sql",
        "svelte",
        "swift",
        "ts",
        "tsx",
        "vue",
    )
)


def is_secret_name(name: str) -> bool:
    """Whether what has that name holds a secret: a key, a variable, an option. Rather yes than no."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    if any(part in joined for part in _PARTS) or not _WORDS.isdisjoint(words):
        return True
    return len(words) > 1 and words[-1] in ("key", "keys") and words[-2] not in _OPEN_KEYS


def is_source_code(path: str) -> bool:
    """Whether a file holds a program or a page by its ending."""
    return path.rpartition(".")[2].lower() in _CODE


def is_secret_file(path: str) -> bool:
    """Whether a file is a secret as a whole by its name, such as `.pgpass` or `credentials.json`."""
    return not is_source_code(path) and is_secret_name(path.rpartition("/")[2])
