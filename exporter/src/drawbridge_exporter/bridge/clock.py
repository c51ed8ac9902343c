"""Compares the clock of the bridge with that of this machine."""

from .snapshot import Snapshot


def clock_skew(snapshot: Snapshot, began: float, duration: float) -> float:
    """Return the number of seconds by which the bridge's clock is ahead of this one.

    The bridge creates the snapshot during the fetch, so a difference within the
    duration of the fetch counts as 0.
    """
    if snapshot.generated_at < began:
        return snapshot.generated_at - began
    return max(0.0, snapshot.generated_at - began - duration)
