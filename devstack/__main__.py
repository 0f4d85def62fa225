"""`python -m devstack` runs the local stack until Ctrl-C and prints what `.env` needs.

It uses the ports of `supabase start`; if one of them is in use, it takes a free one.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress

from devstack.page import PageMissing, build
from devstack.stack import LocalStack


def main() -> None:
    """Run until Ctrl-C or SIGTERM, and then remove everything."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        run()


def run() -> None:
    """Start the stack, print its addresses, and wait."""
    try:
        page = build()
    except PageMissing as missing:
        print(f"warning: {missing}", file=sys.stderr)
        page = None
    with LocalStack(usual_ports=True, page=page) as stack:
        for warning in stack.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        for name, value in stack.environment().items():
            print(f"{name}={value}")
        print(f"# {stack.url} answers until Ctrl-C; then nothing is kept.", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
