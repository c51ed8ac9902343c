"""What needs attention at a home, judged by its last scrape."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .summary import Summary

_DAY_SECONDS: Final = 86400.0
_KEY_DAYS: Final = 30
# The limits of the alerts for expiring keys and certificates, and for a low health score.
_URGENT_KEY_DAYS: Final = 7
_URGENT_CERTIFICATE_DAYS: Final = 14
_URGENT_SCORE: Final = 80.0
_NO_SCORE: Final = 101.0


class Concern(IntEnum):
    """How urgently a home needs attention, the most urgent first."""

    DOWN = 0
    URGENT = 1
    FINE = 2
    NOT_READ = 3


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """A key that ends soon."""

    name: str
    days: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the last scrape of a home says, for a table of many homes."""

    concern: Concern
    score: float | None = None
    key_ends: tuple[KeyEnd, ...] = ()
    """The enabled keys that end within 30 days, soonest first."""
    listener: bool | None = None
    """Whether the listener accepts connections. None if it is not enabled."""
    certificate_days: float | None = None
    """The days left of the certificate that ends first: that of the bridge's address or of its listener."""

    @property
    def rank(self) -> tuple[int, float]:
        """A key for sorting: the worst home first."""
        return self.concern, _NO_SCORE if self.score is None else self.score


def assess(last: Summary | None, now: float) -> Assessment:
    """Return what needs attention at a home whose last scrape has the summary ``last``."""
    if last is None:
        return Assessment(Concern.NOT_READ)
    if last.error is not None:
        return Assessment(Concern.DOWN)
    ends = tuple(_key_ends(last, now))
    days = None if last.certificate_end is None else (last.certificate_end - now) / _DAY_SECONDS
    urgent = (
        last.listener is False
        or (last.score is not None and last.score < _URGENT_SCORE)
        or (days is not None and days < _URGENT_CERTIFICATE_DAYS)
        or any(end.days < _URGENT_KEY_DAYS for end in ends)
    )
    return Assessment(Concern.URGENT if urgent else Concern.FINE, last.score, ends, last.listener, days)


def _key_ends(last: Summary, now: float) -> Iterator[KeyEnd]:
    """Yield the keys that end within 30 days, soonest first."""
    for end, name in last.key_ends:
        days = (end - now) / _DAY_SECONDS
        if 0 < days < _KEY_DAYS:
            yield KeyEnd(name, days)
