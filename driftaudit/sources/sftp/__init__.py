"""Trees on hosts that give out files and run nothing: read over SFTP version 3, hashed on this side."""
