"""Why a root could not be read, said alike by every way of reading."""

from driftaudit.errors import SourceError
from driftaudit.sources.base import AbsentRootError


def root_error(host: str, kind: str, detail: str) -> SourceError:
    """Return the error for a root; `kind` is the name of the exception that Python has for it."""
    if kind == "FileNotFoundError":
        return AbsentRootError(
            f"{host}: there is no such folder",
            "Check the path; for a first deploy set `allow_absent: true` on the target.",
        )
    if kind == "NotADirectoryError":
        return SourceError(f"{host}: this is a file, not a folder", "Name the folder that is deployed to.")
    if kind == "PermissionError":
        return SourceError(f"{host}: {detail}", "The login must be able to list the folder.")
    return SourceError(f"{host}: the scan failed: {detail}", "Run `driftaudit doctor`, then try again.")
