"""Git's own commands, and what its attributes say."""
