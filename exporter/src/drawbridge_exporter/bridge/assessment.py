"""What needs attention at a home, judged by its last scrape."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .snapshot import Snapshot
from .target import Scrape

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


def assess(scrape: Scrape | None, now: float) -> Assessment:
    """Return what needs attention at a home whose last scrape is ``scrape``."""
    if scrape is None:
        return Assessment(Concern.NOT_READ)
    snapshot = scrape.snapshot
    if snapshot is None:
        return Assessment(Concern.DOWN)
    ends = tuple(sorted(_key_ends(snapshot, now), key=lambda end: end.days))
    listener = snapshot.listener
    running = listener.running if listener is not None and listener.enabled else None
    days, score = min(_certificate_days(scrape, snapshot, now), default=None), snapshot.health.score
    urgent = (
        running is False
        or (score is not None and score < _URGENT_SCORE)
        or (days is not None and days < _URGENT_CERTIFICATE_DAYS)
        or any(end.days < _URGENT_KEY_DAYS for end in ends)
    )
    return Assessment(Concern.URGENT if urgent else Concern.FINE, score, ends, running, days)


def _key_ends(snapshot: Snapshot, now: float) -> Iterator[KeyEnd]:
    """Yield the enabled keys that end within 30 days."""
    for key in snapshot.keys:
        if key.expires is None or key.enabled is False:
            continue
        days = (key.expires - now) / _DAY_SECONDS
        if 0 < days < _KEY_DAYS:
            yield KeyEnd(key.name, days)


def _certificate_days(scrape: Scrape, snapshot: Snapshot, now: float) -> Iterator[float]:
    """Yield the days left of each certificate."""
    ends = (scrape.certificate_expiry, None if snapshot.listener is None else snapshot.listener.certificate_ends)
    for end in ends:
        if end is not None:
            yield (end - now) / _DAY_SECONDS
