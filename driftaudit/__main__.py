"""`python -m driftaudit`."""

from driftaudit.cli.main import main

main()
