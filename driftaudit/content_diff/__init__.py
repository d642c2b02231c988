"""The composer of `diff`: an audit, and the contents of what differs."""
