"""Filters that write files, or run commands, besides what they print: `awk`, `sed`, `sort -o`."""

import re

_OWN_OUTPUTS = re.compile(r'>+\s*"/dev/std(?:err|out)"')
_AWK = re.compile(r"print[^;}\n]*[>|]|\|&?\s*getline|\bsystem\s*\(")
_AWK_FILES = re.compile(r"-[fEil].*|--(?:file|exec|include|load)\b.*")
_SED_EXCHANGE = re.compile(r"[sy]([^\w\s\\])(?:\\.|(?!\1).)*\1(?:\\.|(?!\1).)*\1([gpiImM\d]*)", re.DOTALL)
_SED_ADDRESS = re.compile(r"/(?:\\.|[^/])*/I?|\\([^\w\s])(?:\\.|(?!\1).)*\1")
_SED_TEXT = re.compile(r"[aic]\b.*|[aic]\\.*|[btTr:]\s*[^;}\n]*")


def writes_too(name: str, words: list[str]) -> str | None:
    """Return the word by which a filter writes a file or runs a command; None where it only prints."""
    match name:
        case "awk" | "gawk" | "mawk":
            return _awk(words)
        case "sort" | "yq" | "xxd":
            found = [word for word in words if re.match(r"-o|--output|-i$|--in-?place", word)]
            return found[0] if found else _second(words) if name == "xxd" else None
        case "uniq":
            return _second(words)
        case _:
            return None


def _awk(words: list[str]) -> str | None:
    for word in words:
        if _AWK_FILES.fullmatch(word) or _AWK.search(_OWN_OUTPUTS.sub("", word)):
            return word
    return None


def _second(words: list[str]) -> str | None:
    """Return the second operand: that is the output."""
    operands = [word for word in words if not re.match(r"-.|\d+$", word)]
    return operands[1] if len(operands) > 1 else None


def sed_writes(script: str) -> bool:
    """Whether a script of sed writes a file, or runs a command: `w`, `s/…/…/w`, `e`."""
    plain = _SED_TEXT.sub("", _SED_ADDRESS.sub("", _SED_EXCHANGE.sub(r"\2", script)))
    return re.search("[wWe]", plain) is not None
