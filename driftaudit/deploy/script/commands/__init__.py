"""The programs and built-in commands whose meaning is modelled."""
