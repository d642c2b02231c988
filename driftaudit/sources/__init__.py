"""Trees to read."""
