"""What the exporter keeps of the last scrape of a home. A snapshot is many times as large."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .snapshot import Snapshot

_MAX_KEYS: Final = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """The last scrape of a home: its time, its duration, and either an error or facts."""

    at: float
    duration: float
    error: str | None = None
    """Only the message, because an exception would keep the response in memory."""
    bridge_version: str = ""
    homeassistant_version: str = ""
    score: float | None = None
    key_ends: tuple[tuple[float, str], ...] = ()
    """The ends and names of the enabled keys that end first after the scrape."""
    listener: bool | None = None
    """Whether the listener accepts connections. None if it is not enabled."""
    certificate_end: float | None = None
    """The end of the certificate that ends first: that of the bridge's address or of its listener."""


def summarize(at: float, duration: float, snapshot: Snapshot, certificate_expiry: float | None) -> Summary:
    """Return the summary of a snapshot."""
    listener = snapshot.listener
    ends = (certificate_expiry, None if listener is None else listener.certificate_ends)
    return Summary(
        at,
        duration,
        bridge_version=snapshot.bridge_version,
        homeassistant_version=snapshot.homeassistant_version,
        score=snapshot.health.score,
        key_ends=tuple(sorted(_key_ends(snapshot, at))[:_MAX_KEYS]),
        listener=listener.running if listener is not None and listener.enabled else None,
        certificate_end=min((end for end in ends if end is not None), default=None),
    )


def _key_ends(snapshot: Snapshot, at: float) -> Iterator[tuple[float, str]]:
    for key in snapshot.keys:
        if key.expires is not None and key.expires > at and key.enabled is not False:
            yield key.expires, key.name
