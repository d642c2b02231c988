"""Where the locks and the history of guards lie: a folder of the user who runs them."""

from pathlib import Path


def state_folder() -> Path:
    """Return the folder that the system has for it; it need not be there."""
    import platformdirs

    return platformdirs.user_state_path("driftaudit")
