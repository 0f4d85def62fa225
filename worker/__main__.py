"""`python -m worker` is the command line."""

from worker.cli import main

main()
