"""After a loss: what was there, what has it now, and the archive that brings it back."""
