"""What backups cover of a tree, and what they and git give back of one that is damaged. Pure."""
