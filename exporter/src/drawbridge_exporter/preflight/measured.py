"""The measurements of a load test."""

import statistics
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from .context import Reply

_SERVER_ERRORS: Final = range(500, 600)


@dataclass(slots=True)
class Measured:
    """The results of one phase of the load test."""

    seconds: float = 0.0
    durations: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    shed: int = 0
    refused: int = 0
    """Requests refused for another reason than the rate limit, if that counts as an error."""

    @property
    def requests(self) -> int:
        """The number of requests sent."""
        return sum(self.statuses.values()) + self.broken

    @property
    def limited(self) -> int:
        """The number of requests refused by the key's rate limit."""
        return self.statuses[HTTPStatus.TOO_MANY_REQUESTS]

    @property
    def errors(self) -> int:
        """The number of failed requests. A 503 with `Retry-After` does not count as failed."""
        server_errors = sum(count for status, count in self.statuses.items() if status in _SERVER_ERRORS)
        return self.broken + self.refused - self.shed + server_errors

    @property
    def mean(self) -> float:
        """The mean duration in seconds of the requests that were not rate limited."""
        return statistics.fmean(self.durations) if self.durations else 0.0

    def count(self, reply: Reply) -> None:
        """Count a response by its status."""
        self.statuses[reply.status] += 1
        self.shed += reply.status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in reply.headers

    def percentile(self, number: int) -> float:
        """Return a percentile of the durations in seconds."""
        if len(self.durations) < 2:  # noqa: PLR2004 - percentiles need two
            return self.mean
        return statistics.quantiles(self.durations, n=100, method="inclusive")[number - 1]

    def describe(self) -> str:
        """Return throughput, percentiles and errors as one line of text."""
        if len(self.durations) < 2:  # noqa: PLR2004 - percentiles need two
            return f"{self.requests} requests, {self.limited} refused by the key's rate limit, {self.errors} errors"
        limited = f", {self.limited} refused by the key's rate limit" if self.limited else ""
        shed = f", {self.shed} answered 503 with Retry-After" if self.shed else ""
        times = ", ".join(f"p{number} {self.percentile(number) * 1000:.1f} ms" for number in (50, 95, 99))
        return f"{len(self.durations) / self.seconds:.0f} requests/s, {times}, {self.errors} errors{shed}{limited}"
