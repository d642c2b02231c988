"""Trees of files in memory, and what their imports come to."""

from collections.abc import Collection, Mapping

from driftaudit.structure.analysis import Analysis, Readings, Source
from driftaudit.structure.imports import Form, Import, Parsed, Scanned
from driftaudit.structure.languages import Language, language_of
from driftaudit.structure.node.entry_points import entry_points, names_entry_points
from driftaudit.structure.node.grammar import parsed as parsed_script
from driftaudit.structure.node.scan import scanned as scanned_script
from driftaudit.structure.python.grammar import parsed as parsed_python
from driftaudit.structure.python.scan import scanned as scanned_python
from driftaudit.structure.resolution import Resolution
from driftaudit.structure.tree import FileTree

Files = Mapping[str, str | bytes]


def analysis_of(
    files: Files,
    unseen: Collection[str] = (),
    links: Mapping[str, str | None] | None = None,
    listed: Mapping[str, frozenset[str]] | None = None,
) -> Analysis:
    """Return the analysis of a tree, not run yet; each file's blob id is its path."""
    contents = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}

    def scanned(source: Source) -> Scanned:
        read = scanned_python if source.language is Language.PYTHON else scanned_script
        return read(contents[source.path])

    def parsed(source: Source) -> Parsed:
        content = contents[source.path]
        if source.language is None:
            return entry_points(source.path, content)
        if source.language is Language.PYTHON:
            return parsed_python(content)
        return parsed_script(content, source.language)

    tree = FileTree({path: path for path in files}, frozenset(unseen), links or {}, listed or {})
    sources = [Source(path, path, language) for path in files if (language := language_of(path))]
    sources += [Source(path, path, None) for path in files if names_entry_points(path)]
    readings = Readings(scanned, parsed, lambda _source: False, lambda _source: "", contents.get)
    return Analysis(tree, readings, sources)


def resolved(
    files: Files,
    importer: str,
    module: str,
    form: Form = Form.IMPORT,
    names: tuple[str, ...] = (),
    **more: Collection[str],
) -> Resolution:
    """Return what an import in a file of a tree comes to."""
    return analysis_of(files, **more).resolve(importer, Import(module, 1, form, names))  # type: ignore[arg-type]
