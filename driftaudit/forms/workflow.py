"""A job of a GitHub Actions workflow, each step in a shell of its own."""

from pathlib import Path

from driftaudit.forms.base import FormKind, FormScript, joined, passage
from driftaudit.forms.draft import Draft
from driftaudit.forms.steps import JobWriter
from driftaudit.forms.workflow_document import Workflow


def read_workflow(path: Path, job: str | None) -> FormScript:
    """Return the text of a job. `job` names it, by default the only one, or `deploy`.

    Raises UsageError where the file cannot be read, or has no such job.
    """
    chosen = Workflow(path).job(job)
    folder = _repository_of(path)
    draft = Draft()
    lines = JobWriter(folder, draft).written(chosen)
    return draft.script(path, folder, joined(*lines) if lines else passage("", chosen.place))


def _repository_of(path: Path) -> Path:
    """Return the folder in which the steps of a workflow start, once it is checked out."""
    folder = path.absolute().parent
    is_usual = folder.name == "workflows" and folder.parent.name == ".github"
    return folder.parent.parent if is_usual else path.parent


WORKFLOW = FormKind("GitHub Actions workflow", lambda path: path.suffix in (".yml", ".yaml"), read_workflow)
