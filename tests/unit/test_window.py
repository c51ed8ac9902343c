"""The window of the last five minutes."""

from hypothesis import given, strategies as st

from custom_components.drawbridge.telemetry.window import Totals, Window


def test_sums() -> None:
    """What was put in comes out."""
    window = Window()
    window.request(1000, 0.5, error=False)
    window.request(1001, 1.5, error=True)
    window.cache(1002, hit=True)
    window.cache(1003, hit=False)
    window.lag(1004, 0.1)
    window.lag(1004, 0.3)
    assert window.totals(1004) == Totals(2, 1, 2.0, 2, 1, 2, 0.4, 0.3)


def test_empty() -> None:
    """Nothing is in a new window, at any time."""
    assert Window().totals(0) == Window().totals(1e9) == Totals()


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=50))
def test_only_the_last_five_minutes_count(steps: list[float]) -> None:
    """Held against a list of all times, with slots of five seconds."""
    window, times, now = Window(), [], 0.0
    for step in steps:
        now += step
        times.append(now)
        window.request(now, 1.0, error=False)
        recent = [time for time in times if time // 5 > now // 5 - 60]
        assert window.totals(now).requests == len(recent)
