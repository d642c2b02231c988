"""Deploy scripts: both machines as the simulator sees them, and its outcome as a plan."""
