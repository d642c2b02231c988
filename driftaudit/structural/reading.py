"""Sources as the structure asks for them: what is remembered first, then contents."""

from dataclasses import dataclass

from driftaudit.structural.contents import Contents
from driftaudit.structural.memory import Memory
from driftaudit.structure.analysis import Source
from driftaudit.structure.imports import Parsed, Scanned
from driftaudit.structure.languages import Language

_LARGEST_DOCUMENT = 1024**2  # bytes of a package.json or the like


@dataclass(slots=True)
class Reader:
    """Answers what an analysis asks; what is in files with the label `secret` is never read."""

    contents: Contents
    memory: Memory
    secret: frozenset[str]  # blob ids

    def scanned(self, source: Source) -> Scanned | None:
        """Return a quick look at a source, None where it could not be read."""
        key = key_of(source)
        found = self.memory.scanned.get(key)
        if found is None:
            content = self._content(source.oid)
            if content is None:
                return None
            found = self.memory.scanned[key] = _scanned(content, source.language)
        return found

    def parsed(self, source: Source) -> Parsed | None:
        """Return what the grammar says of a source, None where it could not be read."""
        key = key_of(source)
        found = self.memory.parsed.get(key)
        if found is None:
            content = self._content(source.oid)
            if content is None:
                return None
            found = self.memory.parsed[key] = _parsed(content, source)
        return found

    def is_parsed(self, source: Source) -> bool:
        """Whether the grammar was asked of a source already."""
        return key_of(source) in self.memory.parsed

    def why(self, source: Source) -> str:
        """Return why a source could not be read."""
        if source.oid in self.secret:
            return "it has the label secret"
        return self.contents.refused.get(source.oid, "its content was not seen")

    def document(self, oid: str) -> bytes | None:
        """Return the content of a small document, None where it could not be read."""
        found = self.memory.documents.get(oid)
        if found is None:
            found = self._content(oid)
            if found is None or len(found) > _LARGEST_DOCUMENT:
                return None
            self.memory.documents[oid] = found
        return found

    def _content(self, oid: str) -> bytes | None:
        return self.contents.get(oid) if oid and oid not in self.secret else None


def key_of(source: Source) -> str:
    """Return what the reading of a source is kept by."""
    name = source.language.value if source.language else source.path.rpartition("/")[2]
    return f"{source.oid} {name}"


def _scanned(content: bytes, language: Language | None) -> Scanned:
    if language is Language.PYTHON:
        from driftaudit.structure.python.scan import scanned
    else:
        from driftaudit.structure.node.scan import scanned
    return scanned(content)


def _parsed(content: bytes, source: Source) -> Parsed:
    if source.language is None:
        from driftaudit.structure.node.entry_points import entry_points

        return entry_points(source.path, content)
    if source.language is Language.PYTHON:
        from driftaudit.structure.python.grammar import parsed

        return parsed(content)
    from driftaudit.structure.node.grammar import parsed as parsed_by_grammar

    return parsed_by_grammar(content, source.language)
