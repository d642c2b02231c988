"""Backups where they lie: found, read to their end, and counted on by an audit."""
