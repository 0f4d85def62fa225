"""`python -m devstack` runs the local stack until Ctrl-C and prints what `.env` needs.

It uses the ports of `supabase start`; if one of them is in use, it takes a free one.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from contextlib import suppress

from devstack.page import PageMissing, build
from devstack.realtime import Limits, Timing
from devstack.stack import LocalStack


def main() -> None:
    """Run until Ctrl-C or SIGTERM, and then remove everything."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        run()


def run() -> None:
    """Start the stack, print its addresses, and wait."""
    options = _options()
    limits = Limits(
        messages_per_second=options.messages_per_second,
        private_only=options.private_only,
        knows_wait=not options.late_start,
    )
    timing = Timing(late_start=options.late_start)
    try:
        page = build()
    except PageMissing as missing:
        print(f"warning: {missing}", file=sys.stderr)
        page = None
    with LocalStack(
        usual_ports=True, page=page, realtime_timing=timing, realtime_limits=limits
    ) as stack:
        for warning in stack.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        for name, value in stack.environment().items():
            print(f"{name}={value}")
        print(f"# {stack.url} answers until Ctrl-C; then nothing is kept.", flush=True)
        threading.Event().wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstack")
    parser.add_argument(
        "--messages-per-second", type=float, help="drop what Realtime has beyond this; Free has 100"
    )
    parser.add_argument(
        "--late-start",
        type=float,
        default=0.0,
        help="seconds between a join and the first change; an older server has 1.5 to 2.5",
    )
    parser.add_argument("--private-only", action="store_true", help="refuse public channels")
    return parser.parse_args()


if __name__ == "__main__":
    main()
