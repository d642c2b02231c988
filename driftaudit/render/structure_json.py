"""What does not resolve, and how the folders lie side by side, for programs: `docs/structure.schema.json`."""

import driftaudit
from driftaudit.model.structure import FolderMapping, ImportLine, Structure, StructureFinding, TreeImports
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, readable, written

SCHEMA = "driftaudit/structure/v1"


def render(structure: Structure, options: RenderOptions) -> str:  # noqa: ARG001 - programs read all of it
    """Return all of it; the same structure gives the same bytes."""
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": readable(structure.target),
            "exit_code": int(structure.exit_code),
            "deployed": _figures(structure.deployed),
            "planned": _figures(structure.planned),
            "structure": [finding_document(finding) for finding in structure.findings],
            "untold": [
                {
                    "importer": readable(each.importer),
                    "line": each.line,
                    "module": readable(each.module),
                    "tree": each.tree.value,
                    "why": readable(each.why),
                }
                for each in structure.untold
            ],
            "unread": [
                {"path": readable(each.path), "tree": each.tree.value, "why": readable(each.why)}
                for each in structure.unread
            ],
            "folders": [_folder(folder) for folder in structure.folders],
        }
    )


def finding_document(finding: StructureFinding) -> Document:
    """Return a finding as it is in the report of an audit, with its judgement."""
    return {
        "kind": finding.kind.value,
        "importer": readable(finding.importer),
        "line": finding.line,
        "module": readable(finding.module),
        "tree": finding.tree.value,
        "cause": None if finding.cause is None else readable(finding.cause),
        "severity": finding.severity.value,
        "rule": finding.rule,
        "reason": readable(finding.reason),
    }


def import_document(line: ImportLine) -> Document:
    """Return a line that imports a file."""
    return {
        "importer": readable(line.importer),
        "line": line.line,
        "module": readable(line.module),
        "trees": [tree.value for tree in line.trees],
    }


def _figures(tree: TreeImports) -> Document:
    return {"sources": tree.files, "imports": tree.imports, "resolved": tree.resolved}


def _folder(folder: FolderMapping) -> Document:
    return {
        "state": folder.state.value,
        "live": None if folder.live is None else readable(folder.live),
        "desired": None if folder.desired is None else readable(folder.desired),
        "live_files": folder.live_files,
        "desired_files": folder.desired_files,
        "alike": folder.alike,
    }
