"""Tells people of a change, by whatever service they read."""
