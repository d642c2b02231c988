"""The differences of two snapshots."""
