"""The health score."""

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.telemetry.health import COMPONENTS, assess
from custom_components.drawbridge.telemetry.window import Totals


def test_on_every_threshold_the_score_is_80() -> None:
    """The score at the thresholds of the checklist: 5 % errors, 2 s, 80 % hits, 100 ms of lag."""
    totals = Totals(requests=100, errors=5, seconds=200.0, cache_requests=20, cache_hits=16, lags=10, lag_seconds=1.0)
    assert assess(totals, running=True).score == pytest.approx(80)


@pytest.mark.parametrize(
    ("totals", "score"),
    [
        (Totals(), 100),
        (Totals(requests=10, seconds=0.1), 100),
        (Totals(requests=10, errors=10, seconds=0.1), (0.3 * 100) / 0.7),
        (Totals(cache_requests=20, cache_hits=20), 100),
        (Totals(cache_requests=20, cache_hits=18), 90),
        (Totals(cache_requests=20, cache_hits=8), 40),
        (Totals(cache_requests=20), 0),
        (Totals(lags=1, lag_seconds=0.55), 40),
        (Totals(lags=1, lag_seconds=30), 0),
        (Totals(requests=1, seconds=6.0), (0.4 * 100 + 0.3 * 40) / 0.7),
    ],
)
def test_worked_by_hand(totals: Totals, score: float) -> None:
    """The score is the weighted mean of the components with data."""
    assert assess(totals, running=True).score == pytest.approx(score)


def test_not_running_is_0_and_still_says_what_it_measured() -> None:
    """While Home Assistant is not running, the score is 0, whatever the components."""
    health = assess(Totals(requests=1), running=False)
    assert health.score == 0
    assert health.measurements[0].score == 100


def test_without_data_a_component_has_no_score() -> None:
    """Without data, a component has no score."""
    cache = assess(Totals(requests=1), running=True).measurements[2]
    assert (cache.component.name, cache.value, cache.score) == ("cache", None, None)


def test_weights() -> None:
    """The weights add up to 1."""
    assert sum(item.weight for item in COMPONENTS) == pytest.approx(1)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda item: item.name)
@given(data=st.data())
def test_worse_never_scores_better(component: object, data: st.DataObject) -> None:
    """A worse value never raises the score of a component."""
    item = next(known for known in COMPONENTS if known is component)
    values = st.floats(-1, 20, allow_nan=False)
    low, high = sorted((data.draw(values), data.draw(values)))
    better, worse = (low, high) if item.best < item.worst else (high, low)
    assert 100 >= item.score(better) >= item.score(worse) >= 0


def test_a_cache_that_was_hardly_used_is_left_out() -> None:
    """A cache with fewer than 20 requests has no score, because the first requests fill it."""
    few = assess(Totals(requests=19, cache_requests=19), running=True)
    assert (few.measurements[2].value, few.score) == (None, 100)
    enough = assess(Totals(requests=20, cache_requests=20), running=True)
    assert enough.measurements[2].value == 0
    assert enough.score < 100
