"""Work in short steps, so that whoever drives it can stop at a deadline and let others run."""

import time
from collections.abc import Generator

type Steps[T] = Generator[None, None, T]
"""Work that yields after each short step and returns its result."""


def run_until[T](work: Steps[T], deadline: float) -> T | None:
    """Run work until it is done or the deadline has passed.

    Args:
        work: The steps. Each keeps what it did, so that the same work can be started again and gets further.
        deadline: A time of the monotonic clock, in seconds. At least one step is run.

    Returns:
        The result, or ``None`` where there was not enough time.

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
