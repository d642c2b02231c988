"""The lines of a text with the values of secrets hidden, whatever the text is.

A line is looked at by itself: after a name that says so, and something that gives it a value, the rest is
hidden. Values of several lines go on for as long as their quotes, brackets, indentation or PEM armour do.
Rather too much is hidden than too little.
"""

import re
from collections.abc import Sequence

from driftaudit.differences.blocks import Block, Everything, Next, Section, Until, blocks_after, indent_of
from driftaudit.differences.names import is_secret_name, is_source_code
from driftaudit.differences.tokens import without_tokens
from driftaudit.model.difference import HIDDEN

_NAME = re.compile(
    r"(?i)\b(?:api|private|access|secret|auth|encryption|signing|license|account|shared)[ ]+keys?\b"
    r"|[^\W\d][\w$.-]*"
)
# What comes between a name and its value: quotes and brackets that end the name, then a sign of assignment,
# or a comma, a parenthesis or a blank, and a quote.
_GIVES = re.compile(
    r"""["'`\])}*!?\s\\]{0,200}?(?:
        => | := | \?: | [=:>] | <- | \|\| | \?\?
        | ["'`]?,?\s{0,50}["'`]?\b(?i:value)\b["'`]?\s*[:=>]
        | ["'`]?,\s*[\w&]{0,2}["'`]
        | \(\s*[\w&]{0,2}["'`]
        | \s[\w&]{0,2}["'`]
        | ["'`]\s{0,20}(?=\{)
        | \s(?:is|was|or|to|by|BY)\s
    )""",
    re.VERBOSE,
)
_ENTRY = re.compile(
    r"\s*(?:(?i:export|set|setenv|env|arg)\s+)?([^\W\d][\w.-]*)[ \t]+(?=[^\s=:>(])"
)  # `password hunter2`
_DIRECTIVE = re.compile(
    r"\s*[\w-]+[ \t]+([A-Z][A-Z0-9_]*)[ \t]+(?=[^\s=:>(])"
)  # `fastcgi_param DB_PASSWORD x`
_ROWS = re.compile(r"(?i)\bvalues\b\s*\(?")  # of SQL
_TABLES = ("csv", "tsv")
_OPTION = re.compile(r"(?:^|(?<=[\s\"'`\[,]))-{1,2}([A-Za-z][\w.-]*)[\"'`]?,?(?:\s+|$)")
_LOGIN = re.compile(
    r"\b(?:login|user)\s+\S+\s+(?:password|passwd|pass)\s+(?=\S)"  # .netrc
    r"|(?i:\bidentified\s+(?:with\s+\S+\s+)?by\s+)(?=\S)"  # SQL
    r"|\b(?:mysql\w{0,10}|mariadb|login|sshpass)\b.{0,300}?\s-p\s*(?=\S)"
    r"|\b(?:PDO|mysqli(?:_real)?(?:_connect)?|mysql_p?connect|(?:pymysql|MySQLdb)\.connect|ftp_login"
    r"|imap_open)\s*\([^,]{0,300},[^,]{0,300},\s*(?=\S)"  # by their place: what, who, password
    r"|(?:\.login|HTTPBasicAuth|\bauth\s*=)\s*\(\s*[^,()]{1,200},\s*(?=[\"'])"
    r"|\s(?:-u\s*|--(?:proxy-)?user[\s=]+)[\"']?[^\s:\"']+:(?=\S)"  # curl
    r"|\s(?:-b\s+|--cookie[\s=]+)[\"']?(?=[\w%.-]+=)|[\"'](?i:cookie)\s*:\s*(?=\S)"  # curl
    r"|\bredis-cli\b.{0,300}?\s-a\s*(?=\S)"
)
_SECTION = re.compile(r"\s*\[+\s*([^\]\[=]*?)\s*\]+\s*(?:[#;].*)?")
_LABELLED = re.compile(r"""(?i)["']?\b(?:name|key|id|variable|env)\b["']?\s*[:=>]\s*["']?([\w$.-]+)""")
_LABEL_ABOVE = re.compile(r"""(?i)["']?\b(?:name|key|id|variable|env)\b["']?\s*:\s*[|>]?[-+]?\s*$""")
_WHOLE = re.compile(r"\s*[\"']?([\w$.-]+)[\"']?,?\s*")
_VALUE = re.compile(r"""(?i)["']?\b(?:value|default)\b["']?\s*[:=>]""")
_LONGEST_HEADER = 300  # characters
_MOST_BLOCKS = 20  # that go on in one line; with more of them nothing is shown any more
_NEAR = 4  # lines from the name of a variable to its value
_BEGIN = re.compile(r"-----BEGIN [^-]*PRIVATE KEY|^Private-Lines:|^Private-MAC:")
_VALUE_BELOW = ('":', "':", ">")  # a key of JSON, an element of XML
_BODY = (") {", "){", "=> {", "=>{", "):")  # of a function or a condition, not of a value


def masked(lines: Sequence[str], path: str) -> list[str]:
    """Return as many lines, all without their line ends, in which secrets are hidden.

    In what is no source code, more indented lines go on with a value as well: `path` tells which it is.
    """
    if path.rpartition(".")[2].lower() in _TABLES and lines and _names_secret(lines[0]):
        return [lines[0], *(HIDDEN for _row in lines[1:])]
    is_code = is_source_code(path)
    beside = _beside_names(lines)
    shown = []
    blocks: list[Block] = []
    for number, line in enumerate(lines):
        blocks = [block for block in blocks if block.covers(line)]
        text, begun = _looked_at(line, is_code=is_code, is_beside=number in beside)
        shown.append(_covered(line) if blocks else text)
        blocks += [block for block in begun if block not in blocks]
        if len(blocks) > _MOST_BLOCKS:
            blocks = [Everything()]
    return shown


def without_secrets(text: str) -> str:
    """Return a value of a document with the secrets hidden that show by form, or by names within it."""
    return "\n".join(masked(text.split("\n"), ""))


def _beside_names(lines: Sequence[str]) -> set[int]:
    """Return the lines near one that names a variable which is secret, as `- name: DB_PASSWORD` does."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        label = _LABELLED.search(line)
        if not label and number and _LABEL_ABOVE.search(lines[number - 1]):
            label = _WHOLE.fullmatch(line)
        if label and is_secret_name(label[1]):
            found.update(range(number - _NEAR, number + _NEAR + 1))
    return found


def _covered(line: str) -> str:
    return line[: indent_of(line)] + HIDDEN if line.strip() else line


def _looked_at(line: str, *, is_code: bool, is_beside: bool) -> tuple[str, list[Block]]:
    """Return the line as it may be shown, and what of the next lines may belong to a secret in it."""
    if not line:
        return line, []
    if "PRIVATE KEY" in line or line.startswith("Private-"):
        begin = _BEGIN.search(line)
        if begin and "-----END" not in line[begin.end() :]:
            return line[: begin.start()] + HIDDEN, [Until("-----END")]
    section = _SECTION.fullmatch(line) if len(line) <= _LONGEST_HEADER else None
    if section and not is_code and is_secret_name(section[1]):
        return line, [Section()]
    at = _value_at(line, is_beside=is_beside)
    if at is None:
        return without_tokens(line), []
    value = line[at:]
    hidden = HIDDEN if value.strip() else ""
    is_body = is_code and line.rstrip().endswith(_BODY)
    blocks = [] if is_body else blocks_after(value, indent_of(line), is_code=is_code)
    if not value.strip() and (_OPTION.search(line) or line.rstrip().endswith(_VALUE_BELOW)):
        blocks.append(Next(is_code=is_code))
    return without_tokens(line[:at]) + hidden, blocks


def _value_at(line: str, *, is_beside: bool) -> int | None:
    """Return where the first value in a line begins that is a secret by its name, None where none is."""
    places = [_named(line), _option(line)]
    for form in (_ENTRY, _DIRECTIVE):
        entry = form.match(line)
        if entry and is_secret_name(entry[1]):
            places.append(entry.end())
    rows = _ROWS.search(line)
    if rows and _names_secret(line[: rows.start()]):
        places.append(rows.end())
    login = _LOGIN.search(line)
    if login:
        places.append(login.end())
    value = _VALUE.search(line) if is_beside else None
    if value:
        places.append(value.end())
    return min((place for place in places if place is not None), default=None)


def _named(line: str) -> int | None:
    for name in _NAME.finditer(line):
        is_escaped = name.start() > 0 and line[name.start() - 1] == "\\"  # `\ntoken: x`, within a string
        if is_secret_name(name[0]) or (is_escaped and is_secret_name(name[0][1:])):
            gives = _GIVES.match(line, name.end())
            if gives:
                return gives.end() + line.startswith(" ", gives.end())
    return None


def _names_secret(text: str) -> bool:
    return any(is_secret_name(name[0]) for name in _NAME.finditer(text))


def _option(line: str) -> int | None:
    for option in _OPTION.finditer(line):
        if is_secret_name(option[1]):
            return option.end()
    return None
