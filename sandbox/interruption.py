"""Handling of signals by programs that start other processes."""

import asyncio
import signal
from typing import Final

INTERRUPTED: Final = 130
"""The exit status after an interruption, as in shells: 128 plus the number of SIGINT."""


def cancel_on_signals() -> None:
    """Cancel the current task on the first signal, so that it cleans up. Ignore further signals."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, cancel)
