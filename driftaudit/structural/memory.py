"""What sources were found to import, kept by their blob ids: a source that is the same is not read again."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftaudit.cache import Cache
from driftaudit.structure.imports import Form, Import, Parsed, Scanned

_KIND = "structure"
# Stands for how sources are read: another number, and all of them are read anew.
_VERSION = "1"

_FORMS = tuple(Form)


@dataclass(slots=True)
class Memory:
    """Scanned and parsed sources by blob id and language, and the contents of small documents by blob id."""

    cache: Cache
    key: tuple[str, ...]
    scanned: dict[str, Scanned] = field(default_factory=dict)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    _before: tuple[int, int, int] = (0, 0, 0)

    @classmethod
    def of(cls, cache: Cache, target: str) -> "Memory":
        """Return what an earlier audit of the same target left."""
        memory = cls(cache, (_VERSION, target))
        kept = cache.kept(_KIND, memory.key)
        if kept is not None:
            memory._recall(json.loads(kept))
        memory._before = memory._sizes()
        return memory

    def _sizes(self) -> tuple[int, int, int]:
        return len(self.scanned), len(self.parsed), len(self.documents)

    def keep(self, sources: Collection[str], documents: Collection[str]) -> None:
        """Keep what concerns these blob ids, with their languages, if anything was found out anew."""
        wanted = set(sources)
        if self._sizes() == self._before and len(self.scanned) <= 2 * len(wanted):
            return
        value = {
            "scanned": {
                key: [each.enough, list(map(_row, each.imports))]
                for key, each in self.scanned.items()
                if key in wanted
            },
            "parsed": {
                key: [each.error, list(map(_row, each.imports)), _names(each)]
                for key, each in self.parsed.items()
                if key in wanted
            },
            "documents": {
                oid: content.decode("latin-1")
                for oid, content in self.documents.items()
                if oid in set(documents)
            },
        }
        self.cache.keep(_KIND, self.key, json.dumps(value, separators=(",", ":")).encode("ascii"))

    def _recall(self, value: dict[str, Any]) -> None:
        for key, (enough, rows) in value["scanned"].items():
            self.scanned[key] = Scanned(tuple(_import(*row) for row in rows), enough)
        for key, (error, rows, names) in value["parsed"].items():
            bound = None if names is None else frozenset(names)
            self.parsed[key] = Parsed(tuple(_import(*row) for row in rows), error, bound)
        self.documents = {oid: text.encode("latin-1") for oid, text in value["documents"].items()}


def _row(each: Import) -> list[Any]:
    flags = 2 * each.dynamic + each.optional
    return [each.module, each.line, _FORMS.index(each.form), each.names, flags]


def _import(module: str, line: int, form: int, names: Sequence[str], flags: int) -> Import:
    return Import(module, line, _FORMS[form], tuple(names), bool(flags & 1), bool(flags & 2))


def _names(parsed: Parsed) -> list[str] | None:
    return None if parsed.names is None else sorted(parsed.names)
