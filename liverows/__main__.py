"""`python -m liverows` is the command line."""

from liverows.cli import main

main()
