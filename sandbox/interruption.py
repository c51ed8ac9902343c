"""What an interruption does to programs that have started others."""

import asyncio
import signal
from typing import Final

INTERRUPTED: Final = 130
"""The exit status of a program that was interrupted, as shells count: 128 and the number of SIGINT."""


def cancel_on_signals() -> None:
    """Let the first interruption cancel what runs, so that it cleans up; further ones do not cut that short."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, cancel)
