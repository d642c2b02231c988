"""The nightly run of one target: audit it, store that, and say what has changed since the last run."""
