"""Rule packs: a YAML file each of labels and rules, shipped or a project's own."""

from dataclasses import dataclass
from pathlib import Path

from driftaudit.config.paths import is_local_path
from driftaudit.config.rules import LabelPatterns, RuleSpec
from driftaudit.config.validation import suggestion, validate
from driftaudit.config.yaml_document import Fault, load_document
from driftaudit.data import data_folder
from driftaudit.errors import ConfigError, UsageError
from driftaudit.policy.shipped import shipped_parts

CORE = "core"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was written. The ids of its rules begin with its name."""

    name: str
    description: str
    path: Path
    labels: LabelPatterns
    rules: tuple[RuleSpec, ...]


def available_packs() -> tuple[str, ...]:
    """Return the names of the shipped packs, core last."""
    names = {path.stem for path in data_folder("rules").glob("*.yml") if "." not in path.stem}
    return (*sorted(names - {CORE}), CORE)


def pack_path(name: str) -> Path:
    """Return the file of a shipped pack, or of a project's own (`./…`, `../…`, `/…`, `~/…`).

    Raises UsageError where there is no such pack.
    """
    shipped = available_packs()
    if not is_local_path(name):
        if name not in shipped:
            known = f"Shipped packs: {', '.join(shipped)}. A file of your own begins with './'."
            raise UsageError(f"there is no pack {name!r}{suggestion(name, shipped)}", known)
        return data_folder("rules") / f"{name}.yml"
    path = Path(name).expanduser()
    if path.stem in shipped:
        raise ConfigError(f"{path}: a shipped pack is called {path.stem!r}", "Give the file another name.")
    return path


def load_pack(name: str) -> Pack:
    """Read a pack. Raises UsageError where there is none, ConfigError where one of a user's is wrong."""
    path = pack_path(name)
    if is_local_path(name):
        return validated_pack(path)
    description, labels, rules = shipped_parts(path)
    return Pack(path.stem, description, path, labels, rules)


def validated_pack(path: Path) -> Pack:
    """Read a pack and check every word of it. Raises ConfigError."""
    from driftaudit.config.rules_schema import rule_specs  # pydantic costs 70 ms
    from driftaudit.policy.pack_schema import PackModel

    document = load_document(path)
    model = validate(document, PackModel)
    strangers = [
        Fault(("rules", index, "id"), f"{rule.id!r} must begin with the name of its pack: '{path.stem}/'")
        for index, rule in enumerate(model.rules)
        if not rule.id.startswith(f"{path.stem}/")
    ]
    if strangers:
        raise document.error(strangers)
    return Pack(path.stem, model.description, path, model.labels, rule_specs(document, model.rules))
