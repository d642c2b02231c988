"""gitignore patterns, in the form that the client sends them."""

import re

# Plain characters, or escaped ones, none of which is followed by what makes it optional.
PLAIN_HEAD = re.compile(r"(?:[\w/ ]|\\\W)*(?![?*+{])")


class Patterns:
    """Ordered gitignore patterns; the last that matches decides. patterns.py says what a row holds."""

    def __init__(self, rows):
        self.rows = [
            (wanted, folders_only, how, re.compile(text).match if how in ("glob", "path") else text)
            for wanted, folders_only, how, text in rows
        ]
        # Most names match nothing: that is told without going through the rows.
        texts = {how: [row[3] for row in rows if row[0] and row[2] == how] for how in HOW}
        self.names = set(texts["name"])
        self.suffixes = tuple(texts["suffix"])
        self.prefixes = tuple(texts["prefix"])
        self.beginnings = {text[:1] for text in self.prefixes}
        self.any_glob, self.any_path = any_of(texts["glob"]), any_of(texts["path"])
        self.undoing = [
            (number, plain_head(row[3]) if row[2] == "path" else "")
            for number, row in enumerate(rows)
            if not row[0]
        ]

    def match(self, path, name, is_folder):
        number = self.deciding(path, name, is_folder)
        return number is not None and self.rows[number][0]

    def may_undo_below(self, path, name):
        """Whether a later pattern than the one that matches a folder could take back what lies in it."""
        number = self.deciding(path, name, True)
        below = path + "/"
        return number is not None and any(
            undoing > number and (head.startswith(below) or below.startswith(head))
            for undoing, head in self.undoing
        )

    def may_match(self, seen_path, seen_name, name=None):
        """Whether any pattern matches: most names match none, and a file's is told in a few looks."""
        name = name or seen_name
        return (
            name in self.names
            or name.endswith(self.suffixes)
            or (name[:1] in self.beginnings and name.startswith(self.prefixes))
            or (self.any_glob and self.any_glob(seen_name))
            or (self.any_path and self.any_path(seen_path))
        )

    def deciding(self, path, name, is_folder):
        seen_name = name + "/" if is_folder else name
        seen_path = path + "/" if is_folder else path
        if not self.may_match(seen_path, seen_name, name):
            return None
        for number in range(len(self.rows) - 1, -1, -1):
            _wanted, folders_only, how, test = self.rows[number]
            if (is_folder or not folders_only) and HOW[how](test, name, seen_name, seen_path):
                return number
        return None


HOW = {
    "name": lambda text, name, seen_name, seen_path: name == text,
    "prefix": lambda text, name, seen_name, seen_path: name.startswith(text),
    "suffix": lambda text, name, seen_name, seen_path: name.endswith(text),
    "glob": lambda match, name, seen_name, seen_path: match(seen_name),
    "path": lambda match, name, seen_name, seen_path: match(seen_path),
}


def any_of(expressions):
    return re.compile("|".join("(?:%s)" % text for text in expressions)).match if expressions else None


def plain_head(expression):
    """Return the plain text that all that an expression matches begins with, as far as that is sure."""
    found = PLAIN_HEAD.match(expression)
    return re.sub(r"\\(.)", r"\1", found.group()) if found else ""
