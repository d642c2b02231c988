"""The formats that are compared by key."""
