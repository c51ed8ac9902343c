"""Work in short steps, so that the caller can stop at a deadline and yield to the event loop."""

import time
from collections.abc import Generator

type Steps[T] = Generator[None, None, T]
"""Work that yields after each short step and returns its result."""


def run_until[T](work: Steps[T], deadline: float) -> T | None:
    """Run work until it has finished or the deadline has passed.

    Args:
        work: The steps. Each step stores its result, so that the same work can be started again and continues.
        deadline: A time of the monotonic clock, in seconds. At least one step runs.

    Returns:
        The result, or ``None`` if there was not enough time.

    """
    try:
        while True:
            next(work)
            if time.monotonic() > deadline:
                work.close()
                return None
    except StopIteration as done:
        result: T = done.value
        return result
