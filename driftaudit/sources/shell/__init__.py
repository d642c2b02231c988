"""The script that reads a tree with the shell tools of its host, and the client of what it says."""
