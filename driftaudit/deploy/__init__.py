"""What each way to deploy does to a tree."""
