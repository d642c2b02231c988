"""All that is known of one path, for programs."""

import driftaudit
from driftaudit.model.explanation import Explanation
from driftaudit.render import diff_json
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_report import deployed_commit_document, finding_document, similar_document
from driftaudit.render.json_values import Document, path_keys, readable, written
from driftaudit.render.structure_json import finding_document as structure_document
from driftaudit.render.structure_json import import_document

SCHEMA = "driftaudit/explanation/v1"


def render(explanation: Explanation, options: RenderOptions) -> str:  # noqa: ARG001 - programs read all of it
    """Return the explanation; `finding` is as in the report of an audit, null where both sides are alike."""
    finding = explanation.finding
    document: Document = {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "target": explanation.audit.target,
        **path_keys(explanation.path),
        "repository_paths": [readable(path) for path in explanation.repository_paths],
        "finding": None if finding is None else finding_document(finding),
        "rule_at": readable(explanation.rule_at) or None,
        "versions": [similar_document(similar) for similar in explanation.versions],
        "deployed_commit": deployed_commit_document(explanation.audit.deployed_commit),
        "imported_by": [import_document(line) for line in explanation.imported_by],
        "structure": [structure_document(finding) for finding in explanation.unresolved],
        "problems": [
            {**path_keys(problem.path), "kind": problem.kind.value, "detail": problem.detail}
            for problem in explanation.problems
        ],
        "diff": diff_json.document(explanation.diff),
    }
    return written(document)
