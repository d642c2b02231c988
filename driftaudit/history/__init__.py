"""What was found at each target, run by run, in a database."""
