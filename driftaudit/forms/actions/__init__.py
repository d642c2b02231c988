"""What the actions do that workflows use to deploy."""
