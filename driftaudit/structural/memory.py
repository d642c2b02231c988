"""What sources were found to import, kept by their blob ids: a source that is the same is not read again."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from driftaudit.cache import Cache
from driftaudit.structure.analysis import Settled
from driftaudit.structure.imports import Form, Import, Parsed, Scanned

# Stands for how sources are read and resolved: another number, and all of it is done anew.
_VERSION = "3"

_FORMS = tuple(Form)


@dataclass(slots=True)
class Memory:
    """What an earlier audit of the same target left.

    Scanned and parsed sources by blob id and language, small documents by blob id, and by its context what
    was settled in a tree (see `Analysis.remembered`). Scanned ones are looked up only where any is asked for:
    mostly none is.
    """

    cache: Cache
    target: str
    parsed: dict[str, Parsed] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    settled: dict[str, dict[str, Settled]] = field(default_factory=dict)
    _scanned: dict[str, Scanned] | None = None
    _sizes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cache: Cache, target: str) -> "Memory":
        """Return what is kept for a target."""
        memory = cls(cache, target)
        kept = memory._kept("parsed")
        if kept:
            for key, (error, rows, names) in kept["parsed"].items():
                bound = None if names is None else frozenset(names)
                memory.parsed[key] = Parsed(tuple(_import(*row) for row in rows), error, bound)
            memory.documents = {oid: text.encode("latin-1") for oid, text in kept["documents"].items()}
        for context, rows in (memory._kept("settled") or {}).items():
            found = {key: Settled(count, tuple(targets)) for key, (count, targets) in rows.items()}
            memory.settled[context] = found
        memory._sizes = memory._counted()
        return memory

    @property
    def scanned(self) -> dict[str, Scanned]:
        """The scanned sources."""
        if self._scanned is None:
            rows = self._kept("scanned") or {}
            self._scanned = {
                key: Scanned(tuple(_import(*row) for row in imports), enough)
                for key, (enough, imports) in rows.items()
            }
            self._sizes["scanned"] = len(self._scanned)
        return self._scanned

    def is_settled(self, oid: str, path: str) -> bool:
        """Whether a source was settled in any of the trees."""
        return any(f"{oid} {path}" in rows for rows in self.settled.values())

    def keep(self, sources: Collection[str], documents: Collection[str], contexts: Collection[str]) -> None:
        """Keep what concerns these sources, documents and trees, if anything was found out anew."""
        now = self._counted()
        if now.get("parsed") != self._sizes.get("parsed"):
            parsed = {
                key: [each.error, list(map(_row, each.imports)), _names(each)]
                for key, each in self.parsed.items()
                if key in sources
            }
            texts = {oid: text.decode("latin-1") for oid, text in self.documents.items() if oid in documents}
            self._keep("parsed", {"parsed": parsed, "documents": texts})
        if self._scanned is not None and now.get("scanned") != self._sizes.get("scanned"):
            rows = self._scanned.items()
            kept = {key: [each.enough, list(map(_row, each.imports))] for key, each in rows if key in sources}
            self._keep("scanned", kept)
        if now.get("settled") != self._sizes.get("settled"):
            ids = {key.partition(" ")[0] for key in sources}
            trees = {context: rows for context, rows in self.settled.items() if context in contexts}
            self._keep("settled", {context: _settled(rows, ids) for context, rows in trees.items()})

    def _counted(self) -> dict[str, int]:
        counts = {
            "parsed": len(self.parsed) + len(self.documents),
            "settled": sum(map(len, self.settled.values())),
        }
        return counts if self._scanned is None else counts | {"scanned": len(self._scanned)}

    def _kept(self, part: str) -> Any:
        content = self.cache.kept(f"structure-{part}", (_VERSION, self.target))
        return None if content is None else json.loads(content)

    def _keep(self, part: str, value: object) -> None:
        content = json.dumps(value, separators=(",", ":")).encode("ascii")
        self.cache.keep(f"structure-{part}", (_VERSION, self.target), content)


def _settled(rows: dict[str, Settled], ids: Collection[str]) -> dict[str, list[Any]]:
    return {key: [each.imports, each.targets] for key, each in rows.items() if key.partition(" ")[0] in ids}


def _row(each: Import) -> list[Any]:
    flags = 2 * each.dynamic + each.optional
    return [each.module, each.line, _FORMS.index(each.form), each.names, flags, each.attempt]


def _import(module: str, line: int, form: int, names: Sequence[str], flags: int, attempt: int) -> Import:
    return Import(module, line, _FORMS[form], tuple(names), bool(flags & 1), bool(flags & 2), attempt)


def _names(parsed: Parsed) -> list[str] | None:
    return None if parsed.names is None else sorted(parsed.names)
