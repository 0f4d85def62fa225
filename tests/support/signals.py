"""Lets processes that tests start receive Ctrl-C."""

from __future__ import annotations

import signal


def hear_ctrl_c() -> None:
    """For `preexec_fn`: a shell's background jobs ignore SIGINT, and so do their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
