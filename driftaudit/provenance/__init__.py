"""What git knows of a content."""
