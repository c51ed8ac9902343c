"""The last results of a target."""

import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from .errors import FetchError

_KEPT: Final = 20


class History:
    """The last 20 results of a target, newest first."""

    def __init__(self) -> None:
        """Create an empty history."""
        self._results: deque[tuple[float, float, str]] = deque(maxlen=_KEPT)

    def add(self, duration: float, error: FetchError | None) -> None:
        """Add a result with the current time."""
        said = "success" if error is None else f"{error.reason}: {error}"
        self._results.appendleft((time.time(), duration, said))

    def lines(self) -> Iterator[str]:
        """Yield a line for each result, with its time, duration and outcome."""
        for when, duration, said in self._results:
            stamp = datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")
            yield f"{stamp} {duration * 1000:.0f} ms {said}"
