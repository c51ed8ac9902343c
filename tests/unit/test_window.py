"""The window of the last five minutes."""

from hypothesis import given, strategies as st

from custom_components.drawbridge.telemetry.recorder import Recorder
from custom_components.drawbridge.telemetry.window import Totals, Window


def test_sums() -> None:
    """The totals contain the recorded values."""
    recorder = Recorder(iter((1000, 1001, 1002, 1003, 1004)).__next__)
    cache = recorder.cache("states")
    recorder.answered("/x", "GET", 499, 0.5, 1)
    recorder.answered("/x", "GET", 500, 1.5, 1)
    cache.asked(hit=True)
    cache.asked(hit=False)
    recorder.window.lag(1004, 0.1)
    recorder.window.lag(1004, 0.3)
    assert recorder.totals() == Totals(2, 1, 2.0, 2, 1, 2, 0.4, 0.3)


def test_empty() -> None:
    """A new window is empty at any time."""
    assert Window().totals(0) == Window().totals(1e9) == Totals()


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=50))
def test_only_the_last_five_minutes_count(steps: list[float]) -> None:
    """The totals are those of a simple list of all times, with slots of five seconds."""
    window, times, now = Window(), [], 0.0
    for step in steps:
        now += step
        times.append(now)
        window.slot(now).requests += 1
        recent = [time for time in times if time // 5 > now // 5 - 60]
        assert window.totals(now).requests == len(recent)
