"""Programs that read and print as a rule, and the words with which they write a file or run something."""

import re

from driftaudit.deploy.script.options import Grammar, parsed

_OWN_OUTPUTS = re.compile(r'>+\s*"/dev/std(?:err|out)"')
_OUTPUT = {"output": "o"}
_SORT = Grammar("bcCdfghimMnrRsuVz", "kotST", {**_OUTPUT, "key": "k", "field-separator": "t"})
_UNIQ = Grammar("cdDiuz", "fsw", {"skip-fields": "f", "skip-chars": "s", "check-chars": "w"})
_XXD = Grammar("abCdeEipruv", "cglnosR")
_AWK = Grammar("bchNOPrSt", "Fv", {"field-separator": "F", "assign": "v"}, ordered=True)
_CURL = Grammar(
    "0123456aBfgGiIjJkLlMnNOpqRsSvVZ#",
    "AbCcDdeEFhHKmoPQrtTuUwxXYyz",
    {
        **dict.fromkeys(("output", "output-dir", "dump-header", "cookie-jar", "config", "stderr"), "o"),
        **dict.fromkeys(("trace", "trace-ascii", "libcurl", "hsts", "alt-svc", "etag-save"), "o"),
        **dict.fromkeys(("upload-file", "quote"), "T"),
        **dict.fromkeys(("remote-name", "remote-name-all", "remote-header-name"), "O"),
    },
)

_SPIDER = "\0"  # for a long option that has no letter
_WGET = Grammar(
    f"qdvb46cSnk{_SPIDER}",
    "OoTtUw",
    {
        "spider": _SPIDER,
        **dict.fromkeys(("quiet", "no-verbose", "no-check-certificate", "server-response"), "q"),
        **dict.fromkeys(("timeout", "tries", "waitretry"), "T"),
        "output-document": "O",
        "output-file": "o",
    },
)
_NO_FILES = ("-", "/dev/null", "/dev/stdout", "/dev/stderr")


def writes(name: str, words: list[str]) -> bool:
    """Whether a filter writes a file, or runs a command, besides printing; true where that is not known."""
    match name:
        case "sort":
            return "o" in parsed(words, _SORT)
        case "uniq":
            return len(parsed(words, _UNIQ).operands) > 1
        case "xxd":
            return len(parsed(words, _XXD).operands) > 1
        case "yq":
            return any(re.match(r"-[a-zA-Z]*i|--in", word) for word in words)
        case "less" | "more":
            return any(word.startswith(("-o", "-O", "--log", "--LOG", "+")) for word in words)
        case "awk" | "gawk":
            return _awk_writes(words)
        case "curl":
            return _curl_writes(words)
        case "wget":
            return _wget_writes(words)
        case _:
            return False


def _awk_writes(words: list[str]) -> bool:
    options = parsed(words, _AWK)
    if options.unknown or not options.operands:
        return True
    program = _OWN_OUTPUTS.sub("", options.operands[0])
    _before, prints, after = program.partition("print")
    return bool(
        re.search(r"\bsystem\b|\bgetline\b|@", program)
        or (prints and re.search(r">|(?<!\|)\|(?!\|)", after))
        or not program.isascii()  # an unknown value in it may be any of these
    )


def _curl_writes(words: list[str]) -> bool:
    options = parsed(words, _CURL)
    files = [file for letter in "oDc" for file in options.values.get(letter, ())]
    return bool(
        {"K", "O", "J", "T", "Q"} & {*options.flags, *options.values}
        or any(file not in _NO_FILES for file in files)
        or any("%output" in word for word in words)
    )


def _wget_writes(words: list[str]) -> bool:
    """Whether wget keeps what it loads; it does, unless it is told otherwise."""
    options = parsed(words, _WGET)
    files = [file for letter in "Oo" for file in options.values.get(letter, ())]
    keeps = _SPIDER not in options and "O" not in options
    return bool(options.unknown or keeps or any(file not in _NO_FILES for file in files))


def uploads(words: list[str]) -> bool:
    """Whether curl sends a file somewhere, or commands to a server of files."""
    options = parsed(words, _CURL)
    return "T" in options or "Q" in options
