"""Imports of Python programs."""
