"""What changed in labels, rules and packs between two versions of a configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

PlainData = Mapping[str, object]

ALL_PACKS = ["all that are shipped"]


def policy_changes(before: PlainData | None, after: PlainData | None) -> tuple[str, ...]:
    """Return a line for each difference between two documents as plain data, None for one that is not there.

    Either may be of any shape: an older one was perhaps written for another version.
    """
    from deepdiff import DeepDiff  # costs 290 ms

    old, new = _lists(before or {}), _lists(after or {})
    # A label that was not there is one without patterns; a target that was not there has no packs to compare.
    names = {name for name in old.keys() | new.keys() if name.startswith("labels.")}
    names |= {name for name in old.keys() & new.keys() if name.startswith("targets.")}
    sets = [{name: set(lists.get(name, ())) for name in names} for lists in (old, new)]
    rules = [{f"rules.{name}": rule for name, rule in _rules(document or {})} for document in (before, after)]
    tree = DeepDiff(sets[0] | rules[0], sets[1] | rules[1], view="tree")
    lines = sorted(_line(kind, level) for kind, levels in tree.items() for level in levels)
    return (*lines, *_reordered(old, new))


def _lists(document: PlainData) -> dict[str, list[str]]:
    """Return the lists whose items matter one by one, by the names that they have in messages."""
    labels = {f"labels.{name}": _texts(rows) for name, rows in _mapping(document.get("labels")).items()}
    packs = {
        f"targets.{name}.packs": _texts(_mapping(target).get("packs", ALL_PACKS))
        for name, target in _mapping(document.get("targets")).items()
    }
    return labels | packs | {"rules": [name for name, _ in _rules(document)]}


def _rules(document: PlainData) -> Iterator[tuple[str, dict[str, object]]]:
    rules = document.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        fields = _mapping(rule)
        when = {name: set(_texts(values)) for name, values in _mapping(fields.get("when")).items()}
        yield (
            str(fields.get("id")),
            {"when": when} | {name: str(fields[name]) for name in ("severity", "reason") if name in fields},
        )


def _line(kind: str, level: Any) -> str:
    in_set = kind.startswith("set_item")
    where = ".".join(map(str, (level.up if in_set else level).path(output_format="list")))
    if kind.endswith("_added"):
        return f"{where}: added {_shown(level.t2)}"
    if kind.endswith("_removed"):
        return f"{where}: removed {_shown(level.t1)}"
    return f"{where}: {_shown(level.t1)} became {_shown(level.t2)}"


def _reordered(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[str]:
    """Say where what stayed has another order; that of patterns matters only if one of them takes back."""
    for name in sorted(old.keys() & new.keys()):
        was = [item for item in old[name] if item in new[name]]
        now = [item for item in new[name] if item in old[name]]
        matters = not name.startswith("labels.") or any(item.startswith("!") for item in was)
        if was != now and matters:
            yield f"{name}: the order changed"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"with severity {value.get('severity')}"
    return ", ".join(repr(item) for item in sorted(value)) if isinstance(value, set) else repr(value)


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]


def _mapping(value: object) -> dict[str, Any]:
    return {str(name): item for name, item in value.items()} if isinstance(value, dict) else {}
