"""Limits how many scrapes are served at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager


class TooManyScrapesError(Exception):
    """The limit of concurrent scrapes is reached."""


class ScrapeLimit:
    """Counts the scrapes in progress, and refuses those above ``maximum``."""

    def __init__(self, maximum: int) -> None:
        """Create a limit. 0 means no limit."""
        self.maximum = maximum
        self.in_flight = 0
        self.refused = 0

    @contextmanager
    def scrape(self) -> Iterator[None]:
        """Count a scrape as in progress until the block ends.

        Raises:
            TooManyScrapesError: The limit is reached.

        """
        if self.maximum and self.in_flight >= self.maximum:
            self.refused += 1
            raise TooManyScrapesError
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
