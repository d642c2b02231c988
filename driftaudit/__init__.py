"""Drift and structure audit of deployed trees."""

__version__ = "0.1.0"
