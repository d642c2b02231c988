"""Where Node, or what stands in front of it, finds a module in a tree."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from driftaudit.structure.imports import Form, Import
from driftaudit.structure.node.builtins import SCHEME, is_built_in
from driftaudit.structure.node.files import (
    COMMON_JS,
    OUTSIDE,
    TYPESCRIPT,
    UNSEEN,
    exact,
    searched,
)
from driftaudit.structure.node.packages import PACKAGE, Packages
from driftaudit.structure.node.tsconfig import Aliases, aliases_of
from driftaudit.structure.resolution import GIVEN, Resolution, State, found, missing, unknown
from driftaudit.structure.tree import FileTree, There, joined_path

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DECLARATION = re.compile(r"\.d\.[cm]?ts\Z")
_NOT_RELATIVE = ("/", "~", "@/", "$")


class _Rules(Enum):
    """By which rules a module is looked for."""

    ES_MODULE = auto()
    COMMON_JS = auto()
    TRANSPILED = auto()  # what `import` becomes is not said: either may hold
    TYPESCRIPT = auto()


@dataclass(slots=True)
class NodeResolver:
    """Resolves the imports of one tree; what was asked once is remembered."""

    tree: FileTree
    packages: Packages
    _known: dict[tuple[str, str, Form, _Rules], Resolution] = field(default_factory=dict)
    _aliases: dict[str, Aliases] = field(default_factory=dict)

    def resolve(self, importer: str, asked: Import) -> Resolution:
        """Return what is known of an import in a file of the tree."""
        folder, _slash, name = importer.rpartition("/")
        rules = self._rules(folder, name, asked.form)
        key = (folder, asked.module, asked.form, rules)
        if key not in self._known:
            self._known[key] = self._resolved(folder, asked, rules)
        return self._known[key]

    def _rules(self, folder: str, name: str, form: Form) -> _Rules:
        if name.endswith(("ts", "sx")):
            return _Rules.TYPESCRIPT
        if form in (Form.REQUIRE, Form.ENTRY):
            return _Rules.COMMON_JS
        if form is Form.IMPORT_CALL or name.endswith(".mjs"):
            return _Rules.ES_MODULE
        nearest = self.packages.nearest(folder)
        is_module = nearest is not None and nearest.is_module and not name.endswith(".cjs")
        return _Rules.ES_MODULE if is_module else _Rules.TRANSPILED

    def _resolved(self, folder: str, asked: Import, rules: _Rules) -> Resolution:
        module = asked.module
        if asked.form is Form.FILE:
            return self._file(folder, module)
        if not module or "\0" in module:
            return missing(None)
        if is_built_in(module):
            return GIVEN
        if module in (".", "..") or module.startswith(("./", "../")) or asked.form is Form.ENTRY:
            return self._relative(folder, module, rules, asked.form)
        return self._bare(folder, module, rules, asked.form)

    def _file(self, folder: str, module: str) -> Resolution:
        path = joined_path(folder, module)
        if path is None:
            return unknown(OUTSIDE)
        there = self.tree.at(path)
        if there is There.FILE:
            return found(self.tree.real(path) or path)
        return unknown(UNSEEN, path) if there is There.UNSEEN else missing(path)

    def _relative(self, folder: str, module: str, rules: _Rules, form: Form) -> Resolution:
        path = joined_path(folder, module)
        if path is None:
            return unknown(OUTSIDE)
        if rules is _Rules.ES_MODULE:
            return self._softened(exact(self.tree, folder, module), folder, module, form)
        if rules is _Rules.TRANSPILED:
            result = exact(self.tree, folder, module)
            return result if result.is_fine else self._common_js(path, folder, module)
        if rules is _Rules.COMMON_JS:
            return self._common_js(path, folder, module)
        return self._typescript(path, module)

    def _typescript(self, path: str, module: str) -> Resolution:
        plain = module.partition("?")[0]
        if plain != module:
            path = path[: len(path) - (len(module) - len(plain))]
        return searched(self.tree, path, self.packages.manifest, TYPESCRIPT)

    def _common_js(self, path: str, folder: str, module: str) -> Resolution:
        alone = module.endswith(("/", "/.", "/..")) or module in (".", "..")
        result = searched(self.tree, path, self.packages.manifest, COMMON_JS, folder_alone=alone)
        return self._softened(result, folder, module, Form.REQUIRE)

    def _softened(self, result: Resolution, folder: str, module: str, form: Form) -> Resolution:
        """Return that it cannot be told where Node finds nothing, but what may be in front of it does."""
        if result.state is not State.MISSING:
            return result
        path = joined_path(folder, module)
        other = self._typescript(path, module) if path is not None else result
        nearest = self.packages.nearest(folder)
        may_be_bundled = nearest is not None and (
            nearest.is_bundled or (form is Form.IMPORT_CALL and not nearest.is_module)
        )
        if other.is_fine and may_be_bundled and not _DECLARATION.search(other.path or ""):
            return unknown(f"Node does not find it, a bundler would: {other.path}", result.path)
        return result

    def _bare(self, folder: str, module: str, rules: _Rules, form: Form) -> Resolution:
        if module.startswith("#"):
            return self._internal(folder, module, rules, form)
        alias = self._alias(folder, module, rules)
        if alias is not None:
            return alias
        match = PACKAGE.match(module)
        if module.startswith(SCHEME):
            return unknown("a newer Node may have it")
        if module.startswith(("data:", "file:")):
            return unknown("it is a URL") if module.startswith("file:") else GIVEN
        if _SCHEME.match(module) or module.startswith(_NOT_RELATIVE) or "!" in module or match is None:
            return unknown("it is no package; what its name stands for is not known")
        name, rest = match[0], module[match.end() :]
        return self._either(
            rules,
            lambda is_require: self.packages.resolve(
                folder, name, rest, is_require=is_require, has_types=rules is _Rules.TYPESCRIPT
            ),
        )

    def _either(self, rules: _Rules, answer: Callable[[bool], Resolution]) -> Resolution:
        """Return the answer to `import` or to `require` (true), the better one where either may hold."""
        first = answer(rules is _Rules.COMMON_JS)
        if first.is_fine or rules is not _Rules.TRANSPILED:
            return first
        second = answer(True)
        return second if second.is_fine or first.state is State.MISSING else first

    def _internal(self, folder: str, module: str, rules: _Rules, form: Form) -> Resolution:
        nearest = self.packages.nearest(folder)
        if nearest is None or not nearest.readable or nearest.imports is None:
            return unknown("no package.json that could be read says what it stands for")
        if module.startswith("#/"):
            return unknown("not every version of Node takes such a name")
        result = self._either(
            rules, lambda is_require: self.packages.internal(nearest, module, is_require=is_require)
        )
        return self._softened(result, "", result.path, form) if result.path else result

    def _alias(self, folder: str, module: str, rules: _Rules) -> Resolution | None:
        """Return what a configuration of TypeScript makes of a name, None where it says nothing of it."""
        if folder not in self._aliases:
            self._aliases[folder] = aliases_of(folder, self.packages.read)
        aliases = self._aliases[folder]
        targets = aliases.targets(module)
        places = [*(targets or ())]
        if aliases.base is not None:
            places.append(joined_path(aliases.base, module) or module)
        for place in places:
            result = searched(self.tree, place, self.packages.manifest, TYPESCRIPT)
            if result.is_fine:
                return result
        is_wide = targets is None or any(pattern == "*" for pattern, _paths in aliases.patterns)
        if is_wide or rules is not _Rules.TYPESCRIPT or not places:
            return None
        return searched(self.tree, places[0], self.packages.manifest, TYPESCRIPT)
