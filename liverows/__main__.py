"""Makes `python -m liverows` the same command line as `liverows`."""

from liverows.cli import main

main()
