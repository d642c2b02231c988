"""Accepting what differs: what can be waived, and how that is written down."""
