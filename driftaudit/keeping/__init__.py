"""What keeps a live tree in the repository: only copies, the tree as a commit, an earlier build."""
