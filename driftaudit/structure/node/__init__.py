"""Imports of Node.js programs, TypeScript included."""
